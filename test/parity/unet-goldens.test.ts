/** Does the UNet, with and without image prompts, compute what diffusers computes from the same weights? */
import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { denoiser } from '../../companion/diffusion/denoiser.ts'
import { schedule } from '../../companion/diffusion/schedule.ts'
import type { GraphOptions } from '../../companion/graph/graph.ts'
import { crossAttentions, unetLayout } from '../../companion/networks/unet-layout.ts'
import type { Tensors } from '../../companion/runtime/tensor.ts'
import { assertClose } from '../support/close.ts'
import {
  adapterOutputs,
  features,
  goldenUNet,
  row,
  type GoldenPrompt,
  type GoldenUNet,
} from '../support/golden-runs.ts'
import { BASE, PLUS, SD15_NOISE, T15 } from '../support/golden-networks.ts'
import { openGoldens } from '../support/golden.ts'
import { hashInput, hashWeights } from '../support/hash-weights.ts'
import { walk } from '../support/walk.ts'

const TOLERANCE = 1e-5
const { golden, unasked } = openGoldens('unet')
const SIZE = { height: 16, width: 16 }
const SAMPLE = hashInput('in:sample', 2 * 4 * 16 * 16)
const TEXT = hashInput('in:text', 2 * 77 * 24)

const sample = (n: number) => row(SAMPLE, n, [4, 16, 16]).data
const text = (n: number) => row(TEXT, n, [77, 24])
/** Goldens hold two pictures; a graph makes one. */
const both = async (one: (n: number) => Promise<Float32Array>): Promise<number[]> => [
  ...(await one(0)),
  ...(await one(1)),
]

/** The two adapters share names, so each has weights of its own. */
const [unetWeights, baseWeights, plusWeights] = [hashWeights(), hashWeights(), hashWeights()]
after(() => [unetWeights, baseWeights, plusWeights].forEach((made) => made.dispose()))

for (const attention of ['fused', 'decomposed'] as const) {
  describe(`with ${attention} attention`, () => {
    const options: GraphOptions = { attention }
    const loaded = new Map<string, Promise<GoldenUNet>>()
    after(async () => {
      for (const unet of loaded.values()) await (await unet).dispose()
    })
    const unetFor = (imageTokens: readonly number[], size = SIZE): Promise<GoldenUNet> => {
      const key = JSON.stringify([imageTokens, size])
      const unet = loaded.get(key) ?? goldenUNet(unetWeights.weights, T15, size, imageTokens, options)
      loaded.set(key, unet)
      return unet
    }
    const base = (n: number) => adapterOutputs(baseWeights.weights, BASE, T15, features(BASE, 1, n), options)
    const plus = (pictures: number, n: number, prefix = 'one') =>
      adapterOutputs(
        prefix === 'one' ? plusWeights.weights : plusWeights.weights.at(prefix),
        PLUS,
        T15,
        features(PLUS, pictures, n),
        options,
      )
    const predicted = async (name: string, prompts: (n: number) => Promise<GoldenPrompt[]>, imageTokens: number[]) => {
      const unet = await unetFor(imageTokens)
      const actual = await both(async (n) => unet.predict(sample(n), 500, text(n), await prompts(n)))
      assertClose(name, actual, golden(name).data, TOLERANCE)
    }

    test('time embedding', async () => {
      const { embedding } = await (await unetFor([])).time(500)
      assertClose('time', embedding!.data, golden('T15 temb after time_embedding (t=500)').data, TOLERANCE)
    })

    test('without image prompts', () => predicted('T15 UNet, t=500', () => Promise.resolve([]), []))

    test('a size that does not halve evenly', async () => {
      const unet = await unetFor([], { height: 12, width: 20 })
      const actual = await unet.predict(hashInput('in:sample', 4 * 12 * 20), 500, text(0))
      assertClose('12 x 20', actual, golden('T15 UNet, latent 12x20 (odd upsample path), batch 1').data, TOLERANCE)
    })

    test('image tokens', async () => {
      const tokens = async (of: (n: number) => Promise<Tensors>) => both(async (n) => (await of(n))['tokens']!.data)
      assertClose('base', await tokens(base), golden('T15 base tokens').data, TOLERANCE)
      assertClose('plus', await tokens((n) => plus(1, n)), golden('T15 plus tokens').data, TOLERANCE)
    })

    test('one image prompt', async () => {
      await predicted('T15 UNet + base, scale .8', async (n) => [{ keysValues: await base(n), weight: 0.8 }], [4])
      await predicted('T15 UNet + plus, scale .8', async (n) => [{ keysValues: await plus(1, n), weight: 0.8 }], [4])
    })

    test('two pictures in one softmax', async () => {
      const prompt = async (n: number) => {
        const [first, second] = [await plus(2, 2 * n), await plus(2, 2 * n + 1)]
        return [{ keysValues: stacked(first, second), weight: 0.8 }]
      }
      await predicted('T15 UNet + plus, 2 images (token concat), scale .8', prompt, [8])
    })

    test('one layer alone', async () => {
      const places = crossAttentions(unetLayout(T15))
      const layers = places.map(({ path }) => Number(path.startsWith('up_blocks.1.attentions.1.')))
      assert.equal(layers.filter((share) => share === 1).length, 1)
      const prompt = async (n: number) => [{ keysValues: await base(n), weight: 1, layers }]
      await predicted('T15 UNet + base, only up_blocks.1.attentions.1', prompt, [4])
    })

    test('two adapters', async () => {
      const prompts = async (n: number) => [
        { keysValues: await base(n), weight: 0.5 },
        { keysValues: await plus(1, n, 'b2'), weight: 0.6 },
      ]
      await predicted('T15 UNet + base .5 + plus .6 (second adapter weights named b2.*)', prompts, [4, 4])
    })

    test('a guidance that is told', async () => {
      const config = { ...T15, guidanceWidth: 256 }
      const unet = await goldenUNet(unetWeights.weights, config, SIZE, [], options, { guidance: 7.5 })
      const actual = await both((n) => unet.predict(sample(n), 500, text(n)))
      await unet.dispose()
      assertClose('told', actual, golden('T15 UNet + LCM guidance embedding, w=7.5').data, TOLERANCE)
    })

    test('twenty steps of Euler under guidance', async () => {
      const steps = schedule(20, { sampler: 'euler', spacing: 'leading', sigmas: 'model' }, SD15_NOISE)
      const unet = await unetFor([])
      const none = row(hashInput('in:neg', 77 * 24), 0, [77, 24])
      const denoise = denoiser(
        (x, i, branch) => unet.predict(x, steps.timesteps[i]!, branch === 'prompt' ? text(0) : none),
        7.5,
        steps,
      )
      const { latents } = await walk('euler', denoise, hashInput('in:noise', 4 * 16 * 16), steps)
      const expected = golden('T15 Euler leading 20 steps CFG 7.5 (fp32)').data
      // Guidance multiplies the rounding of each of forty runs by 7.5, and latents grow to 50: two float32 runs differ by 1e-4.
      assertClose('latents', latents, expected, 5e-4)
    })
  })
}

/** Tokens of two pictures one behind the other. */
const stacked = (first: Tensors, second: Tensors): Tensors =>
  Object.fromEntries(
    Object.entries(first).map(([name, { shape, data }]) => {
      const rows = shape[0]! + second[name]!.shape[0]!
      return [name, { shape: [rows, shape[1]!], data: Float32Array.of(...data, ...second[name]!.data) }]
    }),
  )

test('no golden is left out', () => assert.deepEqual(unasked(), []))
