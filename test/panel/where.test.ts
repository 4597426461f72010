/** Where a picture goes and what it starts from: a selection, the canvas, a layer, an artboard. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SETTINGS_KEY } from '../../plugin/host/generator-settings.ts'
import type { Raster } from '../../shared/raster.ts'
import { isLive } from '../../plugin/state/state.ts'
import { whereInWords } from '../../plugin/ui/where-words.ts'
import {
  addLayer,
  assertNothingLeaked,
  type Desk,
  layerNames,
  openDesk,
  openFox,
  setWeight,
  until,
} from '../support/desk.ts'
import { temporaryHistory } from '../support/wire.ts'

const noticeOf = ({ panel }: Desk): string => panel.state().notice?.text ?? ''
const where = async ({ host }: Desk): Promise<string> => whereInWords((await host.target())!)
const pixel = ({ width, channels, data }: Raster, x: number, y: number): number[] => [
  ...data.slice((y * width + x) * channels, (y * width + x) * channels + channels),
]
const newest = ({ controls, panel }: Desk) => controls.layer(panel.state().newest!.layer.layerId)!

/** A desk with a document of 400 x 300 whose "fox" is red at 100, 100 of 200 x 100. */
function openLarge(depth: 8 | 16 = 8): Desk {
  const desk = openDesk()
  desk.controls.newDocument({ width: 400, height: 300, depth, title: 'large.psd' })
  const fox = desk.controls.addLayer('fox')
  desk.controls.paint(fox, { left: 100, top: 100, right: 300, bottom: 200 }, [220, 40, 30, 255])
  desk.controls.selectLayers([fox])
  return desk
}

const SELECTED = { left: 150, top: 120, right: 246, bottom: 180 }
const RED = [220, 40, 30]
const WHITE = [255, 255, 255]

test('without a selection the whole canvas is filled, in its own shape', async () => {
  const desk = openLarge()
  assert.equal(await where(desk), 'The whole canvas, 400 × 300')
  await desk.panel.imprint()
  const { recipe, shape } = desk.engine.requests[0]!
  assert.equal(recipe.source, undefined)
  assert.deepEqual(shape, { width: 400, height: 300 })
  assert.deepEqual(newest(desk).surface.bounds, { left: 0, top: 0, right: 400, bottom: 300 })
  assert.equal(newest(desk).mask, null)
})

test('a size of another shape that the person wants is not bent', async () => {
  const desk = openLarge()
  desk.panel.change({ size: [64, 64] })
  await desk.panel.imprint()
  assert.deepEqual(newest(desk).surface.bounds, { left: 50, top: 0, right: 350, bottom: 300 })
})

for (const depth of [8, 16] as const) {
  test(`a selection is painted anew and nothing else, in ${depth} bits`, async () => {
    const desk = openLarge(depth)
    const before = desk.controls.active()!
    desk.controls.select(SELECTED)
    assert.equal(await where(desk), 'Only the selection, 96 × 60')
    desk.panel.change({ prompt: 'a hat' })
    await desk.panel.imprint()

    const { recipe, pictures } = desk.engine.requests[0]!
    const { source } = recipe
    assert.equal(source?.strength, 1)
    const seen = pictures[source.image]!
    // 32 pixels of context around the selection: the red of the fox from 18 to 218 of 32 + 96 + 32, white above it.
    assert.deepEqual([seen.width, seen.height], [160, 124])
    assert.deepEqual([pixel(seen, 80, 62), pixel(seen, 80, 2)], [RED, WHITE])
    const mask = pictures[source.mask!]!
    assert.deepEqual([mask.width, mask.height], [160, 124])
    assert.deepEqual([pixel(mask, 80, 62), pixel(mask, 34, 34), pixel(mask, 20, 62)], [WHITE, WHITE, [0, 0, 0]])

    const layer = newest(desk)
    assert.deepEqual(layerNames(desk), ['Imprint: a hat', 'fox', 'Background'])
    const { left, top, right, bottom } = layer.surface.bounds
    assert.deepEqual([left, top, right, bottom], [147, 117, 249, 183])
    assert.deepEqual(layer.mask?.surface.bounds, layer.surface.bounds)
    const full = depth === 8 ? 255 : 65535
    const cover = (x: number, y: number) => layer.mask!.surface.data[(y - top) * (right - left) + x - left]! / full
    assert.equal(cover(198, 150), 1)
    assert.equal(cover(147, 117), 0)
    const edge = (cover(149, 150) + cover(150, 150)) / 2
    assert.ok(Math.abs(edge - 0.5) < 0.01, `${edge} at the edge`)
    // All layers that were there are the very same.
    const { layers } = desk.controls.active()!.state
    assert.deepEqual(layers.slice(1), before.state.layers)
    assert.equal(desk.controls.active()!.history.names.length, before.history.names.length + 2)
    assertNothingLeaked(desk)
  })
}

test('a selection at the edge of the canvas fades into it only', async () => {
  const desk = openLarge()
  desk.controls.select({ left: 0, top: 0, right: 120, bottom: 300 })
  desk.panel.change({ prompt: 'a wall' })
  await desk.panel.imprint()
  const { surface, mask } = newest(desk)
  assert.deepEqual(surface.bounds, { left: 0, top: 0, right: 125, bottom: 300 })
  assert.equal(mask!.surface.data[0], 255)
})

test('a selection of any form is kept to: a hole in it stays', async () => {
  const desk = openLarge()
  const { photoshop, controls } = desk
  await photoshop.core.executeAsModal(
    async () => {
      const data = new Uint8Array(100 * 100).fill(255)
      for (let y = 40; y < 60; y++) data.fill(0, y * 100 + 40, y * 100 + 60)
      const imageData = await photoshop.imaging.createImageDataFromBuffer(data, {
        width: 100,
        height: 100,
        components: 1,
        colorSpace: 'Grayscale',
      })
      await photoshop.imaging.putSelection({ imageData, targetBounds: { left: 150, top: 100 } })
      imageData.dispose()
    },
    { commandName: 'Lasso' },
  )
  desk.panel.change({ prompt: 'a ring' })
  await desk.panel.imprint()
  const { bounds, data } = newest(desk).mask!.surface
  const at = (x: number, y: number) => data[(y - bounds.top) * (bounds.right - bounds.left) + x - bounds.left]
  assert.deepEqual([at(160, 110), at(200, 150)], [255, 0])
  const { source } = desk.engine.requests[0]!.recipe
  const mask = desk.engine.requests[0]!.pictures[source!.mask!]!
  assert.deepEqual(pixel(mask, 200 - 118, 150 - 68), [0, 0, 0])
  assert.equal(controls.active()!.state.layers.length, 3)
})

test('the slider changes what was painted where the selection was, whatever is selected now', async () => {
  const desk = openLarge()
  await desk.panel.references.add()
  desk.controls.select(SELECTED)
  await desk.panel.imprint()
  const { id, surface, mask } = newest(desk)
  desk.controls.select(null)
  await setWeight(desk, 1.2, true)
  const after = newest(desk)
  assert.equal(after.id, id)
  assert.deepEqual(after.surface.bounds, surface.bounds)
  assert.equal(after.mask, mask)
  assert.deepEqual(desk.engine.requests[1]!.pictures, desk.engine.requests[0]!.pictures)
  assert.deepEqual(desk.engine.requests[1]!.recipe.source, desk.engine.requests[0]!.recipe.source)
})

test('started from the canvas, all of it is what the picture is made of, as far as the strength says', async () => {
  const desk = openLarge()
  desk.panel.change({ startFrom: 'canvas', strength: 0.4, prompt: 'a painting' })
  await desk.panel.imprint()
  const { recipe, pictures } = desk.engine.requests[0]!
  assert.equal(recipe.references?.length, 0)
  assert.deepEqual(recipe.source, { image: 'source', strength: 0.4 })
  const { width, height } = pictures['source']!
  assert.deepEqual([width, height], [400, 300])
  assert.deepEqual([pixel(pictures['source']!, 200, 150), pixel(pictures['source']!, 5, 5)], [RED, WHITE])
  assert.deepEqual(newest(desk).surface.bounds, { left: 0, top: 0, right: 400, bottom: 300 })
})

test('started from a layer, the picture lies exactly over it and right above', async () => {
  const desk = openLarge()
  addLayer(desk, 'leaf')
  desk.controls.selectLayers([desk.controls.layerNamed('fox').id])
  desk.panel.change({ startFrom: 'layer', prompt: 'a boat' })
  await desk.panel.imprint()
  const { recipe, pictures } = desk.engine.requests[0]!
  assert.deepEqual(recipe.source, { image: 'source', strength: 0.75 })
  assert.deepEqual([pictures['source']!.width, pictures['source']!.height], [200, 100])
  assert.deepEqual(newest(desk).surface.bounds, { left: 100, top: 100, right: 300, bottom: 200 })
  assert.deepEqual(layerNames(desk), ['leaf', 'Imprint: a boat', 'fox', 'Background'])
})

test('a selection started from the canvas keeps as much as the strength leaves', async () => {
  const desk = openLarge()
  desk.controls.select(SELECTED)
  desk.panel.change({ startFrom: 'canvas', strength: 0.5 })
  await desk.panel.imprint()
  const { source } = desk.engine.requests[0]!.recipe
  assert.equal(source?.strength, 0.5)
  assert.equal(source.mask, 'selection')
})

test('what a picture starts from has its shape, also in the size the person wants', async () => {
  const desk = openLarge()
  desk.panel.change({ startFrom: 'canvas', size: [128, 128] })
  await desk.panel.imprint()
  assert.deepEqual(desk.engine.requests[0]!.recipe.size, [152, 112])
})

test('another strength or start is another picture: the slider waits for Imprint', async () => {
  const desk = openLarge()
  await desk.panel.references.add()
  desk.panel.change({ startFrom: 'canvas' })
  await desk.panel.imprint()
  await setWeight(desk, 1, true)
  assert.equal(desk.engine.requests.length, 2)
  desk.panel.change({ strength: 0.5 })
  await setWeight(desk, 0.9, true)
  desk.panel.change({ strength: 0.75, startFrom: 'nothing' })
  await setWeight(desk, 0.8, true)
  assert.equal(desk.engine.requests.length, 2)
})

test('several layers are none to start from', async () => {
  const desk = openLarge()
  const leaf = addLayer(desk, 'leaf')
  desk.controls.selectLayers([leaf, desk.controls.layerNamed('fox').id])
  desk.panel.change({ startFrom: 'layer' })
  await desk.panel.imprint()
  assert.match(noticeOf(desk), /select the one to start from/)
  assert.equal(desk.engine.requests.length, 0)
})

test('what the layer remembers says where it was made', async () => {
  const desk = openLarge()
  desk.controls.select(SELECTED)
  desk.panel.change({ prompt: 'a hat' })
  await desk.panel.imprint()
  const memory = JSON.parse(newest(desk).settings[SETTINGS_KEY]!) as { recipe: { source: object } }
  assert.deepEqual(Object.keys(memory.recipe.source).toSorted(), ['image', 'mask', 'strength'])
})

test('an empty part of a transparent canvas is white to start from', async () => {
  const desk = openDesk()
  desk.controls.newDocument({ width: 100, height: 100, fill: 'transparent' })
  desk.panel.change({ startFrom: 'canvas', prompt: 'a cloud' })
  await desk.panel.imprint()
  assert.equal(noticeOf(desk), '')
  const { data } = desk.engine.requests[0]!.pictures['source']!
  assert.equal(
    data.findIndex((value) => value !== 255),
    -1,
  )
})

test('the panel shows what would be painted anew, and forgets it with the selection', async () => {
  const desk = openLarge()
  const stop = desk.panel.start()
  await until(desk, () => desk.panel.state().target !== undefined)
  assert.equal(desk.panel.state().target?.map, undefined)
  desk.controls.select(SELECTED)
  await until(desk, () => desk.panel.state().target?.map !== undefined)
  assert.match(desk.panel.state().target!.map!, /^data:image\/jpeg;base64,/)
  desk.controls.select(null)
  await until(desk, () => desk.panel.state().target?.map === undefined)
  desk.controls.close()
  await until(desk, () => desk.panel.state().target === undefined)
  stop()
  assertNothingLeaked(desk)
})

test('the layer above a reference that was deleted while the picture was made lands on top', async () => {
  const desk = openDesk({
    engine: {
      beforeStep: (step) => (step === 2 ? desk.controls.deleteLayer(desk.controls.layerNamed('fox').id) : undefined),
    },
  })
  openFox(desk)
  await desk.panel.imprint()
  assert.deepEqual(layerNames(desk), ['Imprint', 'Background'])
  assert.equal(noticeOf(desk), '')
})

test('a selection’s layer, saved and opened again, is changed in place: its picture still covers what lay around', async () => {
  const history = temporaryHistory()
  const desk = openDesk({ history })
  desk.controls.newDocument({ width: 400, height: 300 })
  desk.controls.select(SELECTED)
  desk.panel.change({ prompt: 'a hat' })
  await desk.panel.imprint()
  const { place } = desk.panel.state().newest!.made.note

  const again = openDesk({ history })
  again.controls.openFile(desk.controls.save(), 'again.psd')
  again.panel.start()
  const [hat] = again.controls.active()!.state.layers
  again.controls.selectLayers([hat!.id])
  await until(again, () => again.panel.state().recalled !== undefined)
  await again.panel.takeOver.layer()
  again.panel.change({ prompt: 'a crown' })
  await again.panel.updateLayer()

  const { recipe, pictures } = again.engine.requests[0]!
  assert.equal(recipe.prompt, 'a crown')
  const mask = pictures[recipe.source!.mask!]!
  assert.deepEqual([mask.width, mask.height], [160, 124])
  const { made, layer } = again.panel.state().newest!
  assert.deepEqual(made.note.place!.rect, place!.rect)
  const changed = again.controls.layer(layer.layerId)!
  assert.equal(changed.id, hat!.id)
  assert.deepEqual(changed.surface.bounds, hat!.surface.bounds)
  assert.equal(changed.mask, hat!.mask)

  // The next picture is a new one, where the person is now.
  await again.panel.references.add()
  await again.panel.imprint()
  assert.equal(again.engine.requests[1]!.recipe.source, undefined)
  assert.equal(newest(again).mask, null)
  assert.equal(layerNames(again).length, 3)
})

test('a selection fades over as many pixels as are asked for, or as its size asks; asked otherwise it is another picture', async () => {
  const desk = openLarge()
  desk.controls.select(SELECTED)
  const shown = async (): Promise<unknown> => {
    await desk.panel.imprint()
    return newest(desk).mask!.surface.bounds
  }
  const usual = await shown()
  desk.panel.change({ feather: 0 })
  assert.equal(isLive(desk.panel.state()), false)
  assert.deepEqual(await shown(), SELECTED)
  assert.equal(isLive(desk.panel.state()), true)
  desk.panel.change({ feather: 40 })
  assert.deepEqual(await shown(), { left: 110, top: 80, right: 286, bottom: 220 })
  const { left, top, right, bottom } = newest(desk).surface.bounds
  assert.ok(left <= 110 && top <= 80 && right >= 286 && bottom >= 220, 'there are pixels wherever the mask shows any')
  desk.panel.change({ feather: undefined })
  assert.deepEqual(await shown(), usual)
})

test('a layer that was scaled gets its next pictures as large as it is now; one that was cut, as large as it was', async () => {
  const desk = openLarge()
  await desk.panel.imprint()
  const { id, surface } = newest(desk)
  const cutTo = (right: number, bottom: number) => {
    const bounds = { left: 40, top: 30, right, bottom }
    const data = surface.data.slice(0, 4 * (right - 40) * (bottom - 30)).fill(255)
    desk.controls.editLayer(id, { surface: { ...surface, bounds, data } })
    return bounds
  }
  // 400 x 300 at half its size, one pixel off by rounding.
  const half = cutTo(240, 181)
  for (const weight of [0.9, 0.2]) {
    await setWeight(desk, weight, true)
    assert.deepEqual(newest(desk).surface.bounds, half)
  }
  cutTo(100, 181)
  await setWeight(desk, 0.5, true)
  assert.deepEqual(newest(desk).surface.bounds, half)
})

test('a layer made anew fades as is asked for now; without its selection it stays, and the panel says why', async () => {
  const desk = openLarge()
  desk.controls.select(SELECTED)
  await desk.panel.imprint()
  const { id } = newest(desk)
  desk.panel.change({ feather: 0 })
  await desk.panel.updateLayer()
  assert.equal(newest(desk).id, id)
  assert.deepEqual(newest(desk).mask!.surface.bounds, SELECTED)
  assert.equal(isLive(desk.panel.state()), true)

  desk.controls.select(null)
  desk.panel.change({ feather: 40 })
  const before = desk.controls.active()!.state
  await desk.panel.updateLayer()
  assert.match(noticeOf(desk), /Nothing is selected any more/)
  assert.equal(desk.controls.active()!.state, before)
  assert.equal(desk.engine.requests.length, 2)
})
