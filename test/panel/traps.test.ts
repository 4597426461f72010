/** The fifteen costliest traps of Photoshop's plugin interface, from the panel's side: each is walked into on purpose. */
import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { buildPanel } from '../../plugin/build.ts'
import { RemoteCompanion } from '../../plugin/client/remote-companion.ts'
import { HostError } from '../../plugin/host/host-error.ts'
import { PANEL_ID } from '../../plugin/host/panel-id.ts'
import { createPhotoshopHost } from '../../plugin/host/photoshop-host.ts'
import { createHost } from '../../plugin/studio/double/host.ts'
import type { PlatformSocketClass } from '../../plugin/studio/double/websocket.ts'
import { WebSocket } from 'ws'
import {
  addLayer,
  assertNothingLeaked,
  layerNames,
  newestWeights,
  openDesk,
  openFox,
  referenceAt,
  setWeight,
  until,
} from '../support/desk.ts'
import { evaluatePanel } from '../support/evaluate-panel.ts'
import { connect, reaches, serve } from '../support/wire.ts'

const NEVER = (): Promise<void> => new Promise(() => undefined)
const root = join(import.meta.dirname, '../..')

let folder = ''
let script = ''
let css = ''
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'imprint-panel-'))
  await buildPanel(folder)
  script = await readFile(join(folder, 'main.js'), 'utf8')
  css = (await readFile(join(folder, 'panel.css'), 'utf8')).replaceAll(/\/\*.*?\*\//gs, '')
})
after(() => rm(folder, { recursive: true, force: true }))

const note = { layerName: 'Imprint: x', historyName: 'Imprint: x', memory: '{}' }
const picture = { width: 8, height: 8, channels: 3, data: new Uint8Array(8 * 8 * 3).fill(90) } as const

test('trap 1: an allow list that refuses numeric loopback still lets the panel in by name', async () => {
  const server = await serve()
  const domains = [`ws://localhost:${server.port}`, `ws://127.0.0.1:${server.port}`]
  const platform = WebSocket as unknown as PlatformSocketClass
  const strict = createHost({ WebSocket: platform, domains, switches: { numericLoopbackRefused: true } })
  const closed = createHost({ WebSocket: platform, domains: ['ws://localhost'] })
  const allowed = connect(server.port, { WebSocket: strict.WebSocket as unknown as typeof globalThis.WebSocket })
  const denied = connect(server.port, { WebSocket: closed.WebSocket as unknown as typeof globalThis.WebSocket })
  try {
    await reaches(allowed, 'ready')
    assert.match((await reaches(denied, 'absent')).message, /companion/i)
  } finally {
    allowed.close()
    denied.close()
    await server.close()
  }
})

test('trap 2: the panel dials exactly what the manifest has named since it was loaded', async () => {
  const dialled: string[] = []
  function Recorder(url: string): never {
    dialled.push(url)
    throw new Error('Nobody there.')
  }
  const companion = new RemoteCompanion({
    WebSocket: Recorder as unknown as typeof globalThis.WebSocket,
    client: { name: 'test', version: '0' },
  })
  await reaches(companion, 'absent')
  companion.close()
  const manifest = JSON.parse(await readFile(join(root, 'manifest.json'), 'utf8')) as {
    requiredPermissions: { network: { domains: string[] } }
  }
  assert.deepEqual(dialled, manifest.requiredPermissions.network.domains)
})

test('trap 3: the entry points are set up before the script’s first turn ends', () => {
  assert.deepEqual(evaluatePanel(script).controls.panels(), [PANEL_ID])
})

test('trap 4: while the companion works, Photoshop is free', async () => {
  const desk = openDesk({ engine: { beforeStep: (step) => (step === 1 ? NEVER() : undefined) } })
  openFox(desk)
  const working = desk.panel.imprint()
  await until(desk, () => desk.panel.state().run?.pace.step === 1)
  assert.deepEqual(desk.controls.modal(), [])
  desk.controls.paint(desk.controls.layerNamed('fox').id, { left: 0, top: 0, right: 1, bottom: 1 }, [0, 0, 0, 255])
  desk.panel.cancel()
  await working
})

test('trap 5: the panel’s own requests wait for each other', async () => {
  const desk = openDesk({ switches: { busyAtOnce: true } })
  const { documentId, foxId } = openFox(desk)
  const layer = { documentId, layerId: foxId }
  const [one, made, two] = await Promise.all([
    desk.host.readReference(layer, 'whole'),
    desk.host.insertResult(picture, note, layer),
    desk.host.readReference(layer, 'whole'),
  ])
  assert.deepEqual(one.picture, two.picture)
  assert.deepEqual(layerNames(desk), ['Imprint: x', 'fox', 'Background'])
  assert.equal(made.documentId, documentId)
})

test('trap 6: a busy Photoshop is asked again, a change that had begun is not', async () => {
  const desk = openDesk({ switches: { busyAtOnce: true } })
  const { documentId, foxId } = openFox(desk)
  const layer = { documentId, layerId: foxId }
  const stop = desk.panel.start()
  desk.controls.setBusy('free transform')
  const waiting = desk.host.insertResult(picture, note, layer)
  await until(desk, () => desk.panel.state().hostIsBusy)
  desk.controls.setBusy(null)
  await waiting
  await until(desk, () => !desk.panel.state().hostIsBusy)
  stop()
  assert.deepEqual(layerNames(desk), ['Imprint: x', 'fox', 'Background'])

  let puts = 0
  const putPixels = (): Promise<void> => {
    puts++
    return Promise.reject(Object.assign(new Error('host is in a modal state'), { number: 9 }))
  }
  const imaging = { ...desk.photoshop.imaging, putPixels }
  const failing = createPhotoshopHost({ ...desk.photoshop, imaging }, desk.storage)
  await assert.rejects(failing.insertResult(picture, note, layer), { kind: 'busy' })
  assert.equal(puts, 1)
  assert.equal(layerNames(desk).length, 3)
  assertNothingLeaked(desk)
})

test('trap 7: a batchPlay failure, told as success or thrown, costs the memory but not the picture', async () => {
  for (const batchPlayThrows of [false, true]) {
    const desk = openDesk({ switches: { generatorSettingsFail: true, batchPlayThrows } })
    openFox(desk)
    await desk.panel.imprint()
    const { newest } = desk.panel.state()
    assert.deepEqual(layerNames(desk), ['Imprint', 'fox', 'Background'])
    assert.deepEqual(desk.controls.layer(newest!.layer.layerId)!.settings, {})
  }
})

test('trap 8: trimmed pixels come back at their place in the whole rectangle', async () => {
  const desk = openDesk({ switches: { trimMore: true } })
  openFox(desk)
  await desk.panel.references.add()
  const { picture: taken } = referenceAt(desk).capture
  assert.deepEqual([taken.width, taken.height], [40, 30])
  const at = (x: number, y: number): number[] => [...taken.data.slice((y * 40 + x) * 3, (y * 40 + x) * 3 + 3)]
  assert.deepEqual(at(0, 0), [255, 255, 255])
  assert.deepEqual(at(1, 1), [220, 40, 30])
  assert.deepEqual(at(38, 28), [220, 40, 30])
  assert.deepEqual(at(39, 29), [255, 255, 255])
})

test('trap 9: three or four components, 16 bits, and a host that refuses 8 bits all give the same picture', async () => {
  for (const code1On8BitOf16Bit of [false, true]) {
    const desk = openDesk({ switches: { code1On8BitOf16Bit } })
    openFox(desk, 16)
    await desk.panel.imprint()
    const { newest } = desk.panel.state()
    assert.deepEqual([...referenceAt(desk).capture.picture.data.slice(0, 3)], [220, 40, 30])
    const { picture: layer } = desk.controls.layerPicture(newest!.layer.layerId)
    assert.deepEqual([...layer.data.slice(0, 3)], [...newest!.made.picture.data.slice(0, 3)])

    desk.controls.selectLayers([desk.controls.layerNamed('Background').id])
    await desk.panel.references.add()
    assert.deepEqual([...referenceAt(desk, 1).capture.picture.data.slice(0, 3)], [255, 255, 255])
  }
})

test('trap 10: layers without a picture are refused in words; masks count, opacity does not', async () => {
  const desk = openDesk({ switches: { smartObjectMissingLink: true } })
  const { foxId } = openFox(desk)
  const whyNot = (): string => {
    const selection = desk.host.selection()
    return selection.kind === 'unusable' ? selection.why : selection.kind
  }
  desk.controls.editLayer(foxId, { kind: 'group', children: [] })
  assert.match(whyNot(), /is empty/)
  desk.controls.editLayer(foxId, { kind: 'levels', children: null })
  assert.match(whyNot(), /adjustment/)
  desk.controls.editLayer(foxId, { kind: 'pixel' })

  const { surface } = desk.controls.layer(foxId)!
  const half = { bounds: { left: 10, top: 20, right: 30, bottom: 50 }, channels: 1 as const }
  const mask = { surface: { ...half, data: new Uint8Array(20 * 30).fill(255) }, outside: 0, enabled: true }
  desk.controls.editLayer(foxId, { mask, opacity: 40 })
  await desk.panel.references.add()
  const { data } = referenceAt(desk).capture.picture
  assert.deepEqual([...data.slice(0, 3)], [220, 40, 30])
  assert.deepEqual([...data.slice(39 * 3, 40 * 3)], [255, 255, 255])

  desk.controls.editLayer(foxId, { kind: 'smartObject', mask: null })
  const before = desk.controls.active()!.state.layers.length
  await desk.panel.references.add()
  assert.deepEqual([...referenceAt(desk, 1).capture.picture.data.slice(39 * 3, 40 * 3)], [220, 40, 30])
  assert.equal(desk.controls.active()!.state.layers.length, before)

  desk.controls.editLayer(foxId, { kind: 'pixel', surface: { ...surface, bounds: NOWHERE, data: new Uint8Array(0) } })
  assert.match(whyNot(), /is empty/)
  assertNothingLeaked(desk)
})

const NOWHERE = { left: 0, top: 0, right: 0, bottom: 0 }

test('trap 11: image data is let go of also when reading it fails', async () => {
  const desk = openDesk()
  const { documentId, foxId } = openFox(desk)
  const { imaging } = desk.photoshop
  const getPixels: typeof imaging.getPixels = async (options) => {
    const pixels = await imaging.getPixels(options)
    const { imageData } = pixels
    return { ...pixels, imageData: withoutData(imageData) }
  }
  const broken = createPhotoshopHost({ ...desk.photoshop, imaging: { ...imaging, getPixels } }, desk.storage)
  await assert.rejects(broken.readReference({ documentId, layerId: foxId }, 'whole'), HostError)
  assertNothingLeaked(desk)
})

function withoutData<T extends { dispose: () => unknown }>(imageData: T) {
  return {
    ...imageData,
    dispose: () => imageData.dispose(),
    getData: () => Promise.reject(new Error('no memory')),
  }
}

test('trap 12: the document closed meanwhile: the picture is kept, and goes into another', async () => {
  const desk = openDesk({ engine: { beforeStep: (step) => (step === 2 ? desk.controls.close() : undefined) } })
  openFox(desk)
  await desk.panel.imprint()
  const { kept, notice, newest } = desk.panel.state()
  assert.match(notice?.text ?? '', /closed/)
  assert.equal(newest, undefined)
  assert.equal(kept.length, 1)
  await desk.panel.insertKept()
  assert.match(desk.panel.state().notice?.text ?? '', /No document is open/)
  desk.controls.newDocument({ width: 32, height: 32 })
  await desk.panel.insertKept()
  assert.deepEqual(desk.panel.state().kept, [])
  assert.deepEqual(layerNames(desk), ['Imprint', 'Background'])
})

test('trap 12: the document closed while it is looked at: the panel says so, and that it is gone', async () => {
  const desk = openDesk()
  openFox(desk)
  const looked = desk.host.target()
  desk.controls.close()
  await assert.rejects(looked, (thrown: unknown) => {
    assert.ok(thrown instanceof HostError)
    assert.equal(thrown.kind, 'gone')
    assert.equal(thrown.message, 'The document was closed or the layer deleted meanwhile.')
    return true
  })
})

test('trap 12: another document in front meanwhile: the layer goes where the reference is', async () => {
  const desk = openDesk({
    engine: {
      beforeStep: (step) => (step === 2 ? void desk.controls.newDocument({ width: 8, height: 8 }) : undefined),
    },
  })
  const { documentId } = openFox(desk)
  await desk.panel.imprint()
  assert.deepEqual(layerNames(desk), ['Background'])
  desk.controls.activate(documentId)
  assert.deepEqual(layerNames(desk), ['Imprint', 'fox', 'Background'])
})

test('trap 12: the result deleted before the slider moves: the picture is kept and can be inserted', async () => {
  const desk = openDesk()
  openFox(desk)
  await desk.panel.imprint()
  desk.controls.deleteLayer(desk.panel.state().newest!.layer.layerId)
  await setWeight(desk, 1, true)
  assert.match(desk.panel.state().notice?.text ?? '', /deleted/)
  await desk.panel.insertKept()
  assert.deepEqual(layerNames(desk), ['Imprint', 'fox', 'Background'])
  assert.deepEqual(newestWeights(desk), [1])
})

test('trap 13: the bundle never reaches for what UXP lacks', () => {
  assert.doesNotMatch(
    script,
    /new (?:TextEncoder|TextDecoder|Worker|MutationObserver|OffscreenCanvas|FileReader|ImageData)\b/,
  )
  assert.doesNotMatch(script, /getContext\(|structuredClone\(|createImageBitmap\(/)
})

test('trap 14: the style sheet keeps to what UXP draws, and React attaches no events to host widgets', async () => {
  assert.doesNotMatch(
    css,
    /display:\s*(?:inline-)?grid|(?:^|[\s;{])(?:row-|column-)?gap:|animation|transition|float:|text-transform/,
  )
  assert.doesNotMatch(css, /box-shadow|transform:|position:\s*sticky/)
  for (const name of ['Button', 'Field', 'Menu', 'Picker', 'Slider']) {
    const source = await readFile(join(root, `plugin/ui/widgets/${name}.tsx`), 'utf8')
    const tags = [...source.matchAll(/<sp-[\w-]+[^>]*>/g)].map(([tag]) => tag)
    assert.ok(tags.length > 0)
    for (const tag of tags) assert.doesNotMatch(tag, /\son[A-Z]/)
  }
})

test('trap 15: a burst of notifications is one change, and the panel’s own work is seen though Photoshop is silent', async () => {
  const desk = openDesk()
  openFox(desk)
  const stop = desk.panel.start()
  await until(desk, () => desk.panel.state().target !== undefined)
  let changes = 0
  const stopCounting = desk.panel.subscribe(() => changes++)
  const leaf = addLayer(desk, 'leaf')
  const [fox] = [desk.controls.layerNamed('fox').id]
  for (const id of [leaf, fox, leaf]) desk.controls.selectLayers([id])
  await until(desk, () => named(desk) === 'leaf')
  assert.equal(changes, 1)
  stopCounting()
  await desk.panel.imprint()
  assert.equal(named(desk), 'Imprint')
  stop()
})

const named = ({ panel }: ReturnType<typeof openDesk>): string => {
  const { selection } = panel.state()
  return selection.kind === 'layers' ? (selection.layers[0]?.name ?? '') : ''
}
