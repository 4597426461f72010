/** One picture at five weights: side by side in the panel, or as a group of layers in one history step. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SETTINGS_KEY } from '../../plugin/host/generator-settings.ts'
import { weightsOf } from '../../plugin/state/draft.ts'
import { recipeSchema } from '../../shared/recipe.ts'
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

const WEIGHTS = [0, 0.25, 0.5, 0.75, 1]

async function deskWithFox(options: Parameters<typeof openDesk>[0] = {}): Promise<Desk> {
  const desk = openDesk(options)
  openFox(desk)
  await desk.panel.references.add()
  desk.panel.change({ prompt: 'a house' })
  return desk
}

const sweep = (desk: Desk, wants: 'choice' | 'layers'): Promise<void> =>
  desk.panel.sweeps.make(referenceAt(desk).image, wants)
const steps = ({ controls }: Desk): readonly string[] => controls.active()!.history.names
const swept = ({ panel }: Desk) => panel.state().sweep?.pictures ?? []

/** The layers of the group that lies in front. */
const group = ({ controls }: Desk) => controls.active()!.state.layers[0]!

test('a sweep into layers is a group named by weight, hidden but the middle one, in one history step', async () => {
  const desk = await deskWithFox()
  const before = steps(desk).length
  await sweep(desk, 'layers')
  assert.deepEqual(layerNames(desk), ['Imprint: a house · weights', 'fox', 'Background'])
  assert.deepEqual(steps(desk).slice(before), ['Imprint: a house · weights'])
  assert.deepEqual(
    group(desk).children!.map(({ name, visible }) => [name, visible]),
    [
      ['Weight 1.00', false],
      ['Weight 0.75', false],
      ['Weight 0.50', true],
      ['Weight 0.25', false],
      ['Weight 0.00', false],
    ],
  )
  assert.equal(desk.panel.state().sweep, undefined)
  assert.equal(desk.panel.state().notice, undefined)
  assertNothingLeaked(desk)
  desk.controls.undo()
  assert.deepEqual(layerNames(desk), ['fox', 'Background'])
})

test('each layer holds its own picture and remembers its own recipe, of one seed', async () => {
  const desk = await deskWithFox()
  await sweep(desk, 'layers')
  const recipes = group(desk).children!.map(({ id, settings }) => {
    const { recipe } = JSON.parse(settings[SETTINGS_KEY] ?? '') as { recipe: unknown }
    const { picture } = desk.controls.layerPicture(id)
    return { recipe: recipeSchema.parse(recipe), green: picture.data[1]! }
  })
  assert.deepEqual(
    recipes.map(({ recipe }) => weightsOf(recipe)[0]),
    WEIGHTS.toReversed(),
  )
  assert.equal(new Set(recipes.map(({ recipe }) => recipe.seed)).size, 1)
  // The fox is red: the more of it, the less green.
  const greens = recipes.map(({ green }) => green)
  assert.deepEqual(
    greens,
    greens.toSorted((a, b) => a - b),
  )
  assert.equal(new Set(greens).size, WEIGHTS.length)
})

test('pictures to compare stay in the panel; the one chosen alone becomes a layer, and the slider changes that', async () => {
  const desk = await deskWithFox()
  const before = desk.controls.active()!.state
  await sweep(desk, 'choice')
  assert.equal(desk.controls.active()!.state, before)
  assert.deepEqual(
    swept(desk).map(({ weight, made }) => [weight, weightsOf(made!.recipe)]),
    WEIGHTS.map((weight) => [weight, [weight]]),
  )
  const count = steps(desk).length
  await desk.panel.sweeps.choose(swept(desk)[1]!.id)
  assert.deepEqual(layerNames(desk), ['Imprint: a house', 'fox', 'Background'])
  assert.equal(steps(desk).length, count + 1)
  assert.equal(desk.panel.state().sweep, undefined)
  assert.deepEqual(newestWeights(desk), [0.25])
  assert.equal(referenceAt(desk).weight, 0.25)
  await setWeight(desk, 0.4, true)
  assert.equal(layerNames(desk).length, 3)
  assert.deepEqual(newestWeights(desk), [0.4])
})

test('what was compared can still become the group', async () => {
  const desk = await deskWithFox()
  await sweep(desk, 'choice')
  await desk.panel.sweeps.layers()
  assert.equal(group(desk).children!.length, 5)
  assert.equal(desk.engine.requests.length, 5)
})

test('a sweep is of the newest picture as long as the panel shows what made it', async () => {
  const desk = await deskWithFox()
  await desk.panel.imprint()
  const { seed } = desk.panel.state().newest!.made.recipe
  await sweep(desk, 'choice')
  assert.deepEqual(
    swept(desk).map(({ made }) => made!.recipe.seed),
    WEIGHTS.map(() => seed),
  )
  desk.panel.change({ prompt: 'a boat' })
  await sweep(desk, 'choice')
  for (const { made } of swept(desk)) {
    assert.equal(made!.recipe.prompt, 'a boat')
    assert.notEqual(made!.recipe.seed, seed)
  }
})

test('of several references one is swept, and the others are followed as before', async () => {
  const desk = await deskWithFox()
  const sky = addLayer(desk, 'sky')
  desk.controls.selectLayers([sky])
  await desk.panel.references.add()
  await desk.panel.sweeps.make(referenceAt(desk, 1).image, 'choice')
  assert.deepEqual(
    swept(desk).map(({ made }) => weightsOf(made!.recipe)),
    WEIGHTS.map((weight) => [0.6, weight]),
  )
})

test('a cancelled sweep leaves nothing, wherever it is', async () => {
  for (const way of ['drop', 'cancel'] as const) {
    for (const wants of ['choice', 'layers'] as const) {
      const desk = await deskWithFox({
        engine: { beforeStep: (_, run) => (run === 2 ? new Promise<void>(() => undefined) : undefined) },
      })
      const before = desk.controls.active()!.state
      const working = sweep(desk, wants)
      await until(desk, () => swept(desk)[1]?.made !== undefined)
      await until(desk, () => desk.panel.state().run?.phase === 'encoding')
      if (way === 'drop') desk.panel.sweeps.drop()
      else desk.panel.cancel()
      await working
      assert.equal(desk.controls.active()!.state, before)
      assert.equal(desk.panel.state().sweep, undefined)
      assert.deepEqual(desk.panel.state().runs, [])
      assert.equal(desk.panel.state().notice, undefined)
      assert.equal(desk.engine.requests.length, 3)
      assertNothingLeaked(desk)
    }
  }
})

test('where Photoshop does not take the group, the document is untouched and the pictures wait in the panel', async (t) => {
  const desk = await deskWithFox()
  const before = desk.controls.active()!.state
  const failing = t.mock.method(desk.photoshop.imaging, 'putPixels', () => Promise.reject(new Error('No memory.')))
  await sweep(desk, 'layers')
  assert.deepEqual(desk.controls.active()!.state, before)
  assert.match(desk.panel.state().notice?.text ?? '', /No memory/)
  assert.equal(swept(desk).filter(({ made }) => made !== undefined).length, 5)
  failing.mock.restore()
  await desk.panel.sweeps.layers()
  assert.equal(group(desk).children!.length, 5)
  assertNothingLeaked(desk)
})
