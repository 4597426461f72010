/** Does the tiny autoencoder compute what diffusers computes, from files of either naming? */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import {
  taesdDecoderConfig,
  taesdDecoderGraph,
  taesdEncoderConfig,
  taesdEncoderGraph,
  type TaesdConfig,
} from '../../companion/networks/taesd.ts'
import type { StoredTensor } from '../../companion/weights/safetensors.ts'
import { openLedger } from '../../companion/weights/weights.ts'
import { assertClose } from '../support/close.ts'
import { runOnce } from '../support/golden-runs.ts'
import { openGoldens } from '../support/golden.ts'
import { hashInput, hashWeights } from '../support/hash-weights.ts'

const { golden, unasked } = openGoldens('taesd')
const decoded = () => golden('TAESD-tiny(8ch) decode')
const encoded = () => golden('TAESD-tiny encode')

const TOLERANCE = 1e-5
const OPTIONS = { attention: 'fused' } as const
const LATENTS = { height: 8, width: 8 }
const PICTURE = { height: 64, width: 64 }
const latents = { shape: [1, 4, 8, 8], data: hashInput('in:z', 4 * 8 * 8) }
const picture = { shape: [1, 3, 64, 64], data: hashInput('in:img', 3 * 64 * 64, 1) }

const tiny = (half: 'encoder' | 'decoder'): TaesdConfig => ({
  width: 8,
  latentChannels: 4,
  prefix: [half, 'layers'],
  first: 0,
})
const made = hashWeights()
after(() => made.dispose())
taesdDecoderGraph(made.weights, tiny('decoder'), LATENTS, OPTIONS)
taesdEncoderGraph(made.weights, tiny('encoder'), PICTURE, OPTIONS)

/** The same tensors as an original file names them: layers counted from `first`, and nothing before the number. */
function original(half: 'encoder' | 'decoder', first: number): ReadonlyMap<string, StoredTensor> {
  const named = new Map<string, StoredTensor>()
  for (const [name, tensor] of made.tensors) {
    const [, layer, rest] = new RegExp(`^${half}\\.layers\\.(\\d+)\\.(.*)$`).exec(name) ?? []
    if (layer === undefined || rest === undefined) continue
    named.set(`${Number(layer) + first}.${rest}`, { ...tensor, name: `${Number(layer) + first}.${rest}` })
  }
  return named
}

async function decode(tensors: ReadonlyMap<string, StoredTensor>): Promise<Float32Array> {
  const ledger = openLedger(tensors, 'taesd')
  const graph = taesdDecoderGraph(ledger.weights, taesdDecoderConfig(tensors)!, LATENTS, OPTIONS)
  ledger.finish([/^encoder\./])
  const { picture } = await runOnce(graph, { latents })
  assert.deepEqual(picture!.shape, decoded().shape)
  return picture!.data
}

async function encode(tensors: ReadonlyMap<string, StoredTensor>): Promise<Float32Array> {
  const ledger = openLedger(tensors, 'taesd')
  const graph = taesdEncoderGraph(ledger.weights, taesdEncoderConfig(tensors)!, PICTURE, OPTIONS)
  ledger.finish([/^decoder\./])
  const { latents } = await runOnce(graph, { picture })
  assert.deepEqual(latents!.shape, encoded().shape)
  return latents!.data
}

test('decodes', async () => {
  // The golden holds the first 4096 of 12288 numbers.
  const { data } = decoded()
  assertClose('picture', (await decode(made.tensors)).subarray(0, data.length), data, TOLERANCE)
})

test('encodes', async () => {
  assertClose('latents', await encode(made.tensors), encoded().data, TOLERANCE)
})

test('the original files, named by the numbers of their layers', async () => {
  assert.deepEqual(await decode(original('decoder', 1)), await decode(made.tensors))
  assert.deepEqual(await encode(original('encoder', 0)), await encode(made.tensors))
})

test('width and latents are read from the shapes', () => {
  assert.deepEqual(taesdDecoderConfig(made.tensors), tiny('decoder'))
  assert.deepEqual(taesdEncoderConfig(made.tensors), tiny('encoder'))
  assert.deepEqual(taesdDecoderConfig(original('decoder', 1)), { ...tiny('decoder'), prefix: [], first: 1 })
})

test('half of one is not the other half, and nothing is neither', () => {
  assert.equal(taesdDecoderConfig(original('encoder', 0)), undefined)
  assert.equal(taesdEncoderConfig(original('decoder', 1)), undefined)
  assert.equal(taesdDecoderConfig(new Map()), undefined)
  assert.equal(taesdEncoderConfig(new Map()), undefined)
})

test('no golden is left out', () => assert.deepEqual(unasked(), []))
