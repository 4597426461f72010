/** Do UNets of nine channels read the mask and what is kept of the picture, each in its place? */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { readPicture } from '../../companion/cli/pictures.ts'
import type { Result } from '../../companion/engine/engine.ts'
import { completeRecipe } from '../../companion/jobs/defaults.ts'
import { imprint } from '../../companion/jobs/imprint.ts'
import { createKeep } from '../../companion/jobs/keep.ts'
import { createNetworks } from '../../companion/jobs/networks.ts'
import { startOf } from '../../companion/jobs/start.ts'
import { withNoise } from '../../companion/diffusion/scale.ts'
import { schedule } from '../../companion/diffusion/schedule.ts'
import { openLibrary } from '../../companion/models/library.ts'
import type { Tensor } from '../../companion/runtime/tensor.ts'
import type { Raster } from '../../shared/raster.ts'
import type { Recipe } from '../../shared/recipe.ts'
import { changedModel } from '../support/changed-model.ts'
import { assertClose } from '../support/close.ts'
import { temporaryFolder } from '../support/craft-safetensors.ts'
import { fixture } from '../support/golden.ts'

const folder = temporaryFolder()
after(() => folder.dispose())

const NUDGE = 0.25
/** A first convolution that reads the nine channels: the latents as before, the others with the given kernel centres. */
const nine = (centres: readonly number[]) => (tensors: Map<string, Tensor>) => {
  const { shape, data } = tensors.get('conv_in.weight')!
  const out = shape[0]!
  const wide = new Float32Array(out * 9 * 9)
  for (let o = 0; o < out; o++) {
    wide.set(data.subarray(o * 4 * 9, (o + 1) * 4 * 9), o * 9 * 9)
    centres.forEach((centre, c) => (wide[(o * 9 + 4 + c) * 9 + 4] = centre))
  }
  tensors.set('conv_in.weight', { shape: [out, 9, 3, 3], data: wide })
}
await changedModel(folder.path, 'four', {}, () => undefined)
await changedModel(folder.path, 'nudged', {}, (tensors) => {
  const { shape, data } = tensors.get('conv_in.bias')!
  tensors.set('conv_in.bias', { shape, data: data.map((value) => value + NUDGE) })
})
await changedModel(folder.path, 'blind', { in_channels: 9 }, nine([0, 0, 0, 0, 0]))
await changedModel(folder.path, 'masked', { in_channels: 9 }, nine([NUDGE, 0, 0, 0, 0]))
await changedModel(folder.path, 'sees', { in_channels: 9 }, nine([0, 0.1, 0.2, 0.3, 0.4]))

const shop = {
  library: openLibrary([folder.path]),
  networks: createNetworks('cpu', { attention: 'fused' }),
  keep: createKeep(),
}
const flat = (grey: number): Raster => ({
  width: 64,
  height: 64,
  channels: 3,
  data: new Uint8Array(3 * 64 * 64).fill(grey),
})
const pictures = {
  photo: await readPicture(fixture('images', 'source.png')),
  disc: await readPicture(fixture('images', 'mask-disc.png')),
  white: flat(255),
  black: flat(0),
}

async function latents(checkpoint: string, source?: Recipe['source']): Promise<Float32Array> {
  const recipe: Recipe = { checkpoint, prompt: 'a fox', seed: 5, steps: 2, size: [64, 64], ...(source && { source }) }
  let result: Result | undefined
  for await (const event of imprint(shop, { recipe, pictures, dump: true })) if (event.type === 'result') result = event
  return result!.dump!['latents']!.data
}

test('a UNet that looks at none of the five runs as one of four channels does, and nothing is put back', async () => {
  const without = await latents('four')
  assert.deepEqual(await latents('blind', { image: 'photo', mask: 'disc', strength: 1 }), without)
  assert.deepEqual(await latents('blind'), without, 'nor does it need a picture')
})

test('the mask is the fifth channel: white is 1, black is 0, none is white', async () => {
  const [plain, nudged] = [await latents('four'), await latents('nudged')]
  const seen = (mask: string) => latents('masked', { image: 'photo', mask, strength: 1 })
  assertClose('white', await seen('white'), nudged, 1e-4)
  assertClose('none', await latents('masked'), nudged, 1e-4)
  assertClose('black', await seen('black'), plain, 1e-4)
  assert.ok(plain.some((value, i) => Math.abs(value - nudged[i]!) > 1e-2))
})

test('what is kept of the picture counts', async () => {
  const seen = (image: string, mask: string) => latents('sees', { image, mask, strength: 1 })
  const [photo, black] = [await seen('photo', 'black'), await seen('black', 'black')]
  assert.ok(photo.some((value, i) => Math.abs(value - black[i]!) > 1e-3))
  assert.deepEqual(await seen('photo', 'white'), await seen('black', 'white'), 'nothing is kept where all is painted')
})

/** Where a run starts without any noise, and how often noise was drawn. */
async function start(checkpoint: string, source: Recipe['source']) {
  const model = shop.library.checkpoint(checkpoint)
  const given: Recipe = { prompt: '', size: [64, 64], steps: 4, ...(source && { source }) }
  const recipe = completeRecipe(given, model, () => '')
  const drawn: number[] = []
  const noise = { normal: (length: number) => (drawn.push(length), new Float32Array(length)) }
  const steps = schedule(4, recipe, model.scheduler)
  const size = { width: 8, height: 8 }
  const made = await startOf(shop, model, recipe, pictures, { schedule: steps, noise, size })
  return { ...made, drawn }
}

test("the mask comes first, and behind it the kept picture's latents, in the scale of the others", async () => {
  const source = { image: 'photo', mask: 'black', strength: 0.5 }
  const { beside, x, drawn, schedule: left } = await start('blind', source)
  assert.deepEqual(drawn, [256, 256, 256], 'the picture, the noise over it, what is kept')
  assert.deepEqual(beside.subarray(0, 64), new Float32Array(64))
  // All of it is kept: the same picture, without noise.
  const kept = beside.subarray(64)
  assertClose('kept', withNoise('ddim', kept, new Float32Array(256), left.sigmas[0]!), x, 1e-6)
  assert.ok(kept.some((value) => Math.abs(value) > 0.01))
})

test('a start from noise alone draws the picture once, and four channels need nothing beside', async () => {
  const whole = { image: 'photo', mask: 'disc', strength: 1 }
  assert.deepEqual((await start('blind', whole)).drawn, [256, 256])
  const four = await start('four', whole)
  assert.deepEqual([four.drawn.length, four.beside.length], [3, 0])
})
