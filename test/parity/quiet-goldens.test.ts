/**
 * Do the networks, built from configuration files, agree with PyTorch where epsilons count: on inputs and weights of little
 * variance? (test/fixtures/make/quiet.py)
 */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { readTextConfig, readUNetConfig, readVaeConfig, readVisionConfig } from '../../companion/models/config.ts'
import { clipTextGraph, tokenEmbeddings } from '../../companion/networks/clip-text.ts'
import { clipVisionGraph } from '../../companion/networks/clip-vision.ts'
import type { IpAdapterConfig } from '../../companion/networks/ip-adapter/config.ts'
import { vaeDecoderGraph, vaeEncoderGraph } from '../../companion/networks/vae.ts'
import { readRows } from '../../companion/weights/read.ts'
import { assertClose } from '../support/close.ts'
import { BASE, PLUS } from '../support/golden-networks.ts'
import { adapterOutputs, goldenUNet, runOnce } from '../support/golden-runs.ts'
import { fixture, openGoldens } from '../support/golden.ts'
import { hashInput, hashWeights } from '../support/hash-weights.ts'

const { golden, unasked } = openGoldens('quiet')
const VOLUME = 0.03
const LOUD = Math.sqrt(3) * VOLUME
/** Results are about 0.05 large, and float32 is good for six of their digits. */
const TOLERANCE = 1e-6
const OPTIONS = { attention: 'fused' } as const

const made = hashWeights(VOLUME)
after(() => made.dispose())
const { weights } = made

const unet = readUNetConfig(fixture('models', 'diffusers', 'tiny15', 'unet', 'config.json'))
const vae = readVaeConfig(fixture('models', 'diffusers', 'tiny15', 'vae', 'config.json'))
const text = readTextConfig(fixture('models', 'diffusers', 'tiny15', 'text_encoder', 'config.json'))
const vision = readVisionConfig(fixture('models', 'clip_vision', 'tiny-vit', 'config.json'))

function close(name: string, actual: Float32Array): void {
  const { data } = golden(name)
  assertClose(name, actual.subarray(0, data.length), data, TOLERANCE)
}

const adapter = (config: IpAdapterConfig, shape: readonly [number, number], input: string) =>
  adapterOutputs(
    weights,
    config,
    unet,
    { features: { shape, data: hashInput(input, shape[0] * shape[1], LOUD) } },
    OPTIONS,
  )

test('UNet with an image prompt', async () => {
  const { tokens, ...keysValues } = await adapter(BASE, [1, 40], 'in:clip')
  close('base tokens', tokens!.data)
  const network = await goldenUNet(weights, unet, { height: 16, width: 16 }, [4], OPTIONS)
  const states = { shape: [77, 24], data: hashInput('in:text', 77 * 24) }
  const sample = hashInput('in:sample', 4 * 16 * 16, LOUD)
  const prediction = await network.predict(sample, 500, states, [{ keysValues, weight: 0.8 }])
  await network.dispose()
  close('UNet with base adapter, scale 0.8, t = 500', prediction)
})

test('image tokens', async () => {
  close('base tokens', (await adapter(BASE, [1, 40], 'in:clip'))['tokens']!.data)
  close('plus tokens', (await adapter(PLUS, [257, 40], 'in:cliph'))['tokens']!.data)
})

test('decoder', async () => {
  const latents = { shape: [1, 4, 4, 4], data: hashInput('in:z', 4 * 4 * 4, LOUD) }
  const { picture } = await runOnce(vaeDecoderGraph(weights, vae, { height: 4, width: 4 }, OPTIONS), { latents })
  close('decode', picture!.data)
})

test('encoder', async () => {
  const picture = { shape: [1, 3, 32, 32], data: hashInput('in:img', 3 * 32 * 32, VOLUME) }
  const graph = vaeEncoderGraph(weights, vae, { height: 32, width: 32 }, OPTIONS)
  const { mean, deviation } = await runOnce(graph, { picture })
  close('encode mean', mean!.data)
  close('encode deviation', deviation!.data)
})

test('text tower', async () => {
  const ids = [998, 5, 17, 300, 42, ...Array<number>(72).fill(999)]
  const tower = weights.at('te1')
  const config = { ...text, projectionSize: undefined }
  const embeddings = { shape: [77, 24], data: readRows(tokenEmbeddings(tower, config), ids) }
  const { states } = await runOnce(clipTextGraph(tower, config, 0, OPTIONS), { embeddings })
  close('text last', states!.data)
})

test('vision tower', async () => {
  const pixels = { shape: [1, 3, 224, 224], data: hashInput('in:pixels', 3 * 224 * 224, VOLUME) }
  const seen = await runOnce(clipVisionGraph(weights.at('iv'), vision, OPTIONS), { pixels })
  close('vision embeds', seen['image_embeds']!.data)
  close('vision penultimate', seen['penultimate']!.data)
})

test('no golden is left out', () => assert.deepEqual(unasked(), []))
