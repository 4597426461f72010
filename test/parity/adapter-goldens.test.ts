/** Does every kind of IP-Adapter make the tokens that diffusers makes, and does the UNet take them as diffusers' does? */
import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import type { GraphOptions } from '../../companion/graph/graph.ts'
import type { IpAdapterConfig } from '../../companion/networks/ip-adapter/config.ts'
import {
  attendedPositions,
  crossAttentions,
  unetLayout,
  type UNetConfig,
} from '../../companion/networks/unet-layout.ts'
import { maskAt } from '../../companion/vision/mask.ts'
import { assertClose } from '../support/close.ts'
import { BASE, FACE_PERCEIVER, FACEID, FACEID_PLUS_V2, FULL, PLUS, T15, TXL } from '../support/golden-networks.ts'
import { adapterOutputs, added, features, goldenUNet, row, type GoldenPrompt } from '../support/golden-runs.ts'
import { openGoldens } from '../support/golden.ts'
import { hashInput, hashWeights } from '../support/hash-weights.ts'

const TOLERANCE = 1e-5
const { golden, unasked } = openGoldens('adapters')
const SIZE = { height: 16, width: 16 }
/** How much of CLIP's states the goldens of FaceID PlusV2 take. */
const SHORTCUT = { shape: [1], data: Float32Array.of(0.7) }

/** Adapters share names, so each has weights of its own. */
const disposals: (() => void)[] = []
after(() => disposals.forEach((dispose) => dispose()))
const weightsOf = () => {
  const made = hashWeights()
  disposals.push(() => made.dispose())
  return made.weights
}

const kept = (name: string, both: readonly Float32Array[], data: readonly number[]) =>
  assertClose(name, both.flatMap((one) => [...one]).slice(0, data.length), data, TOLERANCE)

/** Goldens hold two pictures; a graph makes one. */
async function matches(name: string, one: (n: number) => Promise<Float32Array>): Promise<void> {
  kept(name, [await one(0), await one(1)], golden(name).data)
}

for (const attention of ['fused', 'decomposed'] as const) {
  describe(`with ${attention} attention`, () => {
    const options: GraphOptions = { attention }

    /** Predictions of one UNet under image prompts, at the goldens' inputs. */
    const predicts =
      (unet: UNetConfig) => async (name: string, prompts: (n: number) => Promise<GoldenPrompt[]>, tokens: number[]) => {
        const masked = (await prompts(0)).some(({ masks }) => masks !== undefined)
        const network = await goldenUNet(weightsOf(), unet, SIZE, tokens, options, { masked })
        const [sample, text] = [
          hashInput('in:sample', 2 * 4 * 16 * 16),
          hashInput('in:text', 2 * 77 * unet.crossAttentionWidth),
        ]
        await matches(name, async (n) =>
          network.predict(
            row(sample, n, [4, 16, 16]).data,
            500,
            row(text, n, [77, unet.crossAttentionWidth]),
            await prompts(n),
            unet.added && added(n),
          ),
        )
        await network.dispose()
      }

    /** The tokens of an adapter, and the UNet with them. */
    const kinds: [unet: UNetConfig, family: 'T15' | 'TXL', name: string, config: IpAdapterConfig, tokens: string][] = [
      [T15, 'T15', 'full', FULL, 'full tokens'],
      [T15, 'T15', 'faceid', FACEID, 'faceid tokens'],
      [T15, 'T15', 'faceid-plus', FACEID_PLUS_V2, 'faceid-plus tokens (shortcut, s=0.7)'],
      [TXL, 'TXL', 'base', BASE, 'base tokens'],
      [TXL, 'TXL', 'plus', PLUS, 'plus tokens'],
      [TXL, 'TXL', 'faceid-plus', FACEID_PLUS_V2, 'faceid-plus tokens'],
    ]
    for (const [unet, family, name, { ...plain }, tokens] of kinds) {
      const config = { ...plain, width: unet.crossAttentionWidth }
      const weights = weightsOf()
      const outputs = (n: number) =>
        adapterOutputs(
          weights,
          config,
          unet,
          { ...features(config, 1, n), ...(config.kind === 'faceid-plusv2' && { shortcut: SHORTCUT }) },
          options,
        )

      test(`tokens of ${family} ${name}`, () =>
        matches(`${family} ${tokens}`, async (n) => (await outputs(n))['tokens']!.data))

      test(`${family} with ${name}`, () =>
        predicts(unet)(
          `${family} UNet + ${name}, scale .8`,
          async (n) => [{ keysValues: await outputs(n), weight: 0.8 }],
          [config.tokens],
        ))
    }

    test('FaceID Plus is what its second version adds to the face', async () => {
      const config: IpAdapterConfig = { kind: 'faceid-plus', ...FACE_PERCEIVER }
      const weights = weightsOf()
      const face = golden('T15 faceid tokens').data
      const sum = golden('T15 faceid-plus tokens (shortcut, s=0.7)').data
      const both = [0, 1].map((n) => adapterOutputs(weights, config, T15, features(config, 1, n), options))
      const tokens = (await Promise.all(both)).map((made) => made['tokens']!.data)
      // The difference of two numbers near 2, divided by 0.7.
      kept(
        'faceid-plus',
        tokens,
        sum.map((value, i) => (value - face[i]!) / 0.7),
      )
    })

    test("InstantID's Resampler is Plus's, on a face", async () => {
      const config: IpAdapterConfig = {
        kind: 'instantid',
        tokens: 4,
        width: 24,
        inner: 32,
        heads: 2,
        depth: 4,
        faceWidth: 40,
      }
      const weights = weightsOf()
      const read = row(hashInput('in:clip', 40), 0, [1, 40])
      const face = await adapterOutputs(weights, config, T15, { face: read }, options)
      const picture = await adapterOutputs(weights, PLUS, T15, { features: read }, options)
      for (const name of Object.keys(picture)) assertClose(name, face[name]!.data, picture[name]!.data, 0)
    })

    test('two pictures, each in its half', async () => {
      const weights = weightsOf()
      const half = (left: boolean) => {
        const data = Float32Array.from({ length: 128 * 128 }, (_, i) => Number(i % 128 < 64 === left))
        return Object.fromEntries(
          attendedPositions(T15, SIZE).map((positions) => [
            `mask.${positions}`,
            { shape: [positions, 1], data: maskAt({ width: 128, height: 128, data }, positions) },
          ]),
        )
      }
      const prompt = async (n: number, left: boolean) => ({
        keysValues: await adapterOutputs(weights, PLUS, T15, features(PLUS, 2, 2 * n + Number(!left)), options),
        weight: 0.8,
        masks: half(left),
      })
      const prompts = async (n: number) => [await prompt(n, true), await prompt(n, false)]
      await predicts(T15)('T15 UNet + plus, 2 images, left/right masks, scale .8', prompts, [4, 4])
    })

    test('TXL without image prompts', () =>
      predicts(TXL)('TXL UNet, t=500, time_ids 128,128,0,0,128,128', () => Promise.resolve([]), []))

    test('two layers of TXL, one of them half', async () => {
      const shares: Readonly<Record<string, number>> = {
        'up_blocks.0.attentions.1': 1,
        'down_blocks.2.attentions.1': 0.5,
      }
      const layers = crossAttentions(unetLayout(TXL)).map(
        ({ path }) => shares[path.replace(/\.transformer_blocks\.\d+$/, '')] ?? 0,
      )
      const config = { ...PLUS, width: 56 }
      const weights = weightsOf()
      const prompts = async (n: number) => [
        { keysValues: await adapterOutputs(weights, config, TXL, features(config, 1, n), options), weight: 1, layers },
      ]
      await predicts(TXL)('TXL UNet + plus, up0.1=1, down2.1=.5', prompts, [4])
    })
  })
}

test('no golden is left out', () => assert.deepEqual(unasked(), []))
