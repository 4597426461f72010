import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SETTINGS_KEY } from '../../plugin/host/generator-settings.ts'
import { recipeSchema } from '../../shared/recipe.ts'
import {
  assertNothingLeaked,
  layerNames,
  newestWeights,
  openDesk,
  openFox,
  referenceAt,
  setWeight,
  until,
} from '../support/desk.ts'

test('a selected layer and a prompt become a new layer right above it, in one history step', async () => {
  const desk = openDesk()
  openFox(desk)
  const stepsBefore = desk.controls.active()!.history.names.length
  desk.panel.start()
  await desk.panel.references.add()
  desk.panel.change({ prompt: 'a house' })
  await desk.panel.imprint()

  assert.deepEqual(layerNames(desk), ['Imprint: a house', 'fox', 'Background'])
  const { names } = desk.controls.active()!.history
  assert.deepEqual(names.slice(stepsBefore), ['Imprint: a house'])
  const { newest, run, notice } = desk.panel.state()
  assert.equal(run, undefined)
  assert.equal(notice, undefined)
  const layer = desk.controls.layer(newest!.layer.layerId)!
  assert.deepEqual(layer.surface.bounds, { left: 0, top: 0, right: 96, bottom: 64 })
  const memory = JSON.parse(layer.settings[SETTINGS_KEY] ?? '') as { recipe: unknown; references: { name: string }[] }
  assert.equal(recipeSchema.parse(memory.recipe).prompt, 'a house')
  assert.equal(memory.references[0]?.name, 'fox')
  assertNothingLeaked(desk)
})

test('a new picture is held against its reference, those the slider makes are not', async () => {
  const desk = openDesk()
  openFox(desk)
  await desk.panel.imprint()
  assert.deepEqual(desk.panel.state().newest?.made.score, { reference: 0.8234 })
  await setWeight(desk, 1.2, true)
  assert.equal(desk.panel.state().newest?.made.score, undefined)
  assert.deepEqual(
    desk.engine.requests.map(({ score }) => score),
    [true, undefined],
  )
})

test('Imprint alone takes the selected layer', async () => {
  const desk = openDesk()
  openFox(desk)
  await desk.panel.imprint()
  assert.equal(referenceAt(desk).capture.name, 'fox')
  assert.deepEqual(layerNames(desk), ['Imprint', 'fox', 'Background'])
})

test('the reference is what is seen of the layer, on white, and its thumbnail a picture', async () => {
  const desk = openDesk()
  openFox(desk)
  await desk.panel.references.add()
  const {
    capture: { picture, bounds },
    thumbnail,
  } = referenceAt(desk)
  assert.deepEqual(bounds, { left: 10, top: 20, width: 40, height: 30 })
  assert.deepEqual([picture.width, picture.height, picture.channels], [40, 30, 3])
  assert.deepEqual([...picture.data.slice(0, 3)], [220, 40, 30])
  assert.match(thumbnail, /^data:image\/jpeg;base64,/)
})

test('the slider changes the same layer, with the same seed, in one step per release', async () => {
  const desk = openDesk()
  openFox(desk)
  await desk.panel.imprint()
  const first = desk.panel.state().newest!
  const before = desk.controls.active()!.history.names.length
  await setWeight(desk, 1.2, true)
  const second = desk.panel.state().newest!
  assert.equal(second.layer.layerId, first.layer.layerId)
  assert.equal(layerNames(desk).length, 3)
  assert.equal(desk.controls.active()!.history.names.length, before + 1)
  assert.equal(desk.engine.requests[1]?.recipe.seed, desk.engine.requests[0]?.recipe.seed)
  assert.equal(desk.engine.requests[1]?.recipe.references?.[0]?.weight, 1.2)
  const { picture } = desk.controls.layerPicture(first.layer.layerId)
  assert.deepEqual([...picture.data.slice(0, 4)], [...second.made.picture.data.slice(0, 3), 255])
  desk.controls.undo()
  const old = desk.controls.layerPicture(first.layer.layerId).picture
  assert.deepEqual([...old.data.slice(0, 3)], [...first.made.picture.data.slice(0, 3)])
  assertNothingLeaked(desk)
})

test('Imprint again takes a new seed and makes another layer', async () => {
  const desk = openDesk()
  openFox(desk)
  await desk.panel.imprint()
  await desk.panel.imprint()
  assert.equal(layerNames(desk).length, 4)
  assert.notEqual(desk.engine.requests[1]?.recipe.seed, desk.engine.requests[0]?.recipe.seed)
})

test('with another prompt the slider waits for the next Imprint', async () => {
  const desk = openDesk()
  openFox(desk)
  await desk.panel.imprint()
  desk.panel.change({ prompt: 'something else' })
  await setWeight(desk, 1, true)
  assert.equal(desk.engine.requests.length, 1)
})

test('Cancel leaves the document untouched, wherever the run is', async () => {
  for (const at of [0, 2]) {
    const desk = openDesk({
      engine: { beforeStep: (step) => (step === at ? new Promise<void>(() => undefined) : undefined) },
    })
    openFox(desk)
    const before = desk.controls.active()!.state
    const working = desk.panel.imprint()
    await until(
      desk,
      () => (desk.panel.state().run?.pace.step ?? -1) >= at && desk.panel.state().run?.phase !== 'sending',
    )
    desk.panel.cancel()
    await working
    assert.equal(desk.controls.active()!.state, before)
    assert.equal(desk.panel.state().run, undefined)
    assert.equal(desk.panel.state().notice, undefined)
    assertNothingLeaked(desk)
  }
})

test('cancelling a slider move brings the slider back to what the layer shows', async () => {
  const desk = openDesk({
    engine: { beforeStep: (_, run) => (run === 1 ? new Promise<void>(() => undefined) : undefined) },
  })
  openFox(desk)
  await desk.panel.imprint()
  const moved = setWeight(desk, 1, true)
  await until(desk, () => desk.panel.state().run !== undefined)
  desk.panel.cancel()
  await moved
  assert.equal(referenceAt(desk).weight, 0.6)
  assert.equal(desk.panel.state().notice, undefined)
})

test('a slider moved while the first picture is made is followed afterwards, into the same layer', async () => {
  const desk = openDesk()
  openFox(desk)
  const working = desk.panel.imprint()
  await until(desk, () => desk.panel.state().run !== undefined)
  await setWeight(desk, 0.9, true)
  await working
  assert.equal(layerNames(desk).length, 3)
  assert.deepEqual(newestWeights(desk), [0.9])
})

test('the slider goes on after Photoshop fails where nobody expects it, and the person is told', async (t) => {
  const desk = openDesk()
  openFox(desk)
  await desk.panel.imprint()
  await setWeight(desk, 1, false)
  await until(desk, () => desk.panel.state().trial?.isComing === false)
  const failing = t.mock.method(desk.host, 'selection', () => {
    throw new Error('Photoshop is busy.')
  })
  await setWeight(desk, 1, true)
  assert.notEqual(desk.panel.state().notice, undefined)
  failing.mock.restore()
  await setWeight(desk, 1.2, true)
  assert.deepEqual(newestWeights(desk), [1.2])
  assert.equal(desk.panel.state().notice, undefined)
})
