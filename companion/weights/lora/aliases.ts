import { originalUNetNames } from '../keys/unet.ts'

/** The networks that LoRAs change, as diffusers names them. */
export type LoraPart = 'unet' | 'text_encoder' | 'text_encoder_2'

/**
 * All that LoRA files call a module of a network, given by its path in diffusers' or Hugging Face's names. Names written with
 * underscores cannot be read back, so they are made here and looked up.
 */
export function aliases(part: LoraPart, module: string): readonly string[] {
  const modules = part === 'unet' ? unetModules(module) : towerModules(module)
  return [...new Set(modules.flatMap((name) => [...dotted(part, name), ...underscored(part, name)]))]
}

/** Files of attention processors alone name no network; what PEFT itself saves is a wrapped one. */
const DOTTED: Readonly<Record<LoraPart, readonly string[]>> = {
  unet: ['unet.', '', 'base_model.model.'],
  text_encoder: ['text_encoder.'],
  text_encoder_2: ['text_encoder_2.'],
}

const UNDERSCORED: Readonly<Record<LoraPart, readonly string[]>> = {
  unet: ['lora_unet_'],
  text_encoder: ['lora_te_', 'lora_te1_'],
  text_encoder_2: ['lora_te2_'],
}

const dotted = (part: LoraPart, module: string): string[] => DOTTED[part].map((prefix) => prefix + module)

const underscored = (part: LoraPart, module: string): string[] =>
  UNDERSCORED[part].map((prefix) => prefix + module.replaceAll('.', '_'))

/** Original names; and older diffusers, where what projects belonged to the attention's processor. */
function unetModules(module: string): string[] {
  const [, attention, projection] = /^(.*\.attn[12])\.(to_[qkv]|to_out\.0)$/.exec(module) ?? []
  const short = projection === undefined ? [] : [projection, projection.replace(/\.0$/, '')]
  return [
    module,
    ...originalUNetNames(module),
    ...short.flatMap((name) => [`${attention}.${name}`, `${attention}.processor.${name}`]),
  ]
}

/** Some files leave `text_model` out; older diffusers called projections what the UNet's are called. */
function towerModules(module: string): string[] {
  const bare = module.replace(/^text_model\./, '')
  return [bare, bare.replace(/self_attn\.([qkv])_proj$/, 'self_attn.to_$1').replace(/out_proj$/, 'to_out')].flatMap(
    (name) => [`text_model.${name}`, name],
  )
}
