/** What a paired panel may set of its companion: checked, kept, and refused in one sentence where it cannot be. */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { totalmem, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import process from 'node:process'
import { describe, it } from 'node:test'
import { openSettings } from '../../companion/server/settings.ts'
import { LEAST_MEMORY } from '../../shared/companion-settings.ts'
import { ImprintError } from '../../shared/errors.ts'
import { openPaired, openRaw } from '../support/raw-panel.ts'
import { connect, gate, reaches, serve, temporarySettings } from '../support/wire.ts'

const USUAL = { device: 'auto', quota: 1000, memory: LEAST_MEMORY } as const

const temporary = mkdtempSync(join(tmpdir(), 'imprint-set-'))
process.once('exit', () => rmSync(temporary, { recursive: true, force: true }))
let folders = 0
const fresh = (): string => join(temporary, String(folders++))

describe('settings of a companion', () => {
  it('are told, changed one by one, and as usual again', async (t) => {
    const server = await serve()
    const companion = connect(server.port)
    t.after(() => (companion.close(), server.close()))
    await reaches(companion, 'ready')
    const { settings } = await companion.about()
    assert.deepEqual(settings, { device: 'auto', quota: 2 ** 30, memory: 2 ** 32, fixed: [] })
    await companion.set({ device: 'cpu', quota: 5 })
    const set = await companion.set({ folder: temporary })
    assert.deepEqual(set.settings, { device: 'cpu', quota: 5, memory: 2 ** 32, folder: temporary, fixed: [] })
    const back = await companion.set({ device: null, folder: null })
    assert.deepEqual(back.settings, { device: 'auto', quota: 5, memory: 2 ** 32, fixed: [] })
  })

  it('are refused with a sentence that says what to do, and then nothing has changed', async (t) => {
    const server = await serve({ settings: temporarySettings({ device: 'cpu' }) })
    const companion = connect(server.port)
    t.after(() => (companion.close(), server.close()))
    await reaches(companion, 'ready')
    const file = join(temporary, 'a file')
    writeFileSync(file, 'words')
    for (const [change, sentence] of [
      [{ folder: 'models' }, /^“models” is not a whole path: write it from the root of the disk on\.$/],
      [{ folder: resolve('/absent/models') }, /^There is no folder .*models: look at its name\.$/],
      [{ folder: join(file, 'inside') }, /^There is no folder .*inside: look at its name\.$/],
      [{ folder: file }, /a file is a file: name the folder it lies in\.$/],
      [{ memory: 5 }, /^Memory for models: give from 256 to \d+ MB, which is all there is\.$/],
      [{ memory: totalmem() + 1 }, /^Memory for models: give from 256 to/],
      [
        { device: 'auto', quota: 7 },
        /^The companion was started with --device: start it without that to set it here\.$/,
      ],
    ] as const) {
      await assert.rejects(companion.set(change), { code: 'setting-invalid', message: sentence })
    }
    const { settings } = await companion.about()
    assert.deepEqual(settings, { device: 'cpu', quota: 2 ** 30, memory: 2 ** 32, fixed: ['device'] })
  })

  it('are nobody’s to change before the number was typed, and no message that is not checked changes them', async (t) => {
    const settings = temporarySettings()
    const server = await serve({ settings })
    t.after(() => server.close())
    const stranger = await openRaw(server.port)
    stranger.send({ type: 'set', ask: 1, change: { quota: 1 } })
    assert.equal((await stranger.closed()).code, 4401)
    const wrong: readonly object[] = [
      { ask: 1, change: { quota: -1 } },
      { ask: 1, change: { device: 'cuda' } },
      { ask: 1, change: { port: 1 } },
      { ask: 1, change: { folder: '' } },
      { ask: 1, change: { folder: 'x'.repeat(5000) } },
      { change: { quota: 1 } },
    ]
    for (const message of wrong) {
      const panel = await openPaired(server.port)
      panel.send({ type: 'set', ...message })
      assert.equal((await panel.closed()).code, 4400, JSON.stringify(message).slice(0, 80))
    }
    assert.equal(settings.now().quota, 2 ** 30)
  })

  it('fail for whoever waits for them when the connection ends', async (t) => {
    const settings = temporarySettings()
    const { passed, open } = gate()
    settings.onChange(() => passed)
    const server = await serve({ settings })
    t.after(() => server.close())
    const companion = connect(server.port)
    await reaches(companion, 'ready')
    const set = companion.set({ quota: 3 })
    companion.close()
    await assert.rejects(set, { code: 'cancelled' })
    open()
  })
})

it('a new device is told to every panel', async (t) => {
  const settings = temporarySettings()
  const server = await serve({ settings })
  settings.onChange(() => Promise.resolve(server.tellDevice({ device: 'webgpu', reason: 'A test.' })))
  const [one, other] = [connect(server.port), connect(server.port)]
  t.after(() => (one.close(), other.close(), server.close()))
  await Promise.all([reaches(one, 'ready'), reaches(other, 'ready')])
  await one.set({ device: 'webgpu' })
  // Its answer comes after everything that was said to it before.
  await other.about()
  for (const { status } of [one, other]) {
    assert.deepEqual(status.kind === 'ready' && status.device, { device: 'webgpu', reason: 'A test.' })
  }
})

describe('the file of settings', () => {
  it('holds for the next start, behind what the start line says', async () => {
    const folder = fresh()
    await openSettings(folder, {}, USUAL).change({ device: 'cpu', quota: 7 })
    assert.deepEqual(openSettings(folder, {}, USUAL).now(), { ...USUAL, device: 'cpu', quota: 7, fixed: [] })
    const again = openSettings(folder, { quota: 9 }, USUAL)
    assert.deepEqual(again.now(), { ...USUAL, device: 'cpu', quota: 9, fixed: ['quota'] })
    await again.change({ device: null })
    assert.deepEqual(JSON.parse(readFileSync(join(folder, 'settings.json'), 'utf8')), { quota: 7 })
  })

  it('stays as it is when the companion cannot work that way', async () => {
    const folder = fresh()
    const settings = openSettings(folder, {}, USUAL)
    await settings.change({ quota: 7 })
    settings.onChange(() => Promise.reject(new ImprintError('device-unavailable', 'There is no GPU.')))
    await assert.rejects(settings.change({ device: 'webgpu' }), { code: 'device-unavailable' })
    assert.deepEqual(settings.now(), { ...USUAL, quota: 7, fixed: [] })
    assert.deepEqual(openSettings(folder, {}, USUAL).now(), settings.now())
  })

  it('is changed by one after the other', async () => {
    const settings = openSettings(fresh(), {}, USUAL)
    const { passed, open } = gate()
    const quotas: number[][] = []
    settings.onChange(async (wanted, before) => {
      await passed
      quotas.push([before.quota, wanted.quota])
    })
    const both = [settings.change({ quota: 1 }), settings.change({ quota: 2 })]
    open()
    await Promise.all(both)
    assert.deepEqual(quotas, [
      [1000, 1],
      [1, 2],
    ])
  })

  it('is refused by its name where it is none of ours', async () => {
    const folder = fresh()
    await openSettings(folder, {}, USUAL).change({ quota: 7 })
    for (const [text, why] of [
      ['{', /settings\.json: A text message is not JSON|settings\.json: .*JSON/],
      ['{"device":"cuda"}', /settings\.json: device: .*\. Correct it, or delete the file to begin anew\.$/],
      ['{"memory":5}', /settings\.json: memory: /],
      ['{"colour":"red"}', /settings\.json: /],
    ] as const) {
      writeFileSync(join(folder, 'settings.json'), text)
      assert.throws(() => openSettings(folder, {}, USUAL), { code: 'setting-invalid', message: why })
    }
  })
})
