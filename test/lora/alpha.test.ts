/** How much does a LoRA's product count, given what its file says of it? */
import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { temporaryFolder } from '../support/craft-safetensors.ts'
import { changesOf, loraBytes, type LoraTensor } from '../support/lora-files.ts'
import { tinyWorkshop } from '../support/tiny15.ts'

const { library } = tinyWorkshop()
const folder = temporaryFolder()
after(() => folder.dispose())

const RANK = 4
const Q = 'down_blocks.1.attentions.0.transformer_blocks.0.attn1.to_q'
const V = 'down_blocks.1.attentions.0.transformer_blocks.0.attn1.to_v'
const WORDS = 'encoder.layers.1.self_attn.q_proj'
const [DOWN, UP] = [{ shape: [RANK, 24] }, { shape: [24, RANK] }]

/** The factor of every change, by the changed tensor. */
function factors(
  tensors: Readonly<Record<string, LoraTensor>>,
  metadata: Readonly<Record<string, string>> = {},
): Readonly<Record<string, number>> {
  const path = folder.put('alpha.safetensors', loraBytes(tensors, metadata))
  return Object.fromEntries(
    changesOf(path, library.checkpoint('tiny15')).map((line) => {
      const [, tensor = '', factor] = line.split(' ')
      return [tensor, Number(factor)] as const
    }),
  )
}

const kohya = (module: string): Readonly<Record<string, LoraTensor>> => ({
  [`${module}.lora_down.weight`]: DOWN,
  [`${module}.lora_up.weight`]: UP,
})

describe('an alpha beside the factors is divided by the rank', () => {
  const name = `lora_unet_${Q.replaceAll('.', '_')}`
  const float = (value: number) => new Uint8Array(Float32Array.of(value).buffer)
  const half = (bits: number) => new Uint8Array(Uint16Array.of(bits).buffer)
  const ALPHAS: readonly (readonly [what: string, alpha: LoraTensor, factor: number])[] = [
    ['F32, a scalar', { shape: [], dtype: 'F32', bytes: float(2) }, 0.5],
    ['F32, a row of one', { shape: [1], dtype: 'F32', bytes: float(6) }, 1.5],
    ['F16', { shape: [], dtype: 'F16', bytes: half(0x4000) }, 0.5],
    ['BF16', { shape: [], dtype: 'BF16', bytes: half(0x4000) }, 0.5],
    ['F64', { shape: [], dtype: 'F64', bytes: new Uint8Array(Float64Array.of(8).buffer) }, 2],
    ['I64', { shape: [], dtype: 'I64', bytes: new Uint8Array(BigInt64Array.of(1n).buffer) }, 0.25],
  ]
  for (const [what, alpha, factor] of ALPHAS) {
    test(what, () =>
      assert.deepEqual(factors({ ...kohya(name), [`${name}.alpha`]: alpha }), { [`${Q}.weight`]: factor }),
    )
  }

  test('and where there is none the product counts as it is', () => {
    assert.deepEqual(factors(kohya(name)), { [`${Q}.weight`]: 1 })
  })

  test('of older diffusers as well', () => {
    const processor = `unet.${Q.replace('to_q', 'processor.to_q')}_lora`
    assert.deepEqual(
      factors({
        [`${processor}.down.weight`]: DOWN,
        [`${processor}.up.weight`]: UP,
        [`${processor}.alpha`]: { shape: [], bytes: float(2) },
      }),
      { [`${Q}.weight`]: 0.5 },
    )
  })
})

describe("what PEFT's settings say in the file's metadata", () => {
  const modules = [`unet.${Q}`, `unet.${V}`, `text_encoder.text_model.${WORDS}`]
  const tensors = Object.fromEntries(
    modules.flatMap((module) => [
      [`${module}.lora_A.weight`, DOWN],
      [`${module}.lora_B.weight`, UP],
    ]),
  )
  const says = (settings: object) => factors(tensors, { lora_adapter_metadata: JSON.stringify(settings) })
  const are = (q: number, v: number, words: number) => ({
    [`${Q}.weight`]: q,
    [`${V}.weight`]: v,
    [`${WORDS}.weight`]: words,
  })

  test('an alpha for each network', () => {
    assert.deepEqual(says({ 'unet.lora_alpha': 8, 'text_encoder.lora_alpha': 2, 'unet.r': 99 }), are(2, 2, 0.5))
  })

  test('a network it does not speak of counts as it is', () => {
    assert.deepEqual(says({ 'unet.lora_alpha': 8 }), are(2, 2, 1))
  })

  test('the root of the rank where it was trained so', () => {
    assert.deepEqual(
      says({ 'unet.lora_alpha': 8, 'unet.use_rslora': true, 'text_encoder.lora_alpha': 8 }),
      are(4, 4, 2),
    )
  })

  test('an alpha for single modules, by their whole names or how these end', () => {
    const patterns = { 'unet.alpha_pattern': { [Q]: 16, to_k: 99 }, 'unet.lora_alpha': 4 }
    assert.deepEqual(says(patterns), are(4, 1, 1))
    assert.deepEqual(says({ ...patterns, 'unet.alpha_pattern': { 'attn1.to_v': 12 } }), are(1, 3, 1))
    const tower = { 'text_encoder.alpha_pattern': { [`text_model.${WORDS}`]: 12 }, 'text_encoder.lora_alpha': 4 }
    assert.deepEqual(says(tower), are(1, 1, 3))
  })

  test('the end of a name is no half of a word', () => {
    assert.deepEqual(says({ 'unet.alpha_pattern': { o_q: 99 }, 'unet.lora_alpha': 4 }), are(1, 1, 1))
  })

  for (const text of ['no JSON', '[]', '7', '{"unet.lora_alpha": "much"}']) {
    test(`metadata that makes no sense says nothing: ${text}`, () => {
      assert.deepEqual(factors(tensors, { lora_adapter_metadata: text }), are(1, 1, 1))
    })
  }
})
