/** Are finished pictures kept as they are made, and had again by whoever asks? */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Earlier } from '../../shared/earlier.ts'
import { ImprintError } from '../../shared/errors.ts'
import { lookOf } from '../../shared/look.ts'
import { hashPicture } from '../../shared/picture-stream.ts'
import { partName } from '../../shared/recipe-pictures.ts'
import { fakeEngine } from '../support/fake-engine.ts'
import { openPaired, part, ANNOUNCED, PICTURE } from '../support/raw-panel.ts'
import { collect, connect, reaches, serve, temporaryHistory, within } from '../support/wire.ts'

const NAME = partName(hashPicture(PICTURE))
const recipe = { prompt: 'a house', references: [{ image: NAME }] }

describe('earlier pictures', () => {
  it('are kept with what made them, listed, fetched, favoured and forgotten', async (t) => {
    const server = await serve()
    t.after(() => server.close())
    const panel = await openPaired(server.port)
    panel.send({ type: 'picture', picture: ANNOUNCED }, part(0, 0, PICTURE.data))
    panel.send({ type: 'generate', job: 1, recipe, score: true })
    const { job, earlier } = await panel.next('made')
    assert.equal(job, 1)
    assert.deepEqual(
      [earlier.recipe.references?.[0]?.image, earlier.width, earlier.score],
      [NAME, 64, { reference: 0.8234 }],
    )

    panel.send({ type: 'earlier', search: 'house' })
    const listed = await panel.next('earlier')
    assert.deepEqual([listed.earlier, listed.more, listed.space.pictures], [[earlier], false, 1])

    panel.send({ type: 'earlier-picture', id: earlier.id })
    const { picture } = await panel.next('earlier-picture')
    const result = panel.heard.find((message) => message.type === 'result')
    assert.ok(result?.type === 'result')
    assert.equal(picture?.sha256, result.picture.sha256)

    panel.send({ type: 'earlier-picture', id: NAME })
    assert.equal((await panel.next('earlier-picture')).picture?.sha256, ANNOUNCED.sha256)
    panel.send({ type: 'earlier-picture', id: 'part:../../etc' })
    assert.equal((await panel.next('earlier-picture')).picture, undefined)

    panel.send({ type: 'favourite', id: earlier.id, favourite: true }, { type: 'earlier' })
    await panel.next('space')
    assert.equal((await panel.next('earlier')).earlier[0]?.favourite, true)

    panel.send({ type: 'forget', id: earlier.id })
    assert.equal((await panel.next('space')).space.pictures, 0)
    panel.send({ type: 'earlier-picture', id: earlier.id })
    assert.equal((await panel.next('earlier-picture')).picture, undefined)
  })

  it('are made again after a restart without sending what they were made of', async (t) => {
    const history = temporaryHistory()
    const engine = fakeEngine()
    const first = await serve({ history })
    const before = await openPaired(first.port)
    before.send({ type: 'picture', picture: ANNOUNCED }, part(0, 0, PICTURE.data))
    before.send({ type: 'generate', job: 1, recipe })
    const { earlier } = await before.next('made')
    await first.close()

    const second = await serve({ history, engine })
    t.after(() => second.close())
    const panel = await openPaired(second.port)
    panel.send({ type: 'generate', job: 1, recipe: earlier.recipe })
    await panel.next('result')
    assert.deepEqual(engine.requests[0]?.pictures, { [NAME]: PICTURE })
  })

  it('are had only where they are: a picture kept nowhere fails its job, and jobs keep their order', async (t) => {
    const engine = fakeEngine()
    const server = await serve({ engine })
    t.after(() => server.close())
    const panel = await openPaired(server.port)
    const unknown = partName('0'.repeat(64))
    panel.send({ type: 'generate', job: 1, recipe: { prompt: '', references: [{ image: unknown }] } })
    panel.send({ type: 'generate', job: 2, recipe: { prompt: 'second' } })
    panel.send({ type: 'generate', job: 3, recipe: { prompt: 'third' } })
    const failed = await panel.next('failed')
    assert.deepEqual([failed.job, failed.code], [1, 'picture-unknown'])
    await panel.next('result')
    assert.equal((await panel.next('result')).job, 3)
    assert.deepEqual(
      engine.requests.map((request) => request.recipe.prompt),
      ['second', 'third'],
    )
  })

  it('a job cancelled before its pictures were there does not begin', async (t) => {
    const engine = fakeEngine()
    const server = await serve({ engine })
    t.after(() => server.close())
    const panel = await openPaired(server.port)
    panel.send({ type: 'generate', job: 1, recipe: { prompt: '' } }, { type: 'cancel', job: 1 })
    assert.equal((await panel.next('failed')).code, 'cancelled')
    panel.send({ type: 'models' })
    await panel.next('models')
    assert.ok(engine.requests.length <= 1)
  })

  it('that cannot be kept are told of, though nobody waits for that', async (t) => {
    const full = new ImprintError('usage-invalid', 'a.png cannot be written: the disk is full. Make room.')
    const history = { ...temporaryHistory(), add: () => Promise.reject(full) }
    const server = await serve({ history })
    t.after(() => server.close())
    const panel = connect(server.port)
    t.after(() => panel.close())
    await reaches(panel, 'ready')
    const told = new Promise<ImprintError>((resolve) => panel.onFailure(resolve))
    await collect(panel.generate({ recipe: { prompt: 'a house' }, pictures: {} }, new AbortController().signal))
    const { code, message } = await within('What went wrong', told)
    assert.deepEqual([code, message], [full.code, full.message])
  })

  it('that go wrong fail what was asked of them, and nothing else that is waited for', async (t) => {
    const full = new ImprintError('usage-invalid', 'history.jsonl cannot be written: the disk is full. Make room.')
    const refuse = (): never => {
      throw full
    }
    const server = await serve({ history: { ...temporaryHistory(), favourite: refuse } })
    t.after(() => server.close())
    const panel = connect(server.port)
    t.after(() => panel.close())
    await reaches(panel, 'ready')
    const told: string[] = []
    panel.onFailure(({ message }) => told.push(message))
    const [listed, favoured, models, forgotten] = await within(
      'An answer to each',
      Promise.allSettled([
        panel.earlier.list({}),
        panel.earlier.favourite('a', true),
        panel.models(),
        panel.earlier.forget('a'),
      ]),
    )
    assert.deepEqual([listed.status, models.status, forgotten.status], ['fulfilled', 'fulfilled', 'fulfilled'])
    assert.ok(favoured.status === 'rejected' && favoured.reason instanceof ImprintError)
    assert.deepEqual([favoured.reason.code, favoured.reason.message, told], [full.code, full.message, []])
  })

  it('reach the panel’s own client, and whoever waits when the companion goes hears so', async (t) => {
    const server = await serve()
    t.after(() => server.close())
    const panel = connect(server.port)
    t.after(() => panel.close())
    await reaches(panel, 'ready')
    const kept = new Promise<Earlier>((resolve) => panel.onMade(resolve))
    const request = { recipe: { prompt: 'a house', references: [{ image: 'fox' }] }, pictures: { fox: PICTURE } }
    const result = (await collect(panel.generate(request, new AbortController().signal))).at(-1)
    assert.ok(result?.type === 'result')
    const made = await within('What is kept', kept)
    assert.deepEqual((await panel.earlier.list({ search: 'house' })).earlier, [made])
    assert.deepEqual((await panel.earlier.list({ look: lookOf(result.picture) })).earlier, [made])
    assert.deepEqual(
      await Promise.all([panel.earlier.picture(made.id), panel.earlier.picture(NAME), panel.earlier.picture('none')]),
      [result.picture, PICTURE, undefined],
    )
    await panel.earlier.favourite(made.id, true)
    assert.equal((await panel.earlier.list({})).earlier[0]?.favourite, true)
    assert.equal((await panel.earlier.forget(made.id)).pictures, 0)
    const waiting = panel.earlier.list({})
    panel.close()
    await assert.rejects(waiting, { code: 'cancelled' })
    await assert.rejects(panel.earlier.list({}), { code: 'companion-absent' })
  })
})
