/** Are latent consistency models told the guidance as a number, instead of asking them twice? */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { guidanceEmbedding } from '../../companion/diffusion/time-embedding.ts'
import type { Result } from '../../companion/engine/engine.ts'
import { imprint } from '../../companion/jobs/imprint.ts'
import { createKeep } from '../../companion/jobs/keep.ts'
import { createNetworks } from '../../companion/jobs/networks.ts'
import { openLibrary } from '../../companion/models/library.ts'
import type { Tensor } from '../../companion/runtime/tensor.ts'
import type { Recipe } from '../../shared/recipe.ts'
import { changedModel } from '../support/changed-model.ts'
import { assertClose } from '../support/close.ts'
import { temporaryFolder } from '../support/craft-safetensors.ts'

const folder = temporaryFolder()
after(() => folder.dispose())

const WIDTH = 8
const PROJECTION = 'time_embedding.cond_proj.weight'
const PLACES = Float32Array.from({ length: 16 * WIDTH }, (_, i) => 0.2 * Math.sin(i))
await changedModel(folder.path, 'told', { time_cond_proj_dim: WIDTH }, (tensors) => {
  tensors.set(PROJECTION, { shape: [16, WIDTH], data: PLACES })
})
/** What the projection adds to the sinusoid, linear_1 makes of it what its weights do: the same as a bias. */
const biased = (guidance: number) => (tensors: Map<string, Tensor>) => {
  const embedding = guidanceEmbedding(guidance, WIDTH)
  const added = Array.from({ length: 16 }, (_, o) =>
    embedding.reduce((sum, value, k) => sum + value * PLACES[o * WIDTH + k]!, 0),
  )
  const { shape, data } = tensors.get('time_embedding.linear_1.bias')!
  const matrix = tensors.get('time_embedding.linear_1.weight')!.data
  tensors.set('time_embedding.linear_1.bias', {
    shape,
    data: data.map((value, o) => value + added.reduce((sum, term, k) => sum + term * matrix[o * 16 + k]!, 0)),
  })
}
await changedModel(folder.path, 'five', {}, biased(5))
await changedModel(folder.path, 'eight', {}, biased(8))

const shop = {
  library: openLibrary([folder.path]),
  networks: createNetworks('cpu', { attention: 'fused' }),
  keep: createKeep(),
}

async function run(changes: Partial<Recipe>): Promise<Result> {
  const recipe: Recipe = { prompt: 'a fox', seed: 5, steps: 2, size: [64, 64], sampler: 'lcm', ...changes }
  let result: Result | undefined
  for await (const event of imprint(shop, { recipe, pictures: {}, dump: true }))
    if (event.type === 'result') result = event
  return result!
}
const latents = async (changes: Partial<Recipe>) => (await run(changes)).dump!['latents']!.data

test('what is told is what the projection adds to the time', async () => {
  const [five, eight] = [
    await latents({ checkpoint: 'five', guidance: 1 }),
    await latents({ checkpoint: 'eight', guidance: 1 }),
  ]
  assertClose('five', await latents({ checkpoint: 'told', guidance: 5 }), five, 1e-4)
  // Eight is the default of such models, and what is kept for five is not taken for it.
  assertClose('eight', await latents({ checkpoint: 'told' }), eight, 1e-4)
  assert.ok(five.some((value, i) => Math.abs(value - eight[i]!) > 1e-3))
})

test('one run a step, and no negative prompt', async () => {
  const { runs } = await run({ checkpoint: 'told', guidance: 9, negativePrompt: 'dull' })
  assert.deepEqual({ unet: runs['unet'], text: runs['clip-text'] ?? 0 }, { unet: 2, text: 0 })
})

test('sines first, in thousandths above 1, down to a frequency of 1/10000', () => {
  // (8 - 1) · 1000 times 1, 10000^(-1/3), 10000^(-2/3), 1/10000
  const angles = [7000, 324.9112415, 15.0810227, 0.7]
  const expected = [...angles.map(Math.sin), ...angles.map(Math.cos)]
  assertClose('embedding', guidanceEmbedding(8, 8), expected, 1e-4)
  assertClose('none', guidanceEmbedding(1, 8), [0, 0, 0, 0, 1, 1, 1, 1], 0)
})
