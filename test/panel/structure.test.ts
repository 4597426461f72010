/** A layer whose structure the picture keeps. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { STRUCTURE } from '../../plugin/state/draft.ts'
import { isLive } from '../../plugin/state/state.ts'
import { type Desk, newestWeights, openDesk, openFox, setWeight, until } from '../support/desk.ts'

const noticeOf = ({ panel }: Desk): string => panel.state().notice?.text ?? ''

/** A desk whose "fox" is both the reference and the structure. */
async function openHeld(): Promise<Desk> {
  const desk = openDesk()
  openFox(desk)
  await desk.panel.references.add()
  await desk.panel.structure.take('control_canny')
  return desk
}

test('the layer goes along where it lies, white around it, in the shape of the canvas', async () => {
  const desk = await openHeld()
  await desk.panel.imprint()
  const [{ recipe, pictures, shape }] = desk.engine.requests as [(typeof desk.engine.requests)[0]]
  assert.deepEqual(recipe.controls, [{ image: 'structure', controlnet: 'control_canny', preprocess: 'canny' }])
  const { width, height, data } = pictures['structure']!
  assert.deepEqual([width, height, shape], [96, 64, { width: 96, height: 64 }])
  const at = (x: number, y: number) => [...data.subarray((y * width + x) * 3, (y * width + x) * 3 + 3)]
  const [white, red] = [
    [255, 255, 255],
    [220, 40, 30],
  ]
  // The fox lies at 10, 20 and is 40 x 30 in size.
  assert.deepEqual([at(9, 30), at(10, 30), at(49, 30), at(50, 30)], [white, red, red, white])
  assert.deepEqual([at(30, 19), at(30, 20), at(30, 49), at(30, 50)], [white, red, red, white])
})

test('with a size the picture keeps the shape of the canvas, as the structure would not fit it else', async () => {
  const desk = await openHeld()
  desk.panel.change({ size: [128, 128] })
  await desk.panel.imprint()
  const [width, height] = desk.engine.requests[0]!.recipe.size!
  assert.ok(Math.abs(width / height - 1.5) < 0.1, `${width} x ${height}`)
})

test('the slider goes on with the same structure, and another structure is another picture', async () => {
  const desk = await openHeld()
  await desk.panel.imprint()
  await setWeight(desk, 1, true)
  assert.deepEqual(newestWeights(desk), [1])
  const [first, second] = desk.engine.requests
  assert.equal(second!.pictures['structure'], first!.pictures['structure'])
  assert.equal(isLive(desk.panel.state()), true)
  desk.panel.structure.change({ weight: 0.5 })
  assert.equal(isLive(desk.panel.state()), false)
  desk.panel.structure.change({ weight: undefined })
  assert.equal(isLive(desk.panel.state()), true)
  const { layer } = desk.panel.state().newest!
  desk.controls.paint(
    desk.controls.layerNamed('fox').id,
    { left: 10, top: 20, right: 14, bottom: 24 },
    [0, 0, 255, 255],
  )
  desk.controls.selectLayers([desk.controls.layerNamed('fox').id])
  await desk.panel.structure.take('control_canny')
  assert.equal(isLive(desk.panel.state()), false)
  assert.equal(desk.panel.state().newest?.layer, layer)
})

test('a structure whose layer changed says so, and is taken anew on a click', async () => {
  const desk = await openHeld()
  const stop = desk.panel.start()
  const card = () => desk.panel.state().cards[STRUCTURE]
  const fox = desk.controls.layerNamed('fox').id
  desk.panel.structure.change({ weight: 0.5 })
  desk.controls.paint(fox, { left: 10, top: 20, right: 50, bottom: 50 }, [0, 0, 255, 255])
  await until(desk, () => card()?.layer === 'changed')
  await desk.panel.structure.refresh()
  assert.equal(card()?.layer, 'same')
  assert.equal(desk.panel.state().recipe.structure?.weight, 0.5)
  await desk.panel.imprint()
  const { data } = desk.engine.requests[0]!.pictures['structure']!
  assert.deepEqual([...data.subarray((30 * 96 + 20) * 3, (30 * 96 + 20) * 3 + 3)], [0, 0, 255])
  desk.controls.deleteLayer(fox)
  await until(desk, () => card()?.layer === 'gone')
  stop()
})

test('another network is read as it is usually read; what was chosen for it stays', async () => {
  const desk = await openHeld()
  desk.panel.structure.change({ preprocess: 'invert', weight: 0.7 })
  desk.panel.structure.change({ controlnet: 'control_depth' })
  assert.deepEqual(desk.panel.state().recipe.structure, {
    controlnet: 'control_depth',
    preprocess: 'none',
    weight: 0.7,
  })
  desk.panel.structure.remove()
  desk.panel.structure.change({ weight: 1 })
  assert.equal(desk.panel.state().recipe.structure, undefined)
  await desk.panel.imprint()
  const { recipe, pictures } = desk.engine.requests[0]!
  assert.deepEqual([recipe.controls, 'structure' in pictures], [undefined, false])
})

test('what else holds the structure came with a recipe, and is removed along with it', async () => {
  const desk = await openHeld()
  const also = { recipe: { controls: [{ controlnet: 'face', reads: 'face' as const }], clipSkip: 2 }, pictures: {} }
  desk.panel.change({ also })
  await desk.panel.imprint()
  assert.deepEqual(
    desk.engine.requests[0]!.recipe.controls?.map(({ controlnet }) => controlnet),
    ['control_canny', 'face'],
  )
  desk.panel.structure.remove()
  await desk.panel.imprint()
  const { recipe } = desk.engine.requests[1]!
  assert.deepEqual([recipe.controls, recipe.clipSkip], [undefined, 2])
})

test('of none or of several layers no structure is taken, in words', async () => {
  const desk = openDesk()
  await desk.panel.structure.take('control_canny')
  assert.match(noticeOf(desk), /No document is open/)
  const { foxId } = openFox(desk)
  const background = desk.controls.active()!.state.layers[0]!.id
  desk.controls.selectLayers([foxId, background])
  await desk.panel.structure.take('control_canny')
  assert.match(noticeOf(desk), /select the one that holds the structure/)
  assert.equal(desk.panel.state().recipe.structure, undefined)
})
