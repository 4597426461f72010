import type { Outline } from './outline.ts'
import { useless, type Family, type Found } from './recognition.ts'

type Metadata = Readonly<Record<string, string>>

const SD2_WIDTH = 1024
const REFINER_WIDTH = 1280

/** Where a checkpoint of one file keeps its networks, in the two ways of naming. */
const UNET_PREFIXES = ['model.diffusion_model.', 'unet.', 'diffusion_model.', ''] as const
const TEXT = /^(cond_stage_model|conditioner\.embedders\.\d|text_encoder|text_model)\./
const SECOND_TEXT = /^(conditioner\.embedders\.1|text_encoder_2)\./
const VAE = /^(first_stage_model|vae|decoder)\./

/** A whole checkpoint in one file, or a UNet by itself. */
export function recogniseDiffusion(file: Outline, metadata: Metadata): Found | undefined {
  const prefix = UNET_PREFIXES.find((beginning) => unetInput(file, beginning) !== undefined)
  if (prefix === undefined) return undefined
  if (file.find(/motion_modules\./) !== undefined) return useless('it is a model for films, which Imprint does not run')
  const family = unetFamily(file, prefix)
  if (typeof family !== 'string') return family
  const variant = unetVariant(file, prefix, metadata)
  if (variant === undefined) return useless('its UNet takes pictures in a way that Imprint does not know')
  const has = { text: file.find(TEXT) !== undefined, vae: file.find(VAE) !== undefined }
  if (!has.text && !has.vae) return { role: 'unet', family, variant }
  const text = has.text && (family === 'sd15' || variant === 'refiner' || file.find(SECOND_TEXT) !== undefined)
  const missing = [...(text ? [] : ['a text encoder']), ...(has.vae ? [] : ['an autoencoder (VAE)'])]
  return { role: 'checkpoint', family, variant, ...(missing.length > 0 && { missing }) }
}

/** The first convolution's name, original or diffusers', where there is also a way up: a ControlNet has none. */
function unetInput(file: Outline, prefix: string): string | undefined {
  if (file.has(`${prefix}output_blocks.0.0.in_layers.0.weight`)) return `${prefix}input_blocks.0.0.weight`
  return file.has(`${prefix}up_blocks.0.resnets.0.conv1.weight`) && file.has(`${prefix}time_embedding.linear_1.weight`)
    ? `${prefix}conv_in.weight`
    : undefined
}

function unetFamily(file: Outline, prefix: string): Family | Found {
  const reader = file.names.find((name) => name.startsWith(prefix) && name.endsWith('attn2.to_k.weight'))
  if (reader === undefined) return useless('it is a diffusion model that reads no text')
  if (addsToTime(file, prefix)) return 'sdxl'
  return file.shape(reader)[1] === SD2_WIDTH ? useless('it is Stable Diffusion 2, which Imprint does not run') : 'sd15'
}

/** SDXL is told the picture's sizes beside the time. */
const addsToTime = (file: Outline, prefix: string): boolean =>
  file.has(`${prefix}label_emb.0.0.weight`) || file.has(`${prefix}add_embedding.linear_1.weight`)

/** By the channels it takes, by the width of its text, and by the marks that training programs leave. */
function unetVariant(file: Outline, prefix: string, metadata: Metadata): string | undefined {
  const [, channels = 0] = file.shape(unetInput(file, prefix)!)
  const kind = CHANNELS[channels]
  if (kind !== 'base') return kind
  const reader = file.names.find((name) => name.startsWith(prefix) && name.endsWith('attn2.to_k.weight'))!
  if (file.shape(reader)[1] === REFINER_WIDTH) return 'refiner'
  const told = metadata['modelspec.prediction_type'] ?? metadata['modelspec.predict_key']
  return file.has('v_pred') || told === 'v' ? 'v-prediction' : 'base'
}

/** Latents; or latents, a masked picture's latents and the mask. */
const CHANNELS: Readonly<Record<number, string>> = { 4: 'base', 9: 'inpaint' }

/** A ControlNet, original or diffusers' names. */
export function recogniseControlNet(file: Outline): Found | undefined {
  const prefix = ['control_model.', 'controlnet.', ''].find(
    (beginning) =>
      file.has(`${beginning}input_hint_block.0.weight`) ||
      file.has(`${beginning}controlnet_cond_embedding.conv_in.weight`),
  )
  if (prefix === undefined) return undefined
  if (file.find(/\.(lora_)?(up|down)(\.weight)?$/) !== undefined)
    return useless('it is a Control-LoRA, which Imprint cannot use')
  if (file.find(/task_embedding|control_add_embedding/) !== undefined)
    return useless('it is a ControlNet for many kinds of pictures at once, which Imprint cannot use')
  // The small ones for SDXL read no text at all.
  const family = addsToTime(file, prefix) ? 'sdxl' : unetFamily(file, prefix)
  return typeof family === 'string' ? { role: 'controlnet', family } : family
}
