/** Real PSD files of every kind: what the panel does in them, and what it refuses in words. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Layer, Psd } from 'ag-psd'
import { whereInWords } from '../../plugin/ui/where-words.ts'
import { assertNothingLeaked, type Desk, layerNames, openDesk } from '../support/desk.ts'
import { artboard, BLUE, inCmyk, maskedAndLocked, patch, psdFile, RED, twoArtboards } from '../support/made-psd.ts'
import { document16 } from '../support/psd16.ts'

const noticeOf = ({ panel }: Desk): string => panel.state().notice?.text ?? ''
const newest = ({ controls, panel }: Desk) => controls.layer(panel.state().newest!.layer.layerId)!
const where = async ({ host }: Desk): Promise<string> => whereInWords((await host.target())!)

/** A desk with a PSD file of these layers, back layer first, open in it; `active` is the layer that is selected. */
function openPsd(width: number, height: number, children: Layer[], active: number, more: Partial<Psd> = {}): Desk {
  const desk = openDesk()
  const file = psdFile({ width, height }, children, active, more)
  desk.controls.openFile(file, 'made.psd')
  return desk
}

const select = (desk: Desk, name: string): void => desk.controls.selectLayers([desk.controls.layerNamed(name).id])

test('a group, a mask and locked layers: the result lies above them and nothing else changes', async () => {
  const desk = openPsd(120, 90, maskedAndLocked(), 3)
  const before = desk.controls.active()!.state.layers
  desk.panel.change({ startFrom: 'layer', prompt: 'a hat' })
  await desk.panel.imprint()
  const { picture } = { picture: desk.engine.requests[0]!.pictures['source']! }
  // Of the fox only the left half is seen through its mask.
  const at = (x: number): number[] => [...picture.data.slice(x * 3, x * 3 + 3)]
  assert.deepEqual(
    [at(5), at(35)],
    [
      [220, 40, 30],
      [255, 255, 255],
    ],
  )
  assert.deepEqual(layerNames(desk), ['scene', 'sky'])
  const [scene] = desk.controls.active()!.state.layers
  assert.deepEqual(
    scene!.children!.map(({ name }) => name),
    ['Imprint: a hat', 'fox'],
  )
  assert.equal(scene!.children![1], before[0]!.children![0])

  // A locked layer may be looked at, and what is painted above it is not locked.
  select(desk, 'sky')
  desk.panel.change({ startFrom: 'layer', prompt: 'clouds' })
  await desk.panel.imprint()
  assert.equal(noticeOf(desk), '')
  // Right above it, though the person's own group above that holds a result.
  assert.deepEqual(layerNames(desk), ['scene', 'Imprint: clouds', 'sky'])
  const { locks } = newest(desk)
  assert.deepEqual([locks.all, locks.pixels, locks.position], [false, false, false])
  assert.equal(desk.controls.layerNamed('sky'), before[1])
  assertNothingLeaked(desk)
})

test('what is clipped to the reference stays clipped to it: the result lies above both', async () => {
  const shadow: Layer = { ...patch('shadow', 3, [0, 0, 40, 40], BLUE), clipping: true }
  const desk = openPsd(
    80,
    60,
    [patch('fox', 2, [10, 10, 40, 40], RED), shadow, patch('sky', 4, [0, 0, 80, 20], BLUE)],
    2,
  )
  await desk.panel.references.add()
  desk.panel.change({ prompt: 'a hat' })
  await desk.panel.imprint()
  desk.panel.change({ prompt: 'a cap' })
  await desk.panel.imprint()
  assert.deepEqual(layerNames(desk), ['sky', 'Imprint: a cap', 'Imprint: a hat', 'shadow', 'fox'])
})

test('a group as one picture is something to start from', async () => {
  const group: Layer = {
    name: 'scene',
    id: 2,
    children: [patch('a', 3, [10, 10, 20, 20], RED), patch('b', 4, [30, 10, 20, 20], BLUE)],
  }
  const desk = openPsd(80, 60, [group], 2)
  desk.panel.change({ startFrom: 'layer' })
  await desk.panel.imprint()
  const { width, height, data } = desk.engine.requests[0]!.pictures['source']!
  assert.deepEqual([width, height], [40, 20])
  assert.deepEqual([...data.slice(0, 3), ...data.slice(-3)], [220, 40, 30, 20, 40, 200])
})

test('16 bits per channel, from a file: read, painted anew where it is selected, written back in 16 bits', async () => {
  const desk = openDesk()
  desk.controls.openFile(document16('deep', { width: 96, height: 64 }, [65535, 32768, 0]), 'deep.psd')
  desk.controls.select({ left: 30, top: 20, right: 60, bottom: 40 })
  desk.panel.change({ prompt: 'a hat' })
  await desk.panel.imprint()
  const { pictures, recipe } = desk.engine.requests[0]!
  assert.deepEqual([...pictures[recipe.source!.image]!.data.slice(0, 3)], [255, 128, 0])
  const { surface, mask } = newest(desk)
  assert.ok(surface.data instanceof Uint16Array)
  assert.equal(Math.max(...mask!.surface.data), 65535)
  const wanted = (desk.panel.state().newest!.made.picture.data[0]! * 65535) / 255
  assert.ok(Math.abs(surface.data[0]! - wanted) <= 1, `${surface.data[0]} for ${wanted}`)
})

const openArtboards = (): Desk => openPsd(240, 80, twoArtboards(), 21)

test('the artboard of the selected layer is what a picture fills, and where its layer goes', async () => {
  const desk = openArtboards()
  assert.equal(await where(desk), 'The artboard “two”, 100 × 60')
  desk.panel.change({ startFrom: 'canvas', prompt: 'a tree' })
  await desk.panel.imprint()
  const { pictures, shape } = desk.engine.requests[0]!
  assert.deepEqual(shape, { width: 100, height: 60 })
  assert.deepEqual([pictures['source']!.width, pictures['source']!.height], [100, 60])
  assert.deepEqual([...pictures['source']!.data.slice(0, 3)], [255, 255, 255])
  const two = desk.controls.layerNamed('two')
  assert.deepEqual(
    two.children!.map(({ name }) => name),
    ['Imprint: a tree', 'leaf'],
  )
  assert.deepEqual(newest(desk).surface.bounds, { left: 130, top: 10, right: 230, bottom: 70 })
  assert.equal(desk.controls.layerNamed('one').children!.length, 1)
})

test('the artboard itself, selected, is meant too; an empty one takes the layer in', async () => {
  const desk = openPsd(240, 80, [artboard('one', 10, 10, [])], 10)
  assert.equal(await where(desk), 'The artboard “one”, 100 × 60')
  desk.panel.change({ startFrom: 'canvas', prompt: 'a tree' })
  await desk.panel.imprint()
  assert.deepEqual(
    desk.controls.layerNamed('one').children!.map(({ name }) => name),
    ['Imprint: a tree'],
  )
})

test('a selection within the artboard sees nothing beyond it; one elsewhere is on the canvas', async () => {
  const desk = openArtboards()
  desk.controls.select({ left: 135, top: 15, right: 175, bottom: 45 })
  desk.panel.change({ prompt: 'a hat' })
  await desk.panel.imprint()
  const seen = desk.panel.state().newest!.made.ground!.place.rect
  assert.deepEqual(seen, { left: 130, top: 10, width: 100, height: 60 })
  assert.equal(desk.controls.layerNamed('two').children!.length, 2)
  desk.controls.select({ left: 15, top: 15, right: 45, bottom: 45 })
  await desk.panel.imprint()
  assert.deepEqual(layerNames(desk), ['Imprint: a hat', 'two', 'one'])
})

test('a canvas of 4096 x 4096 is read and sent small, and the picture comes back as large as the canvas', async () => {
  const desk = openPsd(4096, 4096, [patch('fox', 2, [1000, 1000, 600, 400], RED)], 2)
  desk.panel.change({ startFrom: 'canvas' })
  await desk.panel.imprint()
  const { width, height } = desk.engine.requests[0]!.pictures['source']!
  assert.deepEqual([width, height], [1024, 1024])
  assert.deepEqual(newest(desk).surface.bounds, { left: 0, top: 0, right: 4096, bottom: 4096 })
  assert.deepEqual(desk.controls.warnings(), [])
  assertNothingLeaked(desk)
})

test('CMYK is refused in words: by the studio as a file, by the panel as a document', async () => {
  const file = inCmyk(psdFile({ width: 8, height: 8 }, [patch('fox', 2, [0, 0, 8, 8], RED)], 2))
  const desk = openDesk()
  assert.throws(() => desk.controls.openFile(file, 'print.psd'), /is in CMYK.*choose Image > Mode > RGB Color/)

  desk.controls.newDocument({ width: 8, height: 8, mode: 'CMYKColorMode' })
  await desk.panel.imprint()
  assert.match(noticeOf(desk), /is in CMYK.*choose Image > Mode > RGB Color/)
  desk.panel.change({ startFrom: 'canvas' })
  await desk.panel.imprint()
  assert.match(noticeOf(desk), /is in CMYK/)
  assert.equal(desk.engine.requests.length, 0)
})

test('other modes, 32 bits and Quick Mask are refused before anything is made', async () => {
  for (const [options, why] of [
    [{ mode: 'indexedColorMode' }, /colour mode cannot serve/],
    [{ depth: 32 }, /bit depth cannot serve/],
  ] as const) {
    const desk = openDesk()
    desk.controls.newDocument({ width: 8, height: 8, ...options })
    desk.panel.change({ startFrom: 'canvas' })
    await desk.panel.imprint()
    assert.match(noticeOf(desk), why)
    assert.equal(desk.engine.requests.length, 0)
  }
  const desk = openDesk()
  desk.controls.newDocument({ width: 8, height: 8 })
  desk.controls.setQuickMask(true)
  desk.panel.change({ startFrom: 'canvas' })
  await desk.panel.imprint()
  assert.match(noticeOf(desk), /press Q/)
})

test('a grey document is painted in too', async () => {
  const desk = openDesk()
  desk.controls.newDocument({ width: 40, height: 30, mode: 'grayscaleMode' })
  desk.controls.select({ left: 5, top: 5, right: 30, bottom: 25 })
  await desk.panel.imprint()
  assert.equal(noticeOf(desk), '')
  assert.ok(newest(desk).mask)
})

test('a document closed while its selection is painted keeps the picture, whole, for another document', async () => {
  const desk: Desk = openDesk({ engine: { beforeStep: (step) => (step === 2 ? desk.controls.close() : undefined) } })
  desk.controls.newDocument({ width: 96, height: 64 })
  desk.controls.select({ left: 10, top: 10, right: 60, bottom: 40 })
  desk.panel.change({ prompt: 'a hat' })
  await desk.panel.imprint()
  assert.match(noticeOf(desk), /closed/)
  desk.controls.newDocument({ width: 64, height: 64 })
  await desk.panel.insertKept()
  assert.deepEqual(layerNames(desk), ['Imprint: a hat', 'Background'])
  assert.equal(newest(desk).mask, null)
})

test('the layer a picture started from, deleted meanwhile: the result lies on top', async () => {
  const desk: Desk = openDesk({
    engine: {
      beforeStep: (step) => (step === 2 ? desk.controls.deleteLayer(desk.controls.layerNamed('fox').id) : undefined),
    },
  })
  desk.controls.newDocument({ width: 96, height: 64 })
  const fox = desk.controls.addLayer('fox')
  desk.controls.paint(fox, { left: 10, top: 10, right: 50, bottom: 50 }, RED)
  desk.panel.change({ startFrom: 'layer', prompt: 'a hat' })
  await desk.panel.imprint()
  assert.deepEqual(layerNames(desk), ['Imprint: a hat', 'Background'])
  assert.equal(noticeOf(desk), '')
})

test('an artboard deleted meanwhile: the result lies on top of the document', async () => {
  const desk: Desk = openDesk({
    engine: { beforeStep: (step) => (step === 2 ? desk.controls.deleteLayer(20) : undefined) },
  })
  const file = psdFile({ width: 240, height: 80 }, [artboard('one', 10, 10, []), artboard('two', 20, 130, [])], 20)
  desk.controls.openFile(file, 'boards.psd')
  desk.panel.change({ startFrom: 'canvas', prompt: 'a tree' })
  await desk.panel.imprint()
  assert.deepEqual(layerNames(desk), ['Imprint: a tree', 'one'])
})
