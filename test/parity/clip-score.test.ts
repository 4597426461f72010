/** Does the score hold what CLIP says, and encode nothing twice? */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { clipScore, cosine } from '../../companion/jobs/clip-score.ts'
import { imprint } from '../../companion/jobs/imprint.ts'
import { createKeep } from '../../companion/jobs/keep.ts'
import { createNetworks } from '../../companion/jobs/networks.ts'
import { encodePrompt } from '../../companion/jobs/prompt.ts'
import { clipFeatures } from '../../companion/jobs/clip-features.ts'
import { openLibrary, type Library } from '../../companion/models/library.ts'
import type { Raster } from '../../shared/raster.ts'
import type { Recipe } from '../../shared/recipe.ts'
import { scoreInWords } from '../../shared/score.ts'
import { pixels, scene } from '../support/drawn.ts'
import { tinyWorkshop } from '../support/tiny15.ts'

const STARTER = join(import.meta.dirname, '..', '..', 'companion', 'starter', 'models')

const fresh = (library: Library) => ({
  library,
  networks: createNetworks('cpu', { attention: 'fused' }),
  keep: createKeep(),
})

function models(library: Library) {
  const checkpoint = library.checkpoint(undefined)
  return { checkpoint, encoder: library.adapter(undefined, checkpoint).encoder! }
}

test('against reference and prompt, where both towers share a space', async () => {
  const shop = fresh(openLibrary([STARTER]))
  const opened = models(shop.library)
  const reference = { picture: scene(64, 48), fit: 'pad' } as const
  const asked = { reference, prompt: 'a red fox', clipSkip: 0 }

  // As making the picture does.
  const { networks } = shop
  const given = await clipFeatures(shop, opened.encoder, reference.picture, reference.fit)
  await encodePrompt(shop, opened.checkpoint, asked.prompt, { notation: 'plain', clipSkip: 0 })
  networks.takeCounts()

  const score = await clipScore(shop, opened, pixels(40, 40), asked)
  assert.deepEqual(networks.takeCounts(), { 'clip-vision': 1 })
  const result = await clipFeatures(shop, opened.encoder, pixels(40, 40), 'crop')
  assert.equal(score.reference, cosine(result['image_embeds']!.data, given['image_embeds']!.data))
  assert.ok(Math.abs(score.prompt!) < 1 && score.prompt !== score.reference)

  const other = await clipScore(shop, opened, pixels(40, 40), { ...asked, prompt: 'a blue house' })
  assert.equal(other.reference, score.reference)
  assert.notEqual(other.prompt, score.prompt)
  assert.deepEqual(networks.takeCounts(), { 'clip-text': 1 })
})

test('a picture is wholly like itself', async () => {
  const shop = fresh(openLibrary([STARTER]))
  const picture = scene(64, 64)
  const score = await clipScore(shop, models(shop.library), picture, {
    reference: { picture, fit: 'crop' },
    clipSkip: 0,
  })
  assert.ok(Math.abs(score.reference! - 1) < 1e-6)
  assert.deepEqual(Object.keys(score), ['reference'])
})

test('no score against the prompt without a text projection', async () => {
  const shop = tinyWorkshop()
  const score = await clipScore(shop, models(shop.library), scene(32, 32), { prompt: 'a fox', clipSkip: 0 })
  assert.deepEqual(score, {})
  assert.equal(shop.networks.takeCounts()['clip-text'], undefined)
})

test('a run says how near its picture came, at the price of one more look', async () => {
  const shop = tinyWorkshop()
  const pictures = { fox: scene(64, 48), lake: pixels(48, 48), wide: scene(120, 40) }
  const run = async (changes: Partial<Recipe>, score?: boolean) => {
    const recipe: Recipe = { prompt: 'a fox', seed: 1, steps: 1, size: [64, 64], ...changes }
    for await (const event of imprint(shop, { recipe, pictures, ...(score !== undefined && { score }) }))
      if (event.type === 'result') return event
    throw new Error('no result')
  }
  const [fox, lake] = [{ image: 'fox' }, { images: ['lake', 'fox'] }]
  assert.equal((await run({ references: [fox] })).score, undefined)
  const { score, runs, picture } = await run({ references: [fox] }, true)
  assert.equal(runs['clip-vision'], 1)
  const { encoder } = models(shop.library)
  const vector = async (raster: Raster) => (await clipFeatures(shop, encoder, raster, 'crop'))['image_embeds']!.data
  assert.equal(score!.reference, cosine(await vector(picture), await vector(pictures.fox)))
  assert.equal(score!.prompt, undefined, "tiny15's text tower has no projection")
  const first = await run({ references: [lake, fox] }, true)
  assert.equal(first.score!.reference, cosine(await vector(first.picture), await vector(pictures.lake)))
  const tiled = await run({ references: [{ image: 'wide', fit: 'tile' }] }, true)
  assert.equal(tiled.score!.reference, cosine(await vector(tiled.picture), await vector(pictures.wide)), 'its middle')
  assert.deepEqual((await run({}, true)).score, {})
})

test('in words', () => {
  assert.equal(scoreInWords({ reference: 0.8234, prompt: 0.271 }), '82 % like the reference, 27 % like the prompt')
  assert.equal(scoreInWords({ reference: -0.2 }), '0 % like the reference')
  assert.equal(scoreInWords({}), '')
})

test('cosines', () => {
  const of = (a: number[], b: number[]) => cosine(Float32Array.from(a), Float32Array.from(b))
  assert.equal(of([3, 4], [4, 3]), 24 / 25)
  assert.equal(of([1, 0], [0, 2]), 0)
  assert.equal(of([1, 2], [-2, -4]), -1)
  assert.equal(of([0, 0], [1, 1]), 0)
  assert.throws(() => of([1], [1, 1]), RangeError)
})
