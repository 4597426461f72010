import type { Outline } from './outline.ts'
import { useless, type Family, type Found } from './recognition.ts'

/** How low-rank changes are written, by what their tensors are called; what is rarer comes first. */
const KINDS: readonly (readonly [variant: string, name: RegExp])[] = [
  ['dora', /\.(dora_scale|lora_magnitude_vector(\.weight)?)$/],
  ['loha', /\.hada_w1_a$/],
  ['lokr', /\.lokr_w1(_a)?$/],
  ['oft', /\.oft_(blocks|diag)$/],
  ['kohya', /^lora_\w+\.lora_(up|down)\.weight$/],
  ['peft', /\.lora_[AB](\.\w+)?\.weight$/],
  ['diffusers', /(_lora|\.lora|\.lora_linear_layer)\.(up|down)\.weight$/],
]

const OTHER_FAMILIES =
  /(double_blocks|single_blocks|joint_blocks|single_transformer_blocks)[._]|^transformer\.|^lora_te3_/
const CONTROL = /^lora_controlnet$/

/** The matrix that reads text states, whose width tells the family. */
const READS_TEXT =
  /attn2[._](processor\.)?to_[kv](_lora|\.lora)?\.(lora_down|lora_A(\.\w+)?|down)(\.weight)?$|attn2_to_[kv]\.(hada_w1_b|lokr_w2_b)$/
const WIDTHS: Readonly<Record<number, Family>> = { 768: 'sd15', 2048: 'sdxl' }
const SD2_WIDTH = 1024

/** Only SDXL has a second text encoder and more than one transformer block in a row. */
const SDXL = /^(lora_te2_|text_encoder_2\.)|transformer_blocks[._][1-9]/
/** Only SD1.5 has one text encoder by itself, a fourth level, or attention in the first. */
const SD15 =
  /^lora_te_|(down|up)_blocks[._]3[._]|down_blocks[._]0[._]attentions|input_blocks[._][12][._]1|output_blocks[._](9|1\d)[._]/

/** A LoRA, how it is written, and the family it was made for. */
export function recogniseLora(file: Outline): Found | undefined {
  const variant = KINDS.find(([, name]) => file.find(name) !== undefined)?.[0]
  if (variant === undefined) return undefined
  if (file.find(CONTROL) !== undefined) return useless('it is a Control-LoRA, which Imprint cannot use')
  if (file.find(OTHER_FAMILIES) !== undefined)
    return useless('it is a LoRA for a family of models that Imprint does not run')
  const reader = file.find(READS_TEXT)
  const width = reader === undefined ? undefined : file.shape(reader)[1]
  if (width === SD2_WIDTH) return useless('it is a LoRA for Stable Diffusion 2, which Imprint does not run')
  const family = (width === undefined ? undefined : WIDTHS[width]) ?? familyByPlaces(file)
  return { role: 'lora', ...(family && { family }), variant }
}

function familyByPlaces(file: Outline): Family | undefined {
  if (file.find(SDXL) !== undefined) return 'sdxl'
  return file.find(SD15) === undefined ? undefined : 'sd15'
}
