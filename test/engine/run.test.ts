/** Does the engine in its process do what it is asked, in order, without holding up whoever asks? */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Raster } from '../../shared/raster.ts'
import { collect, isStep, QUICK, realEngine, resultOf, SLOW } from '../support/run-engine.ts'

const green: Raster = { width: 2, height: 1, channels: 3, data: Uint8Array.from([0, 200, 0, 0, 190, 0]) }
const LIKE_GREEN = { ...QUICK, references: [{ image: 'green', weight: 0.8 }] }

test('events come in the order of the work: a step, its preview, the next; the picture last and once', async (t) => {
  const { engine } = realEngine(t)
  const events = await collect(engine, LIKE_GREEN, { pictures: { green } })
  const told = events.map((event) => {
    if (event.type === 'progress') return `${event.phase} ${event.step}/${event.steps}`
    return event.type === 'preview' ? `preview ${event.step}` : event.type
  })
  assert.deepEqual(told, [
    'loading 0/0',
    'encoding 0/0',
    'loading 0/0',
    'denoising 0/3',
    'preview 1',
    'denoising 1/3',
    'preview 2',
    'denoising 2/3',
    'preview 3',
    'denoising 3/3',
    'decoding 0/0',
    'result',
  ])
  const result = events.at(-1)!
  assert.ok(result.type === 'result')
  assert.deepEqual([result.picture.width, result.picture.height, result.picture.channels], [64, 64, 3])
  assert.equal(result.picture.data.length, 64 * 64 * 3)
  assert.equal(result.recipe.references?.[0]?.adapter, 'ip-adapter-plus_starter')
  assert.deepEqual(await engine.device(), { device: 'cpu', reason: 'as asked' })
})

test('the complete recipe a run returns makes the same picture again', async (t) => {
  const { engine } = realEngine(t)
  const open = { prompt: 'a fox', size: QUICK.size, steps: 2, references: [{ image: 'green' }] }
  const first = await resultOf(engine, open, { pictures: { green } })
  const again = await resultOf(engine, first.recipe, { pictures: { green } })
  assert.deepEqual(again.picture.data, first.picture.data)
  assert.deepEqual(again.recipe, first.recipe)
  // Every step was taken before.
  assert.deepEqual(again.runs, { 'vae-decoder': 1 })
})

test('whoever asked goes on working while a step is made', async (t) => {
  const { engine } = realEngine(t)
  let turns = 0
  const worker = setInterval(() => turns++, 5)
  t.after(() => clearInterval(worker))
  const turnsPerStep: number[] = []
  await collect(
    engine,
    { ...SLOW, steps: 4 },
    {
      on(event) {
        if (isStep(event)) turnsPerStep.push(turns)
        if (event.type === 'progress') turns = 0
      },
    },
  )
  assert.equal(turnsPerStep.length, 4)
  // One that is held up has no turn at all before it hears of the step.
  for (const count of turnsPerStep) assert.ok(count >= 5, `turns during each step: ${turnsPerStep.join(', ')}`)
})

test('a recipe that cannot be made fails with its sentence, and the process goes on', async (t) => {
  const { engine, processes } = realEngine(t)
  await assert.rejects(collect(engine, { ...QUICK, checkpoint: 'absent' }), {
    code: 'model-missing',
    message: /^No checkpoint is called "absent"; there is .*tiny15, .*starter\. Put .*$/,
  })
  await assert.rejects(collect(engine, { ...QUICK, size: [64, 68] }), { code: 'recipe-invalid' })
  await assert.rejects(collect(engine, LIKE_GREEN), { code: 'picture-unknown' })
  await resultOf(engine, QUICK)
  assert.equal(processes.length, 1)
})

test('a caller who stops listening stops the run, and the next run waits for nothing else', async (t) => {
  const { engine, processes } = realEngine(t)
  for await (const event of engine.generate(
    { recipe: { checkpoint: 'starter', ...SLOW }, pictures: {} },
    new AbortController().signal,
  )) {
    if (isStep(event)) break
  }
  const { runs } = await resultOf(engine, { ...SLOW, seed: 4, steps: 1 })
  // Only its own step is counted; the text and the first timestep that the first run kept are still there.
  assert.deepEqual(runs, { unet: 1, 'vae-decoder': 1 })
  assert.equal(processes.length, 1)
})
