/** Do all ways of naming a LoRA's tensors lead to the layers they mean? */
import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import type { Checkpoint } from '../../companion/models/checkpoint.ts'
import { openLora } from '../../companion/models/lora.ts'
import type { LoraPart } from '../../companion/weights/lora/aliases.ts'
import type { StoredTensor } from '../../companion/weights/safetensors.ts'
import { temporaryFolder } from '../support/craft-safetensors.ts'
import { fixture, readTensors } from '../support/golden.ts'
import { hashTensor } from '../support/hash-weights.ts'
import { changesOf, loraBytes, type LoraTensor } from '../support/lora-files.ts'
import { tinyWorkshop } from '../support/tiny15.ts'

const { library } = tinyWorkshop()
const folder = temporaryFolder()
after(() => folder.dispose())

type Ends = readonly [down: string, up: string]
const KOHYA: Ends = ['.lora_down.weight', '.lora_up.weight']
const PEFT: Ends = ['.lora_A.weight', '.lora_B.weight']
const PEFT_NAMED: Ends = ['.lora_A.my-style.weight', '.lora_B.my-style.weight']
const PROCESSOR: Ends = ['_lora.down.weight', '_lora.up.weight']
const LAYER: Ends = ['.lora.down.weight', '.lora.up.weight']
const LINEAR: Ends = ['.lora_linear_layer.down.weight', '.lora_linear_layer.up.weight']

const Q = 'down_blocks.1.attentions.0.transformer_blocks.0.attn1.to_q'
const OUT = 'up_blocks.2.attentions.1.transformer_blocks.0.attn2.to_out'
const FF = 'mid_block.attentions.0.transformer_blocks.0.ff.net.0.proj'
const XL = 'down_blocks.1.attentions.0.transformer_blocks.1.attn2.to_v'
const WORDS = 'encoder.layers.1.self_attn'

/** What a module is called, how its tensors end, and what it means. */
type Row = readonly [called: string, ends: Ends, part: LoraPart, module: string]

const ROWS: Readonly<Record<string, readonly Row[]>> = {
  tiny15: [
    [`lora_unet_${Q.replaceAll('.', '_')}`, KOHYA, 'unet', Q],
    [`lora_unet_${OUT.replaceAll('.', '_')}_0`, KOHYA, 'unet', `${OUT}.0`],
    ['lora_unet_input_blocks_4_1_transformer_blocks_0_attn1_to_q', KOHYA, 'unet', Q],
    ['lora_unet_middle_block_1_transformer_blocks_0_ff_net_0_proj', KOHYA, 'unet', FF],
    ['lora_unet_output_blocks_7_1_transformer_blocks_0_attn2_to_out_0', KOHYA, 'unet', `${OUT}.0`],
    [`unet.${Q}`, PEFT, 'unet', Q],
    [`unet.${FF}`, PEFT_NAMED, 'unet', FF],
    [`unet.${OUT}.0`, PEFT, 'unet', `${OUT}.0`],
    [`base_model.model.${Q}`, PEFT, 'unet', Q],
    [`base_model.model.${OUT}.0`, PEFT_NAMED, 'unet', `${OUT}.0`],
    [`unet.${Q.replace('to_q', 'processor.to_q')}`, PROCESSOR, 'unet', Q],
    [`unet.${OUT.replace('to_out', 'processor.to_out')}`, PROCESSOR, 'unet', `${OUT}.0`],
    [Q.replace('to_q', 'processor.to_q'), PROCESSOR, 'unet', Q],
    [OUT.replace('to_out', 'processor.to_out'), PROCESSOR, 'unet', `${OUT}.0`],
    [`unet.${Q}`, LAYER, 'unet', Q],
    [`unet.${OUT}.0`, LAYER, 'unet', `${OUT}.0`],
    [`unet.${OUT}`, LAYER, 'unet', `${OUT}.0`],
    [`unet.${Q}`, LINEAR, 'unet', Q],
    ['lora_te_text_model_encoder_layers_1_self_attn_q_proj', KOHYA, 'text_encoder', `${WORDS}.q_proj`],
    ['lora_te_text_model_encoder_layers_1_mlp_fc1', KOHYA, 'text_encoder', 'encoder.layers.1.mlp.fc1'],
    [`text_encoder.text_model.${WORDS}.k_proj`, PEFT, 'text_encoder', `${WORDS}.k_proj`],
    [`text_encoder.${WORDS}.k_proj`, PEFT, 'text_encoder', `${WORDS}.k_proj`],
    [`text_encoder.text_model.${WORDS}.v_proj`, LINEAR, 'text_encoder', `${WORDS}.v_proj`],
    [`text_encoder.text_model.${WORDS}.to_q`, PROCESSOR, 'text_encoder', `${WORDS}.q_proj`],
    [`text_encoder.text_model.${WORDS}.to_out`, PROCESSOR, 'text_encoder', `${WORDS}.out_proj`],
  ],
  tinyxl: [
    ['lora_unet_input_blocks_4_1_transformer_blocks_1_attn2_to_v', KOHYA, 'unet', XL],
    [`lora_unet_${XL.replaceAll('.', '_')}`, KOHYA, 'unet', XL],
    ['lora_te1_text_model_encoder_layers_1_self_attn_q_proj', KOHYA, 'text_encoder', `${WORDS}.q_proj`],
    ['lora_te2_text_model_encoder_layers_1_self_attn_q_proj', KOHYA, 'text_encoder_2', `${WORDS}.q_proj`],
    ['lora_te2_text_projection', KOHYA, 'text_encoder_2', 'text_projection'],
    [`text_encoder.text_model.${WORDS}.q_proj`, PEFT, 'text_encoder', `${WORDS}.q_proj`],
    [`text_encoder_2.text_model.${WORDS}.q_proj`, PEFT, 'text_encoder_2', `${WORDS}.q_proj`],
  ],
}

function tensorsOf(checkpoint: Checkpoint, part: LoraPart): ReadonlyMap<string, StoredTensor> {
  const [first, second] = checkpoint.towers
  return { unet: checkpoint.unet, text_encoder: first, text_encoder_2: second! }[part].ledger.tensors
}

/** The tensor a module of a network is stored as; towers are stored with and without what begins all of their modules. */
function stored(checkpoint: Checkpoint, part: LoraPart, module: string): StoredTensor {
  const tensors = tensorsOf(checkpoint, part)
  return (tensors.get(`${module}.weight`) ?? tensors.get(`text_model.${module}.weight`))!
}

for (const [model, rows] of Object.entries(ROWS)) {
  const checkpoint = library.checkpoint(model)
  describe(model, () => {
    for (const [called, [downEnd, upEnd], part, module] of rows) {
      test(`${called}${downEnd}`, () => {
        const { name, shape } = stored(checkpoint, part, module)
        const [down, up] = [`${called}${downEnd}`, `${called}${upEnd}`]
        const tensors = { [up]: { shape: [shape[0]!, 2] }, [down]: { shape: [2, shape[1]!] } }
        const [one, other] = [down, up].map((of) => hashTensor(of, tensors[of]!.shape)[0]!.toFixed(6))
        const path = folder.put('named.safetensors', loraBytes(tensors))
        assert.deepEqual(changesOf(path, checkpoint), [`${part} ${name} 1.000000 ${one} ${other}`])
      })
    }
  })
}

const SINGLE = 'model.diffusion_model.'
const WEIGHT = /^model\.diffusion_model\.(.*)\.weight$/

for (const model of ['tiny15', 'tinyxl']) {
  test(`every layer of ${model}'s UNet by its original name`, () => {
    const single = readTensors(fixture('models', 'checkpoints', `${model}-single.safetensors`))
    const inFolder = readTensors(fixture('models', 'diffusers', model, 'unet', 'diffusion_pytorch_model.safetensors'))
    const layers = [...single].flatMap(([name, { shape }]) => {
      const module = WEIGHT.exec(name)?.[1]
      return module === undefined || shape.length === 1 ? [] : [{ module, shape }]
    })
    const called = new Map(layers.map(({ module }) => [`lora_unet_${module.replaceAll('.', '_')}`, module]))
    const tensors = layers.flatMap(({ module, shape: [out = 0, ...rest] }): [string, LoraTensor][] => {
      const name = `lora_unet_${module.replaceAll('.', '_')}`
      return [
        [`${name}.lora_down.weight`, { shape: [1, ...rest] }],
        [`${name}.lora_up.weight`, { shape: [out, 1, ...rest.slice(1).map(() => 1)] }],
      ]
    })
    const path = folder.put('original.safetensors', loraBytes(Object.fromEntries(tensors)))
    assert.equal(changesOf(path, library.checkpoint(model)).length, layers.length)
    const changes = openLora(path, library.checkpoint(model)).changes.get('unet')!
    for (const [tensor, { down }] of changes) {
      // Both files hold the same weights, in other precision.
      const original = `${SINGLE}${called.get(down.name.replace('.lora_down.weight', ''))!}.weight`
      assert.deepEqual(inFolder.get(tensor)!.data, single.get(original)!.data, `${original} is not ${tensor}`)
    }
  })
}

test('a checkpoint in one file takes the same LoRA in the same places', () => {
  const path = fixture('models', 'loras', 'tiny15-kohya.safetensors')
  const [inFolder, inOneFile] = ['tiny15', { file: 'tiny15-single', config: 'tiny15' }].map((name) =>
    changesOf(path, library.checkpoint(name)).map((line) => line.replace('text_model.', '')),
  )
  assert.equal(inFolder!.length, 7)
  assert.deepEqual(inOneFile!.sort(), inFolder!.sort())
})
