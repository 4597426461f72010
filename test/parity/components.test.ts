/** Do the parts of one run agree with transformers' and torch's: tokens, pixels, CLIP's features, text states, noise? */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readPicture } from '../../companion/cli/pictures.ts'
import { torchNoise } from '../../companion/diffusion/noise.ts'
import { textStates } from '../../companion/jobs/text-states.ts'
import { clipFeatures } from '../../companion/jobs/clip-features.ts'
import { clipPixels, clipSquares } from '../../companion/vision/preprocess.ts'
import { assertClose } from '../support/close.ts'
import { fixture, fixtureJson, readTensors } from '../support/golden.ts'
import { tinyWorkshop } from '../support/tiny15.ts'

const expected = readTensors(fixture('expected', 'components.safetensors'))
const { prompt, seed } = fixtureJson('cases', 'base-w06.json') as { prompt: string; seed: number }
const shop = tinyWorkshop()
const checkpoint = shop.library.checkpoint('tiny15')
const encoder = shop.library.adapter('ip-adapter_tiny15', checkpoint).encoder!
const picture = await readPicture(fixture('images', 'ref1.png'))

test('token ids of every prompt', () => {
  const prompts = fixtureJson('expected', 'tokens.json') as { text: string; ids: number[] }[]
  assert.equal(prompts.length, 10)
  for (const { text, ids } of prompts) assert.deepEqual(checkpoint.towers[0].tokenizer.encode(text, 77), ids, text)
})

test('pixels as CLIP takes them', () => {
  const { shape, data } = expected.get('pixel_values')!
  assert.deepEqual(shape, [1, 3, 224, 224])
  assertClose(
    'pixels',
    clipPixels(clipSquares(picture, 'crop', encoder.preprocessing.size)[0]!, encoder.preprocessing),
    data,
    1e-6,
  )
})

test("CLIP's features of the picture", async () => {
  const { image_embeds: embeds, penultimate } = await clipFeatures(shop, encoder, picture, 'crop')
  assertClose('embeds', embeds!.data, expected.get('image_embeds')!.data, 1e-5)
  assertClose('penultimate', penultimate!.data, expected.get('penultimate')!.data, 1e-5)
})

test('text states', async () => {
  const { states } = await textStates(shop, checkpoint.towers[0], prompt, { clipSkip: 0, penultimate: false })
  assertClose('states', states!.data, expected.get('text_last')!.data, 1e-5)
})

test('noise', () => {
  const { data } = expected.get('noise')!
  // Cosine and logarithm are float32 in torch and rounded from float64 here.
  assertClose('noise', torchNoise(seed).normal(data.length), data, 5e-7)
})
