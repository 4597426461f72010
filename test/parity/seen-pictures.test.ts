/** Are long pictures seen in tiles, and does a negative picture take the place of none? */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readPicture } from '../../companion/cli/pictures.ts'
import type { Result } from '../../companion/engine/engine.ts'
import { imprint } from '../../companion/jobs/imprint.ts'
import type { Reference } from '../../shared/recipe.ts'
import { clipSquares } from '../../companion/vision/preprocess.ts'
import { fixture } from '../support/golden.ts'
import { tinyWorkshop } from '../support/tiny15.ts'

const shop = tinyWorkshop()
const adapter = 'ip-adapter-plus_tiny15'
const fox = await readPicture(fixture('images', 'ref1.png'))
const long = { width: 96, height: 32, channels: 3 as const, data: fox.data.slice(0, 3 * 96 * 32) }
const { imageSize } = shop.library.adapter(adapter, shop.library.checkpoint('tiny15')).encoder!.config
const squares = clipSquares(long, 'tile', imageSize)
const pictures = { fox, long, ...Object.fromEntries(squares.map((square, i) => [`square ${i}`, square])) }

async function made(reference: Partial<Reference>): Promise<Result> {
  const recipe = {
    checkpoint: 'tiny15',
    prompt: 'a fox',
    seed: 1,
    steps: 2,
    references: [{ adapter, ...reference }],
  }
  for await (const event of imprint(shop, { recipe, pictures })) if (event.type === 'result') return event
  throw new Error('no result')
}

const pixels = async (reference: Partial<Reference>) =>
  Buffer.from((await made(reference)).picture.data).toString('hex')

test('a long picture in tiles is its squares as so many pictures', async () => {
  assert.ok(squares.length > 1)
  const tiled = await pixels({ image: 'long', fit: 'tile' })
  assert.equal(tiled, await pixels({ images: squares.map((_, i) => `square ${i}`) }))
  assert.notEqual(tiled, await pixels({ image: 'long' }))
})

test('more tiles than a reference may have pictures are refused', async () => {
  const images = Array.from({ length: 16 }, () => 'long')
  await assert.rejects(made({ images, fit: 'tile' }), { code: 'recipe-invalid', message: /at most 16/ })
})

test('a negative picture is what guidance steers away from', async () => {
  const plain = await pixels({ image: 'fox' })
  assert.notEqual(plain, await pixels({ image: 'fox', negative: 'long' }))
  // Steering away from the reference itself leaves nothing of it but what the prompt brings.
  assert.notEqual(await pixels({ image: 'fox', negative: 'fox' }), plain)
})

test('an adapter for faces without the networks that find them: which files to put where', async () => {
  await assert.rejects(made({ image: 'fox', adapter: 'ip-adapter-faceid_tiny15' }), {
    code: 'model-missing',
    message: /det_10g\.onnx and w600k_r50\.onnx into models\/insightface\/buffalo_l; .*research only/,
  })
})
