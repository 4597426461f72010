import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { type Layer, readPsd, writePsdUint8Array } from 'ag-psd'
import type { LayerState } from '../../plugin/studio/double/document-state.ts'
import { newLayer } from '../../plugin/studio/double/document-state.ts'
import { walk } from '../../plugin/studio/double/layer-tree.ts'
import { readDocument } from '../../plugin/studio/psd/read.ts'
import { settingsIn, withSettings } from '../../plugin/studio/psd/settings-xmp.ts'
import { writeDocument } from '../../plugin/studio/psd/write.ts'
import { FOX, photoshopWithFox } from './bench.ts'

const EXAMPLE = join(import.meta.dirname, '../../plugin/studio/example/fox.psd')

const pixels = (width: number, height: number, colour: readonly number[]) => ({
  width,
  height,
  data: Uint8ClampedArray.from({ length: width * height * 4 }, (_, i) => colour[i % 4]!),
})
const file = (children: Layer[], rest: object = {}): Uint8Array =>
  writePsdUint8Array({ width: 8, height: 6, children, ...rest })
test('a document saved and opened again is the same: pixels, places, names, locks, masks, groups', () => {
  const { controls, layerID } = photoshopWithFox()
  const group = controls.addLayer('sketch')
  const { surface } = controls.layer(layerID)!
  const inside: LayerState = { ...newLayer(77, 'inside – öß', surface), opacity: 40, blendMode: 'multiply' }
  controls.editLayer(group, {
    kind: 'group',
    children: [inside],
    open: false,
    visible: false,
    blendMode: 'pass through',
  })
  controls.editLayer(layerID, {
    locks: { all: false, pixels: true, position: true, transparency: false },
    mask: {
      surface: { bounds: { left: 9, top: 5, right: 11, bottom: 6 }, channels: 1, data: Uint8Array.of(7, 200) },
      outside: 255,
      enabled: false,
    },
  })
  controls.selectLayers([layerID])
  const before = controls.active()!
  controls.openFile(controls.save(), 'again.psd')
  const after = controls.active()!
  const bare = (layers: readonly LayerState[]): unknown =>
    layers.map((layer) => ({ ...layer, kept: {}, children: layer.children && bare(layer.children) }))
  assert.deepEqual(bare(after.state.layers), bare(before.state.layers))
  assert.deepEqual(after.selectedIds, [layerID])
  assert.deepEqual(controls.picture(), controls.picture(before.id))
})

test('pixels outside the canvas and clear layers survive', () => {
  const { controls, layerID } = photoshopWithFox()
  controls.paint(layerID, { left: -9, top: -3, right: -7, bottom: -1 }, [1, 2, 3, 4])
  controls.addLayer('empty')
  controls.openFile(controls.save(), 'again.psd')
  const [empty, fox] = controls.active()!.state.layers
  assert.equal(empty!.surface.data.length, 0)
  assert.deepEqual(fox!.surface.bounds, { left: -9, top: -3, right: FOX.right, bottom: FOX.bottom })
  assert.deepEqual([...fox!.surface.data.slice(0, 4)], [1, 2, 3, 4])
})

test('generator settings survive, for each layer and key, and leave no trace once they are gone', () => {
  const { controls, layerID } = photoshopWithFox()
  const settings = { imprint: '{"prompt":"<fox> & \\"leaf\\" 🦊"}', other: '[]' }
  controls.editLayer(layerID, { settings })
  controls.openFile(controls.save(), 'again.psd')
  assert.deepEqual(controls.layerNamed('fox').settings, settings)
  assert.deepEqual(controls.layerNamed('Background').settings, {})
  controls.editLayer(layerID, { settings: {} })
  controls.openFile(controls.save(), 'bare.psd')
  assert.deepEqual(controls.layerNamed('fox').settings, {})
  assert.doesNotMatch(controls.active()!.state.xmp, /layerSettings/)
})

test('settings stand beside what an XMP packet holds already, and damaged ones are none', () => {
  const foreign = '<x:xmpmeta><rdf:RDF><rdf:Description a="1"/></rdf:RDF></x:xmpmeta>'
  const both = withSettings(foreign, { 5: { imprint: '{}' } })
  assert.match(both, /<rdf:Description a="1"\/>/)
  assert.deepEqual(settingsIn(both), { 5: { imprint: '{}' } })
  assert.deepEqual(settingsIn(withSettings(both, { 6: { a: 'b' } })), { 6: { a: 'b' } })
  assert.equal(withSettings(both, {}), foreign)
  assert.deepEqual(settingsIn(both.replace('%7B', '%')), {})
  const odd = encodeURIComponent(JSON.stringify({ 5: { imprint: 7, fine: 'yes' }, 6: null }))
  assert.deepEqual(settingsIn(both.replace(/(?<=layerSettings>)[^<]+/, odd)), { 5: { fine: 'yes' }, 6: {} })
})

test('what the double does not model is kept for saving', () => {
  const effects = { dropShadow: [{ enabled: true, size: { units: 'Pixels', value: 5 } as const }] }
  const bytes = file([{ name: 'a', id: 3, imageData: pixels(2, 2, [1, 2, 3, 4]), effects, layerColor: 'red' }], {
    imageResources: { resolutionInfo: RESOLUTION, copyrighted: true },
  })
  const { state, selectedIds } = readDocument(bytes)
  assert.equal(state.resolution, 300)
  const again = readPsd(writeDocument(state, selectedIds), { useImageData: true })
  assert.equal(again.imageResources?.copyrighted, true)
  assert.equal(again.children?.[0]?.layerColor, 'red')
  assert.equal(again.children[0].effects?.dropShadow?.[0]?.size?.value, 5)
})

const RESOLUTION = {
  horizontalResolution: 300,
  horizontalResolutionUnit: 'PPI',
  widthUnit: 'Inches',
  verticalResolution: 300,
  verticalResolutionUnit: 'PPI',
  heightUnit: 'Inches',
}

test('the Background is the bottom layer without an alpha channel, not any opaque one', () => {
  const opaque = { name: 'a', imageData: pixels(8, 6, [9, 9, 9, 255]) }
  const backgroundOf = (bytes: Uint8Array) => readDocument(bytes).state.layers.at(-1)!.isBackground
  assert.equal(backgroundOf(file([opaque])), true)
  assert.equal(
    backgroundOf(writePsdUint8Array({ width: 8, height: 6, children: [opaque] }, { noBackground: true })),
    false,
  )
  const { state } = readDocument(file([opaque]))
  const freed = { ...state, layers: state.layers.map((layer) => ({ ...layer, isBackground: false })) }
  assert.equal(backgroundOf(writeDocument(freed, [])), false)
})

test('kinds of layers are told apart, and layers without ids get some', () => {
  const { state } = readDocument(
    file([
      { name: 'pixels', imageData: pixels(1, 1, [1, 1, 1, 9]) },
      { name: 'levels', adjustment: { type: 'levels' } },
      { name: 'invert', adjustment: { type: 'invert' } },
      { name: 'fill', vectorFill: { type: 'color', color: { r: 1, g: 2, b: 3 } } },
      { name: 'group', children: [{ name: 'inside' }] },
    ]),
  )
  const layers = [...walk(state.layers)]
  assert.deepEqual(
    layers.map(({ name, kind }) => `${name} ${kind}`),
    ['group group', 'inside pixel', 'fill solidColor', 'invert inversion', 'levels levels', 'pixels pixel'],
  )
  assert.equal(new Set(layers.map(({ id }) => id)).size, 6)
  assert.ok(layers.every(({ id }) => id > 0))
})

test('a file without layers opens as one Background of its picture', () => {
  const { state } = readDocument(flat(8, [5, 50, 6, 60, 7, 70]))
  const [only] = state.layers
  assert.deepEqual([state.layers.length, only!.name, only!.isBackground], [1, 'Background', true])
  assert.deepEqual([...only!.surface.data], [5, 6, 7, 255, 50, 60, 70, 255])
})

test('16 bits are read as they are', () => {
  const { state } = readDocument(flat(16, [0, 5, 255, 255, 1, 0, 2, 0, 128, 0, 0, 7]))
  assert.equal(state.depth, 16)
  assert.deepEqual([...state.layers[0]!.surface.data], [5, 256, 32768, 65535, 65535, 512, 7, 65535])
})

test('the layers of a 16-bit document, which stand in a block of their own, are read too', () => {
  const { state } = readDocument(layered16([0x0102, 0x8000, 0xffff, 0xc000]))
  const [layer] = state.layers
  assert.deepEqual([layer!.name, layer!.isBackground, layer!.surface.bounds.left], ['lay', false, 1])
  assert.deepEqual([...layer!.surface.data], [0x8000, 0xffff, 0xc000, 0x0102])
})

const u16 = (value: number): number[] => [value >> 8, value & 255]
const u32 = (value: number): number[] => [...u16(value >> 16), ...u16(value & 0xffff)]
const text = (word: string): number[] => [...Buffer.from(word)]
const header = (bitsPerChannel: number): number[] =>
  [text('8BPS'), u16(1), u16(0), u32(0), u16(3), u32(1), u32(2), u16(bitsPerChannel), u16(3)].flat()

/** A file of 2 x 1 pixels without layers: red, green and blue planes, uncompressed. */
const flat = (bitsPerChannel: number, planes: readonly number[]): Uint8Array =>
  Uint8Array.from([...header(bitsPerChannel), ...u32(0), ...u32(0), ...u32(0), ...u16(0), ...planes])

/** A 16-bit file with one layer "lay" of one pixel at 1, 0: alpha, red, green, blue. */
function layered16(samples: readonly number[]): Uint8Array {
  const channel = (id: number): number[] => [...u16(id & 0xffff), ...u32(4)]
  const record = [
    ...[0, 1, 1, 2].flatMap(u32),
    ...u16(4),
    ...[-1, 0, 1, 2].flatMap(channel),
    ...text('8BIMnorm'),
    ...[255, 0, 0, 0],
    ...u32(12),
    ...u32(0),
    ...u32(0),
    ...[3, ...text('lay')],
  ]
  const info = [...u16(1), ...record, ...samples.flatMap((sample) => [...u16(0), ...u16(sample)])]
  const section = [...u32(0), ...u32(0), ...text('8BIMLr16'), ...u32(info.length), ...info]
  const picture = [...u16(0), ...Array<number>(12).fill(0)]
  return Uint8Array.from([...header(16), ...u32(0), ...u32(0), ...u32(section.length), ...section, ...picture])
}

test('what is not a PSD is refused in one sentence', () => {
  const cut = file([{ name: 'a', imageData: pixels(8, 6, [1, 2, 3, 4]) }]).slice(0, 200)
  const foreign = /^The file is not a Photoshop document: open a \.psd or \.psb file\.$/
  const damaged = /^The Photoshop document is damaged or of a kind not known here: .+\.$/
  for (const [bytes, message] of [
    [new Uint8Array(0), foreign],
    [new TextEncoder().encode('GIF89a, not a document'), foreign],
    [cut, damaged],
  ] as const)
    assert.throws(() => readDocument(bytes), { code: 'document-invalid', message })
})

test('only 8-bit RGB is saved; anything else is refused in words', () => {
  const { controls } = photoshopWithFox({ depth: 16 })
  assert.throws(() => controls.save(), { code: 'document-invalid', message: /8-bit RGB/ })
  controls.newDocument({ width: 1, height: 1, mode: 'CMYKColorMode' })
  assert.throws(() => controls.save(), { code: 'document-invalid' })
})

test('the example is a layered document with a fox', async () => {
  const { state, selectedIds } = readDocument(new Uint8Array(await readFile(EXAMPLE)))
  assert.deepEqual([state.mode, state.depth, state.width, state.height], ['RGBColorMode', 8, 640, 640])
  assert.deepEqual(
    [...walk(state.layers)].map(({ name }) => name),
    ['fox', 'leaf', 'sketch', 'guides', 'Background'],
  )
  assert.ok(state.layers.at(-1)!.isBackground)
  assert.deepEqual(selectedIds, [state.layers[0]!.id])
})
