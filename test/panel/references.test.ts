/** References as a list: what becomes a card, what a card says of its layer, and what the sliders of several do. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  addLayer,
  assertNothingLeaked,
  type Desk,
  layerNames,
  newestWeights,
  openDesk,
  openFox,
  referenceAt,
  setWeight,
  until,
} from '../support/desk.ts'

const noticeOf = ({ panel }: Desk): string => panel.state().notice?.text ?? ''
const count = ({ panel }: Desk): number => panel.state().recipe.references.length
const pixelAt = (desk: Desk, at: number, x: number, y: number): number[] => {
  const { width, data } = referenceAt(desk, at).capture.picture
  return [...data.slice((y * width + x) * 3, (y * width + x) * 3 + 3)]
}

const RED = [220, 40, 30]
const BLUE = [20, 40, 200]
const WHITE = [255, 255, 255]

/** A desk whose "fox" and blue "leaf" are both references. */
async function openTwo(): Promise<{ desk: Desk; foxId: number; leafId: number }> {
  const desk = openDesk()
  const { foxId } = openFox(desk)
  const leafId = addLayer(desk, 'leaf')
  desk.controls.selectLayers([foxId, leafId])
  await desk.panel.references.add()
  return { desk, foxId, leafId }
}

test('several selected layers become as many cards, and all of them go to the companion', async () => {
  const { desk } = await openTwo()
  assert.deepEqual([referenceAt(desk, 0).capture.name, referenceAt(desk, 1).capture.name], ['fox', 'leaf'])
  await desk.panel.references.change(referenceAt(desk, 1).image, { mode: 'composition', start: 0.2 })
  desk.panel.change({ prompt: 'a (red:1.3) house' })
  await desk.panel.imprint()
  const { recipe, pictures } = desk.engine.requests[0]!
  assert.equal(recipe.notation, 'a1111')
  const names = recipe.references!.map(({ image }) => image!)
  assert.deepEqual(recipe.references, [
    { image: names[0], weight: 0.6, mode: 'all', start: 0, end: 1, fit: 'crop' },
    { image: names[1], weight: 0.6, mode: 'composition', start: 0.2, end: 1, fit: 'crop' },
  ])
  const colours = names.map((name) => [...pictures[name]!.data.slice(0, 3)])
  assert.deepEqual(colours, [RED, BLUE])
  assertNothingLeaked(desk)
})

test('the slider of every card changes the newest layer', async () => {
  const { desk } = await openTwo()
  await desk.panel.imprint()
  const { layerId } = desk.panel.state().newest!.layer
  await desk.panel.setWeight(referenceAt(desk, 1).image, 0.2, true)
  assert.deepEqual(newestWeights(desk), [0.6, 0.2])
  await desk.panel.setWeight(referenceAt(desk, 0).image, 1.1, true)
  assert.deepEqual(newestWeights(desk), [1.1, 0.2])
  assert.equal(desk.panel.state().newest?.layer.layerId, layerId)
  assert.equal(desk.controls.active()!.history.names.at(-1), 'Imprint · 1.10, 0.20')
})

test('removing, adding or changing a reference makes the slider wait for the next Imprint', async () => {
  const { desk } = await openTwo()
  await desk.panel.imprint()
  desk.panel.references.remove(referenceAt(desk, 1).image)
  await setWeight(desk, 1, true)
  assert.equal(desk.engine.requests.length, 1)
  await desk.panel.imprint()
  assert.equal(desk.engine.requests[1]?.recipe.references?.length, 1)
  assert.equal(Object.keys(desk.engine.requests[1].pictures).length, 1)
  await desk.panel.references.change(referenceAt(desk).image, { fit: 'pad' })
  await setWeight(desk, 0.5, true)
  assert.equal(desk.engine.requests.length, 2)
})

test('a group counts as one picture and stays as it was', async () => {
  const desk = openDesk()
  const { foxId } = openFox(desk)
  const leafId = addLayer(desk, 'leaf')
  const { controls } = desk
  const children = [controls.layer(foxId)!, controls.layer(leafId)!]
  controls.deleteLayer(leafId)
  const group = controls.addLayer('group')
  controls.deleteLayer(foxId)
  controls.editLayer(group, { kind: 'group', children, opacity: 50 })
  controls.selectLayers([group])
  const { state, history } = controls.active()!
  await desk.panel.references.add()
  const { capture } = referenceAt(desk)
  assert.deepEqual([capture.isGroup, capture.name], [true, 'group'])
  assert.deepEqual(capture.bounds, { left: 0, top: 0, width: 50, height: 64 })
  assert.deepEqual([pixelAt(desk, 0, 0, 0), pixelAt(desk, 0, 20, 30), pixelAt(desk, 0, 49, 0)], [BLUE, RED, WHITE])
  assert.equal(controls.active()!.state, state)
  assert.deepEqual(controls.active()!.history, history)
  assertNothingLeaked(desk)
})

test('a group that shows nothing is refused in words', async () => {
  const desk = openDesk()
  const { foxId } = openFox(desk)
  const { controls } = desk
  const group = controls.addLayer('group')
  const hidden = { ...controls.layer(foxId)!, visible: false }
  controls.deleteLayer(foxId)
  controls.editLayer(group, { kind: 'group', children: [hidden] })
  controls.selectLayers([group])
  await desk.panel.references.add()
  assert.match(noticeOf(desk), /shows nothing/)
  assert.equal(count(desk), 0)
  assertNothingLeaked(desk)
})

test('a selection on the layer takes that part of it, and a refresh the same part', async () => {
  const desk = openDesk()
  const { foxId } = openFox(desk)
  desk.controls.select({ left: 40, top: 0, right: 60, bottom: 30 })
  assert.equal(isPart(desk), true)
  await desk.panel.references.add()
  const { image, capture } = referenceAt(desk)
  assert.deepEqual(capture.bounds, { left: 40, top: 20, width: 10, height: 10 })
  assert.deepEqual(pixelAt(desk, 0, 9, 9), RED)

  desk.controls.select(null)
  desk.controls.paint(foxId, { left: 40, top: 20, right: 41, bottom: 21 }, [0, 0, 0, 255])
  await desk.panel.references.refresh(image)
  assert.deepEqual(referenceAt(desk).capture.bounds, capture.bounds)
  assert.deepEqual(pixelAt(desk, 0, 0, 0), [0, 0, 0])
  await desk.panel.references.replace(image)
  assert.deepEqual(referenceAt(desk).capture.bounds, { left: 10, top: 20, width: 40, height: 30 })
  assertNothingLeaked(desk)
})

test('a selection beside the layer takes all of it', async () => {
  const desk = openDesk()
  openFox(desk)
  desk.controls.select({ left: 60, top: 0, right: 90, bottom: 60 })
  assert.equal(isPart(desk), false)
  await desk.panel.references.add()
  assert.equal(referenceAt(desk).capture.part, undefined)
  assert.deepEqual(referenceAt(desk).capture.bounds, { left: 10, top: 20, width: 40, height: 30 })
})

const isPart = ({ host }: Desk): boolean | undefined => {
  const selection = host.selection()
  return selection.kind === 'layers' ? selection.layers[0]?.isPart : undefined
}

test('a soft selection lets the layer fade into white', async () => {
  const desk = openDesk()
  openFox(desk)
  const { core, imaging } = desk.photoshop
  await core.executeAsModal(
    async () => {
      const imageData = await imaging.createImageDataFromBuffer(Uint8Array.of(255, 51), {
        width: 2,
        height: 1,
        components: 1,
        colorSpace: 'Grayscale',
      })
      await imaging.putSelection({ imageData, targetBounds: { left: 20, top: 25 } })
      imageData.dispose()
    },
    { commandName: 'select' },
  )
  await desk.panel.references.add()
  assert.deepEqual([pixelAt(desk, 0, 0, 0), pixelAt(desk, 0, 1, 0)], [RED, [248, 212, 210]])
})

test('a card says when its layer changed, forgets it when that is undone, and refreshes on demand', async () => {
  const desk = openDesk()
  const { foxId } = openFox(desk)
  const stop = desk.panel.start()
  await desk.panel.references.add()
  const says = (): string => referenceAt(desk).layer
  desk.controls.paint(foxId, { left: 10, top: 20, right: 14, bottom: 24 }, [0, 200, 0, 255])
  await until(desk, () => says() === 'changed')
  desk.controls.undo()
  await until(desk, () => says() === 'same')
  desk.controls.redo()
  await until(desk, () => says() === 'changed')
  assert.deepEqual(pixelAt(desk, 0, 0, 0), RED)
  await desk.panel.references.refresh(referenceAt(desk).image)
  assert.equal(says(), 'same')
  assert.deepEqual(pixelAt(desk, 0, 0, 0), [0, 200, 0])
  desk.controls.deleteLayer(foxId)
  await until(desk, () => says() === 'gone')
  stop()
  assertNothingLeaked(desk)
})

test('another layer that changes is no change of a reference; a move is one of a part, and not of a whole layer', async () => {
  const desk = openDesk()
  const { documentId, foxId } = openFox(desk)
  const leafId = addLayer(desk, 'leaf')
  const fox = { documentId, layerId: foxId }
  const whole = await desk.host.readReference(fox, 'whole')
  desk.controls.select({ left: 0, top: 0, right: 30, bottom: 64 })
  const part = await desk.host.readReference(fox, 'selected')
  const now = async (): Promise<string[]> => [
    await desk.host.looksAs(fox, whole.print!),
    await desk.host.looksAs(fox, part.print!),
  ]
  const { surface } = desk.controls.layer(foxId)!
  desk.controls.paint(leafId, { left: 0, top: 0, right: 9, bottom: 9 }, [9, 9, 9, 255])
  assert.deepEqual(await now(), ['same', 'same'])
  desk.controls.editLayer(foxId, { surface: { ...surface, bounds: { left: 12, top: 22, right: 52, bottom: 52 } } })
  assert.deepEqual(await now(), ['same', 'changed'])
  desk.controls.deleteLayer(foxId)
  assert.deepEqual(await now(), ['gone', 'gone'])
})

test('what changes in a group changes the group: its pixels, and what is seen of it', async () => {
  const desk = openDesk()
  const { documentId, foxId } = openFox(desk)
  const { controls } = desk
  const layerId = controls.addLayer('group')
  const child = controls.layer(foxId)!
  controls.deleteLayer(foxId)
  controls.editLayer(layerId, { kind: 'group', children: [child] })
  const { print } = await desk.host.readReference({ documentId, layerId }, 'whole')
  const now = (): Promise<string> => desk.host.looksAs({ documentId, layerId }, print!)
  assert.equal(await now(), 'same')
  controls.setVisible(foxId, false)
  assert.equal(await now(), 'changed')
  controls.setVisible(foxId, true)
  assert.equal(await now(), 'same')
  controls.paint(foxId, { left: 30, top: 30, right: 32, bottom: 32 }, [0, 0, 0, 255])
  assert.equal(await now(), 'changed')
  assertNothingLeaked(desk)
})

test('a host that reads in modals alone is followed as well', async () => {
  const desk = openDesk({ switches: { readsNeedModal: true } })
  const { documentId, foxId } = openFox(desk)
  const fox = { documentId, layerId: foxId }
  const { print } = await desk.host.readReference(fox, 'whole')
  assert.equal(await desk.host.looksAs(fox, print!), 'same')
  desk.controls.paint(foxId, { left: 10, top: 20, right: 14, bottom: 24 }, [0, 200, 0, 255])
  assert.equal(await desk.host.looksAs(fox, print!), 'changed')
})

test('looking for changes looks once for each change, and not at its own doing', async (t) => {
  const desk = openDesk()
  const { foxId } = openFox(desk)
  await desk.panel.references.add()
  const looks = t.mock.method(desk.host, 'looksAs')
  const stop = desk.panel.start()
  desk.controls.paint(foxId, { left: 10, top: 20, right: 14, bottom: 24 }, [0, 200, 0, 255])
  await until(desk, () => referenceAt(desk).layer === 'changed')
  const first = looks.mock.callCount()
  desk.controls.undo()
  await until(desk, () => referenceAt(desk).layer === 'same')
  assert.equal(looks.mock.callCount(), first + 1)
  stop()
})

test('another fit shows another thumbnail and travels with the recipe', async () => {
  const desk = openDesk()
  openFox(desk)
  await desk.panel.references.add()
  const { image, thumbnail } = referenceAt(desk)
  await desk.panel.references.change(image, { fit: 'pad' })
  assert.notEqual(referenceAt(desk).thumbnail, thumbnail)
  await desk.panel.imprint()
  assert.equal(desk.engine.requests[0]?.recipe.references?.[0]?.fit, 'pad')
})

test('start and end push each other, and weights stay on the slider', async () => {
  const desk = openDesk()
  openFox(desk)
  await desk.panel.references.add()
  const { image } = referenceAt(desk)
  await desk.panel.references.change(image, { end: 0.4 })
  await desk.panel.references.change(image, { start: 0.7 })
  assert.deepEqual([referenceAt(desk).start, referenceAt(desk).end], [0.7, 0.7])
  await desk.panel.references.change(image, { end: 0.3 })
  assert.deepEqual([referenceAt(desk).start, referenceAt(desk).end], [0.3, 0.3])
  await setWeight(desk, 9, false)
  assert.equal(referenceAt(desk).weight, 1.5)
})

test('a ninth reference is refused in words', async () => {
  const desk = openDesk()
  openFox(desk)
  for (let i = 0; i < 8; i++) await desk.panel.references.add()
  await desk.panel.references.add()
  assert.equal(count(desk), 8)
  assert.match(noticeOf(desk), /at most 8/)
})

test('one card cannot be replaced by two layers', async () => {
  const { desk } = await openTwo()
  await desk.panel.references.replace(referenceAt(desk).image)
  assert.match(noticeOf(desk), /2 layers are selected/)
  assert.equal(referenceAt(desk).capture.name, 'fox')
})

test('when the first reference’s layer is gone the result goes above the next one’s', async () => {
  const { desk, foxId } = await openTwo()
  desk.controls.deleteLayer(foxId)
  await desk.panel.imprint()
  assert.deepEqual(layerNames(desk), ['Imprint', 'leaf', 'Background'])
})

test('after undo the layer of the newest picture is gone, and its weight is no longer offered; redo brings both back', async () => {
  const desk = openDesk()
  openFox(desk)
  const stop = desk.panel.start()
  await desk.panel.imprint()
  desk.controls.undo()
  await until(desk, () => desk.panel.state().newest?.exists === false)
  await setWeight(desk, 1, true)
  assert.equal(desk.engine.requests.length, 1)
  desk.controls.redo()
  await until(desk, () => desk.panel.state().newest?.exists === true)
  await setWeight(desk, 1.2, true)
  assert.deepEqual(newestWeights(desk), [1.2])
  stop()
})

test('with the document closed Imprint starts nothing, though there is a reference', async () => {
  const desk = openDesk()
  openFox(desk)
  await desk.panel.references.add()
  desk.controls.close()
  await desk.panel.imprint()
  assert.match(noticeOf(desk), /No document is open/)
  assert.equal(desk.engine.requests.length, 0)
})
