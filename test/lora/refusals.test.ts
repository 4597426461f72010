/** Is a file that is no LoRA for the model refused by one sentence that says what is wrong with it? */
import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { openLora } from '../../companion/models/lora.ts'
import { temporaryFolder } from '../support/craft-safetensors.ts'
import { loraBytes, type LoraTensor } from '../support/lora-files.ts'
import { tinyWorkshop } from '../support/tiny15.ts'

const { library } = tinyWorkshop()
const folder = temporaryFolder()
after(() => folder.dispose())

const Q = 'lora_unet_down_blocks_1_attentions_0_transformer_blocks_0_attn1_to_q'
const CONV = 'lora_unet_up_blocks_1_resnets_0_conv1'
const [DOWN, UP]: LoraTensor[] = [{ shape: [4, 24] }, { shape: [24, 4] }]
const WHOLE = { [`${Q}.lora_down.weight`]: DOWN!, [`${Q}.lora_up.weight`]: UP! }
const alpha = (value: number): LoraTensor => ({ shape: [], bytes: new Uint8Array(Float32Array.of(value).buffer) })

/** Fails unless the file is refused with these words, in one sentence about it and one about what to do. */
function refuses(
  tensors: Readonly<Record<string, LoraTensor>>,
  message: string,
  code: 'model-unsupported' | 'model-invalid' = 'model-unsupported',
): void {
  const path = folder.put('mine.safetensors', loraBytes(tensors))
  assert.throws(() => openLora(path, library.checkpoint('tiny15')), { code, message })
}

describe('other kinds of changes', () => {
  const KINDS: readonly (readonly [tensor: string, kind: string])[] = [
    [`${Q}.hada_w1_a`, 'a LoHa'],
    [`${Q}.lokr_w1`, 'a LoKr'],
    [`${CONV}.lora_mid.weight`, 'a LoCon with a Tucker core'],
    [`${Q}.dora_scale`, 'a DoRA'],
    ['unet.mid_block.attentions.0.proj_in.lora_magnitude_vector', 'a DoRA'],
    ['unet.mid_block.attentions.0.proj_in.lora_magnitude_vector.weight', 'a DoRA'],
    [`${Q}.oft_blocks`, 'an OFT'],
    [`${Q}.boft_b0`, 'an OFT'],
    [`${Q}.diff`, 'a LoRA with whole changes of weights'],
    [`${Q}.diff_b`, 'a LoRA with whole changes of weights'],
    ['lora_unet_mid_block_resnets_0_norm1.w_norm', 'a LoRA with whole changes of weights'],
    ['lora_unet_mid_block_resnets_0_norm1.b_norm', 'a LoRA with whole changes of weights'],
  ]
  for (const [tensor, kind] of KINDS) {
    test(`${kind}: ${tensor}`, () => {
      refuses(
        { ...WHOLE, [tensor]: { shape: [24] } },
        `The LoRA mine.safetensors is ${kind} ("${tensor}"), which Imprint does not use. Choose a plain LoRA.`,
      )
    })
  }
})

describe('tensors without a place', () => {
  const PLACELESS = [
    'lora_unet_down_blocks_9_attentions_0_proj_in.lora_down.weight',
    'lora_te2_text_model_encoder_layers_0_mlp_fc1.lora_down.weight',
    'lora_te_text_model_embeddings_token_embedding.lora_down.weight',
    'text_encoder.text_model.embeddings.position_embedding.lora_A.weight',
    'lora_unet_mid_block_resnets_0_norm1.lora_down.weight',
    'unet.conv_in.bias.lora_A.weight',
    `${Q}.lora_sideways.weight`,
    'lora_unet_down_blocks_9_attentions_0_proj_in.alpha',
  ]
  for (const tensor of PLACELESS) {
    test(tensor, () => {
      refuses(
        { ...WHOLE, [tensor]: { shape: [4, 24] } },
        `The LoRA mine.safetensors does not fit "tiny15": "${tensor}" matches no layer of it. Choose a LoRA made for such models.`,
      )
    })
  }
})

describe('factors that are no two factors of the weight', () => {
  const damaged = (module: string, lacks: string) =>
    `The LoRA mine.safetensors is damaged: "${module}" lacks ${lacks}. Download it again.`
  const module = 'down_blocks.1.attentions.0.transformer_blocks.0.attn1.to_q'

  test('one of the two is not there', () => {
    refuses({ [`${Q}.lora_down.weight`]: DOWN! }, damaged(module, 'its factor "up"'))
    refuses({ [`${Q}.lora_up.weight`]: UP!, [`${Q}.alpha`]: alpha(1) }, damaged(module, 'its factor "down"'))
    refuses({ ...WHOLE, [`${CONV}.alpha`]: alpha(1) }, damaged('up_blocks.1.resnets.0.conv1', 'its factor "down"'))
  })

  test('the same layer twice, by the same name or by two', () => {
    const twice = (tensor: string) =>
      `The LoRA mine.safetensors changes "${module}" of "tiny15" twice, again by "${tensor}". Choose another file.`
    const other = 'lora_unet_input_blocks_4_1_transformer_blocks_0_attn1_to_q.lora_down.weight'
    refuses({ ...WHOLE, [other]: DOWN! }, twice(other))
    const processor = 'unet.down_blocks.1.attentions.0.transformer_blocks.0.attn1.processor.to_q_lora.up.weight'
    refuses({ ...WHOLE, [processor]: UP! }, twice(processor))
  })

  const SHAPES: readonly (readonly [
    what: string,
    down: number[],
    up: number[],
    tensor: 'down' | 'up',
    room: string,
  ])[] = [
    ['down reads another width', [4, 32], [24, 4], 'down', '[4, 24]'],
    ['up writes another width', [4, 24], [32, 4], 'up', '[24, 4]'],
    ['two ranks', [4, 24], [24, 8], 'up', '[24, 4]'],
    ['no rank', [0, 24], [24, 0], 'down', '[0, 24]'],
    ['one row', [24], [24, 1], 'down', '[24, 24]'],
    ['a kernel where the layer has none', [4, 24, 3, 3], [24, 4, 1, 1], 'down', '[4, 24]'],
    ['up with a kernel', [4, 24], [24, 4, 3, 3], 'up', '[24, 4]'],
  ]
  for (const [what, down, up, tensor, room] of SHAPES) {
    test(what, () => {
      const [name, is] = [`${Q}.lora_${tensor}.weight`, { down, up }[tensor].join(', ')]
      refuses(
        { [`${Q}.lora_down.weight`]: { shape: down }, [`${Q}.lora_up.weight`]: { shape: up } },
        `In the LoRA mine.safetensors the tensor "${name}" is [${is}] where "tiny15" has room for ${room}. Choose a LoRA made for this model.`,
      )
    })
  }

  test('a matrix where the layer is a convolution of nine pixels', () => {
    refuses(
      { [`${CONV}.lora_down.weight`]: { shape: [4, 64] }, [`${CONV}.lora_up.weight`]: { shape: [32, 4] } },
      `In the LoRA mine.safetensors the tensor "${CONV}.lora_down.weight" is [4, 64] where "tiny15" has room for [4, 64, 3, 3]. Choose a LoRA made for this model.`,
    )
  })

  test('numbers of a kind that nobody computes with', () => {
    const eight = { shape: [4, 24], dtype: 'F8_E4M3', bytes: new Uint8Array(96) }
    refuses(
      { [`${Q}.lora_down.weight`]: eight, [`${Q}.lora_up.weight`]: UP! },
      `In the LoRA mine.safetensors the tensor "${Q}.lora_down.weight" is stored as F8_E4M3, not as F32, F16 or BF16. Choose a LoRA made for this model.`,
    )
  })

  test('an alpha that is no number, or several', () => {
    refuses(
      { ...WHOLE, [`${Q}.alpha`]: alpha(NaN) },
      `In the LoRA mine.safetensors the tensor "${Q}.lora_down.weight" has an alpha that is no number. Choose a LoRA made for this model.`,
    )
    refuses(
      { ...WHOLE, [`${Q}.alpha`]: { shape: [2] } },
      `In mine.safetensors the tensor "${Q}.alpha" should be a single number. Download the file again.`,
      'model-invalid',
    )
  })
})

test('a file without a tensor changes nothing, and says so', () => {
  refuses({}, 'The LoRA mine.safetensors holds no tensors. Choose another file.')
})
