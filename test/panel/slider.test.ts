/** What a slider, a pad and a list do to the newest picture while they are held, and when they are let go of. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SETTINGS_KEY } from '../../plugin/host/generator-settings.ts'
import {
  addLayer,
  assertNothingLeaked,
  type Desk,
  newestWeights,
  openDesk,
  openFox,
  referenceAt,
  setWeight,
  until,
} from '../support/desk.ts'

/** A desk with one picture made; `beforeStep` can hold runs back. */
async function deskWithPicture(options: Parameters<typeof openDesk>[0] = {}): Promise<Desk> {
  const desk = openDesk(options)
  openFox(desk)
  await desk.panel.imprint()
  return desk
}

const quickOnes = ({ engine }: Desk) => engine.requests.map(({ quick }) => quick === true)
const shown = (desk: Desk) => until(desk, () => desk.panel.state().trial?.isComing === false)
const steps = ({ controls }: Desk): number => controls.active()!.history.names.length
const newestMode = ({ panel }: Desk) => panel.state().newest?.made.recipe.references?.[0]?.mode

test('a held slider shows a quick picture in the panel alone; the full one follows when it is let go of there', async () => {
  const desk = await deskWithPicture()
  const before = steps(desk)
  await setWeight(desk, 1, false)
  await shown(desk)
  assert.equal(steps(desk), before)
  assert.equal(desk.panel.state().run, undefined)
  assert.notEqual(desk.panel.state().trial?.url, desk.panel.state().newest?.made.url)
  assert.deepEqual(quickOnes(desk), [false, true])

  await setWeight(desk, 1, true)
  assert.deepEqual(quickOnes(desk), [false, true, false])
  assert.deepEqual(newestWeights(desk), [1])
  assert.equal(desk.panel.state().trial, undefined)
  assert.equal(steps(desk), before + 1)
  const [full, quick, again] = desk.engine.requests
  assert.equal(quick!.recipe.seed, full!.recipe.seed)
  assert.deepEqual(again!.recipe, quick!.recipe)
  assertNothingLeaked(desk)
})

test('what a layer remembers of a slider is the whole recipe, not the quick one', async () => {
  const desk = await deskWithPicture()
  await setWeight(desk, 1, false)
  await shown(desk)
  await setWeight(desk, 1, true)
  const layer = desk.controls.layer(desk.panel.state().newest!.layer.layerId)!
  const { recipe } = JSON.parse(layer.settings[SETTINGS_KEY] ?? '') as { recipe: { steps: number; quick?: unknown } }
  assert.equal(recipe.steps, 4)
  assert.equal(recipe.quick, undefined)
})

test('until the first quick picture is there the newest one stays, and an earlier quick one until the next', async () => {
  const holds: (() => void)[] = []
  const beforeStep = (_: number, run: number): Promise<void> | undefined =>
    run === 0 ? undefined : new Promise((resolve) => holds.push(resolve))
  const desk = await deskWithPicture({ engine: { beforeStep } })
  const url = desk.panel.state().newest?.made.url
  await setWeight(desk, 1, false)
  await until(desk, () => desk.panel.state().trial !== undefined)
  assert.deepEqual([desk.panel.state().trial?.url, desk.panel.state().trial?.isComing], [url, true])
  await waitUntil(() => holds.length === 1)
  holds[0]!()
  await shown(desk)
  const first = desk.panel.state().trial?.url
  await setWeight(desk, 1.2, false)
  await until(desk, () => desk.panel.state().trial?.isComing === true)
  assert.equal(desk.panel.state().trial?.url, first)
  desk.panel.cancel()
})

test('of many positions only the last one let go of reaches the document, and a quick picture gives way to it', async () => {
  const desk = await deskWithPicture({
    engine: { beforeStep: (_, run) => (run === 1 ? new Promise<void>(() => undefined) : undefined) },
  })
  const before = steps(desk)
  for (const weight of [0.7, 0.8, 0.9, 1, 1.1]) void setWeight(desk, weight, false)
  await waitUntil(() => desk.engine.requests.length === 2)
  await setWeight(desk, 1.2, true)
  assert.deepEqual(newestWeights(desk), [1.2])
  assert.equal(steps(desk), before + 1)
  assert.deepEqual(quickOnes(desk), [false, true, false])
})

test('a slider that is held again takes the place of the full picture that is being made', async () => {
  const desk = await deskWithPicture({
    engine: { beforeStep: (_, run) => (run === 1 ? new Promise<void>(() => undefined) : undefined) },
  })
  const before = steps(desk)
  const released = setWeight(desk, 1, true)
  await until(desk, () => desk.panel.state().run?.phase === 'encoding')
  await setWeight(desk, 1.2, false)
  await shown(desk)
  await released
  assert.equal(steps(desk), before)
  await setWeight(desk, 1.2, true)
  assert.deepEqual(newestWeights(desk), [1.2])
  assert.equal(steps(desk), before + 1)
  assert.equal(desk.panel.state().notice, undefined)
})

test('a slider that is let go of after its reference was removed leaves no quick picture to wait for', async () => {
  const desk = await deskWithPicture({
    engine: { beforeStep: (_, run) => (run === 1 ? new Promise<void>(() => undefined) : undefined) },
  })
  const { image } = desk.panel.state().recipe.references[0]!
  void desk.panel.setWeight(image, 1, false)
  await until(desk, () => desk.panel.state().trial?.isComing === true)
  desk.panel.references.remove(image)
  await desk.panel.setWeight(image, 1, true)
  assert.equal(desk.panel.state().trial, undefined)
})

test('letting go twice at one position makes one picture', async () => {
  const desk = await deskWithPicture()
  const before = steps(desk)
  await Promise.all([setWeight(desk, 1, true), setWeight(desk, 1, false), setWeight(desk, 1, true)])
  assert.equal(steps(desk), before + 1)
  assert.deepEqual(quickOnes(desk), [false, false])
})

test('a held slider that comes back to a position shows that quick picture again', async () => {
  const desk = await deskWithPicture()
  await setWeight(desk, 1, false)
  await shown(desk)
  const { trial } = desk.panel.state()
  await setWeight(desk, 0.6, true)
  assert.equal(desk.panel.state().trial, undefined)
  await setWeight(desk, 1, false)
  await shown(desk)
  assert.deepEqual(desk.panel.state().trial, trial)
  assert.deepEqual(quickOnes(desk), [false, true])
})

test('a quick picture that fails is told of, and the newest one is shown again', async () => {
  const desk = await deskWithPicture({
    engine: {
      beforeStep: (_, run) => {
        if (run === 1) throw new Error('The device is gone.')
      },
    },
  })
  await setWeight(desk, 1, false)
  await until(desk, () => desk.panel.state().notice !== undefined)
  assert.equal(desk.panel.state().trial, undefined)
  await setWeight(desk, 1.2, true)
  assert.deepEqual(newestWeights(desk), [1.2])
})

test('the pad and the list change the same layer as the slider does, and the recipe is what they show', async () => {
  const desk = await deskWithPicture()
  const before = steps(desk)
  const { image } = referenceAt(desk)
  const { layerId } = desk.panel.state().newest!.layer
  await desk.panel.setMode(image, { style: 0.3, layout: 0.7 }, false)
  await shown(desk)
  assert.equal(newestMode(desk), 'all')
  await desk.panel.setMode(image, { style: 0.3, layout: 0.7 }, true)
  assert.deepEqual(newestMode(desk), { style: 0.3, layout: 0.7 })
  assert.deepEqual(referenceAt(desk).mode, { style: 0.3, layout: 0.7 })
  await desk.panel.setMode(image, 'style', true)
  assert.equal(newestMode(desk), 'style')
  assert.equal(desk.panel.state().newest?.layer.layerId, layerId)
  const { names } = desk.controls.active()!.history
  assert.deepEqual(names.slice(before), ['Imprint · 0.60 (style 30 %, layout 70 %)', 'Imprint · 0.60'])
})

test('cancelling brings weight and pad back to what the layer shows, of every reference', async () => {
  const desk = openDesk({
    engine: { beforeStep: (_, run) => (run === 1 ? new Promise<void>(() => undefined) : undefined) },
  })
  openFox(desk)
  await desk.panel.references.add()
  const other = addLayer(desk, 'sky')
  desk.controls.selectLayers([other])
  await desk.panel.references.add()
  await desk.panel.imprint()
  const moved = desk.panel.setMode(referenceAt(desk, 1).image, { style: 0.1, layout: 0.2 }, true)
  await until(desk, () => desk.panel.state().run !== undefined)
  desk.panel.cancel()
  await moved
  assert.deepEqual(
    desk.panel.state().recipe.references.map(({ weight, mode }) => [weight, mode]),
    [
      [0.6, 'all'],
      [0.6, 'all'],
    ],
  )
})

/** Resolves once `holds` does, for what the panel's state does not tell. */
async function waitUntil(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve))
}
