import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bytesInWords } from '../../plugin/ui/bytes.ts'
import { createPanel } from '../../plugin/state/panel.ts'
import { openDesk, openFox } from '../support/desk.ts'

test('the model chosen is asked for by every picture, and is chosen again next time', async () => {
  const desk = openDesk()
  openFox(desk)
  desk.panel.change({ checkpoint: 'starter', prompt: 'a house' })
  await desk.panel.imprint()
  assert.equal(desk.engine.requests[0]?.recipe.checkpoint, 'starter')

  const { host, companion } = desk
  const settings = { read: (key: string) => desk.settings.get(key), write: () => true }
  const next = createPanel({ host, companion, settings, copy: () => Promise.resolve(), now: () => 0, random: () => 0 })
  assert.equal(next.state().recipe.checkpoint, 'starter')

  desk.panel.change({ checkpoint: undefined })
  await desk.panel.imprint()
  assert.ok(!('checkpoint' in (desk.engine.requests.at(-1)?.recipe ?? { checkpoint: 'none asked' })))
})

test('the panel tells what the companion has to work with, models that lack something included', async () => {
  const { panel } = openDesk()
  const facts = await panel.facts()
  assert.deepEqual(facts?.about.folders, ['/models'])
  assert.deepEqual(facts.models.find(({ name }) => name === 'half')?.missing, ['a text encoder'])
})

test('a setting that the companion takes is in the facts, and one it refuses is a sentence', async () => {
  const { panel } = openDesk()
  const taken = await panel.configure({ folder: '/more' })
  assert.ok(typeof taken !== 'string')
  assert.deepEqual(taken.about.folders, ['/models', '/more'])
  assert.ok(taken.models.length > 0)
  assert.equal(await panel.configure({ folder: '/absent' }), 'There is no folder /absent.')
})

test('a companion that cannot be asked leaves the facts open', async () => {
  const desk = openDesk()
  const { host } = desk
  const silent = { ...desk.companion, about: () => Promise.reject(new Error('gone')) }
  const panel = createPanel({
    host,
    companion: silent,
    settings: { read: () => undefined, write: () => true },
    copy: () => Promise.reject(new Error('no clipboard')),
    now: () => 0,
    random: () => 0,
  })
  assert.equal(await panel.facts(), undefined)
  assert.equal(await panel.copy('text'), false)
})

test('bytes are written as people read them', () => {
  for (const [bytes, words] of [
    [0, '0 bytes'],
    [999, '999 bytes'],
    [1000, '1.0 KB'],
    [35_400, '35 KB'],
    [4_294_967_296, '4.3 GB'],
    [2.5e16, '25000 TB'],
  ] as const) {
    assert.equal(bytesInWords(bytes), words)
  }
})
