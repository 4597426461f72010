/** Is what depends on neither the step nor the weight computed once, and everything else every time? */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readPicture } from '../../companion/cli/pictures.ts'
import type { Result } from '../../companion/engine/engine.ts'
import { imprint } from '../../companion/jobs/imprint.ts'
import type { Recipe, Reference } from '../../shared/recipe.ts'
import { fixture } from '../support/golden.ts'
import { tinyWorkshop } from '../support/tiny15.ts'

const fox = await readPicture(fixture('images', 'ref1.png'))
const pictures = {
  fox,
  'the fox again': { ...fox, data: Uint8Array.from(fox.data) },
  lake: await readPicture(fixture('images', 'ref2.png')),
}
const STEPS = 3
/** What every other picture takes: guidance asks the UNet twice a step. */
const ALWAYS = { unet: 2 * STEPS, 'vae-decoder': 1 }
/** What is the same as before needs to be decoded alone. */
const KNOWN = { 'vae-decoder': 1 }
/** Whatever prompt and picture become, the first step's evaluation without them was made before. */
const OTHER_WISH = { ...ALWAYS, unet: 2 * STEPS - 1 }
/** Guidance acts on what comes of the first step's evaluations, not on them. */
const OTHER_GUIDANCE = { ...ALWAYS, unet: 2 * STEPS - 2 }

type Run = (changes?: Partial<Recipe>, reference?: Partial<Reference>) => Promise<Result>

/** Runs one after the other in one workshop; each differs from the recipe below by its arguments alone. */
function studio(adapter = 'ip-adapter_tiny15'): Run {
  const shop = tinyWorkshop()
  return async (changes = {}, reference = {}) => {
    const first: Reference = { adapter, weight: 0.6, ...(reference.images ? {} : { image: 'fox' }), ...reference }
    const recipe: Recipe = {
      prompt: 'a fox',
      negativePrompt: 'dull',
      seed: 1,
      steps: STEPS,
      references: [first],
      ...changes,
    }
    let result: Result | undefined
    for await (const event of imprint(shop, { recipe, pictures, dump: true }))
      if (event.type === 'result') result = event
    return result!
  }
}

const runs = async (run: Promise<Result>) => (await run).runs

test('the first picture runs every network', async () => {
  const run = studio()
  assert.deepEqual(await runs(run()), {
    ...ALWAYS,
    'clip-vision': 1,
    'ip-adapter': 2,
    'clip-text': 2,
    'unet-text': 2,
    'unet-time': STEPS,
  })
})

test('Plus also looks at a picture of nothing', async () => {
  const { 'clip-vision': seen, 'ip-adapter': projected } = await runs(studio('ip-adapter-plus_tiny15')())
  assert.deepEqual({ seen, projected }, { seen: 2, projected: 2 })
})

test('moving the slider denoises and decodes, nothing else', async () => {
  const run = studio()
  const before = await run()
  const after = await run({}, { weight: 0.9 })
  assert.deepEqual(after.runs, ALWAYS)
  assert.notDeepEqual(after.dump!['latents'], before.dump!['latents'])

  const back = await run()
  assert.deepEqual(back.runs, KNOWN)
  assert.deepEqual(back.dump, before.dump)
})

test('neither do seed, guidance, mode, and the part of the steps a reference acts on', async () => {
  const run = studio()
  await run()
  assert.deepEqual(await runs(run({ seed: 2 })), ALWAYS)
  assert.deepEqual(await runs(run({ guidance: 3 })), OTHER_GUIDANCE)
  assert.deepEqual(await runs(run({}, { mode: 'style' })), ALWAYS)
  assert.deepEqual(await runs(run({}, { start: 0.5 })), ALWAYS)
  assert.deepEqual(await runs(run({ guidance: 1 })), { ...ALWAYS, unet: STEPS - 1 })
})

test('another prompt is read, but the picture is not looked at again', async () => {
  const run = studio()
  await run()
  assert.deepEqual(await runs(run({ prompt: 'an owl' })), { ...OTHER_WISH, 'clip-text': 1, 'unet-text': 1 })
  assert.deepEqual(await runs(run({ prompt: 'a fox' })), KNOWN)
  assert.deepEqual(await runs(run({ clipSkip: 1 })), { ...OTHER_WISH, 'clip-text': 1, 'unet-text': 1 })
})

test('prompts that are the same to the model are read once by it', async () => {
  const run = studio()
  await run()
  const { 'clip-text': read = 0 } = await runs(run({ prompt: '  A   FOX ' }))
  assert.equal(read, 0)
})

test('another picture is looked at, but the prompt is not read again', async () => {
  const run = studio()
  await run()
  assert.deepEqual(await runs(run({}, { image: 'lake' })), { ...OTHER_WISH, 'clip-vision': 1, 'ip-adapter': 1 })
  assert.deepEqual(await runs(run({}, { images: ['lake', 'fox'] })), ALWAYS)
})

test('the same pixels under another name, and another fit of the same pixels', async () => {
  const run = studio()
  await run()
  assert.deepEqual(await runs(run({}, { image: 'the fox again' })), KNOWN)
  assert.deepEqual(await runs(run({}, { fit: 'pad' })), { ...OTHER_WISH, 'clip-vision': 1, 'ip-adapter': 1 })
  assert.deepEqual(await runs(run({}, { fit: 'crop' })), KNOWN)
})

test('another adapter reads the features that are there', async () => {
  const run = studio()
  await run()
  const { 'clip-vision': seen, ...rest } = await runs(run({}, { adapter: 'ip-adapter-plus_tiny15' }))
  assert.deepEqual({ seen, ...rest }, { ...ALWAYS, seen: 1, 'ip-adapter': 2 }, 'only the picture of nothing is new')
})

test('another size and another number of steps', async () => {
  const run = studio()
  await run()
  assert.deepEqual(await runs(run({ size: [192, 96] })), ALWAYS)
  // Timesteps 667, 334, 1, and then 831, 665, 499, 333, 167, 1.
  const { 'unet-time': times, unet } = await runs(run({ steps: 2 * STEPS }))
  assert.deepEqual({ times, unet }, { times: 2 * STEPS - 1, unet: 4 * STEPS })
})
