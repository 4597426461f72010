/** Four pictures of neighbouring seeds: nothing of them is in the document before one is chosen. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assertNothingLeaked, type Desk, layerNames, openDesk, openFox, setWeight, until } from '../support/desk.ts'
import { gate } from '../support/wire.ts'

const seeds = ({ panel }: Desk): number[] => panel.state().variations.map(({ seed }) => seed)
const ids = ({ panel }: Desk): number[] => panel.state().variations.map(({ id }) => id)

test('four pictures of the seed and the three behind it, none in the document; the chosen one becomes a layer', async () => {
  const desk = openDesk()
  openFox(desk)
  const before = desk.controls.active()!
  const steps = before.history.names.length
  desk.panel.change({ prompt: 'a house', seed: 40 })
  await desk.panel.variations.make()
  assert.deepEqual(
    desk.engine.requests.map(({ recipe }) => recipe.seed),
    [40, 41, 42, 43],
  )
  assert.deepEqual(seeds(desk), [40, 41, 42, 43])
  assert.ok(desk.panel.state().variations.every(({ made }) => made?.url.startsWith('data:image/jpeg')))
  assert.equal(desk.controls.active()!.history.names.length, steps)

  await desk.panel.variations.choose([ids(desk)[2]!])
  assert.deepEqual(layerNames(desk), ['Imprint: a house', 'fox', 'Background'])
  assert.deepEqual(desk.controls.active()!.history.names.slice(steps), ['Imprint: a house'])
  assert.deepEqual(desk.panel.state().variations, [])
  assertNothingLeaked(desk)

  // The seed that was held on to is the chosen one's now, so that the slider goes on with it.
  assert.equal(desk.panel.state().recipe.seed, 42)
  await setWeight(desk, 1, true)
  assert.equal(desk.engine.requests.at(-1)?.recipe.seed, 42)
})

test('several chosen become a layer each, in their order; the others are dropped', async () => {
  const desk = openDesk()
  openFox(desk)
  const steps = desk.controls.active()!.history.names.length
  await desk.panel.variations.make()
  const [first, , third] = ids(desk)
  await desk.panel.variations.choose([third!, first!, 999])
  assert.equal(layerNames(desk).length, 4)
  assert.equal(desk.controls.active()!.history.names.length, steps + 2)
  assert.equal(desk.panel.state().newest?.made.recipe.seed, desk.engine.requests[2]?.recipe.seed)
  assert.equal(desk.panel.state().recipe.seed, undefined)
})

test('one may be chosen while others are still made: those are cancelled', async () => {
  const hold = gate()
  const desk = openDesk({ engine: { beforeStep: (_, run) => (run === 1 ? hold.passed : undefined) } })
  openFox(desk)
  const working = desk.panel.variations.make()
  await until(desk, () => desk.panel.state().variations[0]?.made !== undefined)
  await desk.panel.variations.choose([ids(desk)[1]!])
  assert.equal(seeds(desk).length, 4, 'one that is not there yet cannot be chosen')
  await desk.panel.variations.choose([ids(desk)[0]!])
  await working
  hold.open()
  assert.deepEqual(layerNames(desk), ['Imprint', 'fox', 'Background'])
  assert.deepEqual(desk.panel.state().runs, [])
  assert.equal(desk.panel.state().notice, undefined)
})

test('dropping them leaves the document as it was; one that is cancelled or fails is no longer there to choose', async () => {
  const desk = openDesk({
    engine: {
      beforeStep: (step, run) => {
        if (run === 2 && step === 1) throw new Error('no memory')
      },
    },
  })
  openFox(desk)
  const before = desk.controls.active()!.state
  await desk.panel.variations.make()
  assert.equal(seeds(desk).length, 3)
  assert.match(desk.panel.state().notice?.text ?? '', /no memory/)
  desk.panel.variations.drop()
  assert.deepEqual(seeds(desk), [])
  assert.equal(desk.controls.active()!.state, before)
})

test('another four take the place of those there are, and seeds begin again behind the last one there is', async () => {
  const hold = gate()
  const desk = openDesk({ engine: { beforeStep: (_, run) => (run === 0 ? hold.passed : undefined) } })
  openFox(desk)
  const first = desk.panel.variations.make()
  await until(desk, () => seeds(desk).length === 4)
  desk.panel.change({ seed: 2 ** 32 - 2 })
  const second = desk.panel.variations.make()
  await Promise.all([first, second])
  hold.open()
  assert.deepEqual(seeds(desk), [2 ** 32 - 2, 2 ** 32 - 1, 0, 1])
  assert.ok(desk.panel.state().variations.every(({ made }) => made !== undefined))
})

test('a document closed meanwhile: the chosen picture is kept in the panel', async () => {
  const desk = openDesk()
  openFox(desk)
  await desk.panel.variations.make()
  desk.controls.close()
  await desk.panel.variations.choose([ids(desk)[0]!])
  assert.equal(desk.panel.state().kept.length, 1)
  assert.match(desk.panel.state().notice?.text ?? '', /closed/)
})
