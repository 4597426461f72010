import { basename } from 'node:path'
import { ImprintError } from '../../../shared/errors.ts'
import type { StoredTensor } from '../safetensors.ts'
import { clipTextKeys, openClipTextKeys } from './clip.ts'
import { translate, type KeyMap } from './key-map.ts'
import { unetKeys } from './unet.ts'
import { vaeKeys } from './vae.ts'

type Tensors = ReadonlyMap<string, StoredTensor>

/** The networks of a checkpoint kept as one file. */
export type CheckpointPart = 'unet' | 'vae' | 'textEncoder' | 'textEncoder2'

/** A checkpoint of one file taken apart: each network's tensors under diffusers' names, where they lie. */
export interface SplitCheckpoint {
  readonly family: 'sd15' | 'sdxl'
  /** A part that the file lacks is an empty map; SD1.5 has no second text encoder at all. */
  readonly parts: Readonly<Record<CheckpointPart, Tensors>>
  /** Tensors no network needs, each with the reason. */
  readonly ignored: readonly string[]
}

/** What each beginning of a name stands for, and how the rest is called there. */
const BEGINNINGS: readonly (readonly [
  beginning: RegExp,
  part: CheckpointPart,
  keys: (names: Iterable<string>) => KeyMap,
])[] = [
  [/^(model\.)?diffusion_model\./, 'unet', () => unetKeys],
  [/^unet\./, 'unet', () => unetKeys],
  // Some programs leave the beginning out: then the part is known by its modules, which keep their whole names.
  [/^(?=(input_blocks|middle_block|output_blocks|time_embed|label_emb|out)\.)/, 'unet', () => unetKeys],
  [
    /^(?=(down_blocks|mid_block|up_blocks|time_embedding|add_embedding|conv_in|conv_norm_out|conv_out)\.)/,
    'unet',
    () => unetKeys,
  ],
  [/^(first_stage_model|vae)\./, 'vae', vaeKeys],
  [/^(?=(encoder|decoder|quant_conv|post_quant_conv)\.)/, 'vae', vaeKeys],
  [/^cond_stage_model\.transformer\./, 'textEncoder', () => clipTextKeys],
  [/^conditioner\.embedders\.0\.transformer\./, 'textEncoder', () => clipTextKeys],
  [/^text_encoder\./, 'textEncoder', () => clipTextKeys],
  [/^(?=text_model\.)/, 'textEncoder', () => clipTextKeys],
  [/^conditioner\.embedders\.1\.model\./, 'textEncoder2', () => openClipTextKeys],
  [/^text_encoder_2\./, 'textEncoder2', () => clipTextKeys],
]

/** What lies in such files beside the networks, and why nobody needs it. */
const IGNORED: readonly (readonly [name: RegExp, reason: string])[] = [
  [/^model_ema\./, 'an averaged copy of the weights'],
  [/^(safety_checker|feature_extractor)\./, 'the safety checker'],
  [/position_ids$/, 'positions, which are counted anew'],
  [/logit_scale$/, 'a factor that only training uses'],
  [/^first_stage_model\.(loss\.|model_ema\.)/, 'what only training uses'],
  [/^(betas|alphas_cumprod|alphas_cumprod_prev|logvar|lvlb_weights|scale_factor)$/, 'the noise schedule'],
  [/^(sqrt_|log_one_minus_|posterior_)\w+$/, 'the noise schedule'],
  [/^denoiser\.(sigmas|log_sigmas)$/, 'the noise schedule'],
  [/^(v_pred|ztsnr)$/, 'a marker of the kind of prediction'],
]

/**
 * Takes a checkpoint of one file apart, original or diffusers' names. Throws `model-unsupported` naming the tensor that
 * belongs to no part of it, or the family that Imprint does not run.
 */
export function splitCheckpoint(tensors: Tensors): SplitCheckpoint {
  const family = checkpointFamily(tensors)
  const stored = new Map<(typeof BEGINNINGS)[number], Map<string, StoredTensor>>()
  const ignored: string[] = []
  for (const [name, tensor] of tensors) {
    const reason = IGNORED.find(([pattern]) => pattern.test(name))?.[1]
    const place = BEGINNINGS.find(([beginning]) => beginning.test(name))
    if (reason !== undefined) ignored.push(`${name}: ${reason}`)
    else if (place) {
      const rest = stored.get(place) ?? new Map<string, StoredTensor>()
      stored.set(place, rest.set(name.replace(place[0], ''), tensor))
    } else throw unsupported(tensor, `the tensor "${name}" belongs to no part of a checkpoint`)
  }
  const parts: Record<CheckpointPart, Map<string, StoredTensor>> = {
    unet: new Map(),
    vae: new Map(),
    textEncoder: new Map(),
    textEncoder2: new Map(),
  }
  for (const [[, part, keys], found] of stored) {
    const [any] = found.values()
    if (parts[part].size > 0) throw unsupported(any!, `"${any!.name}" is of a network that it holds twice`)
    parts[part] = translate(found, keys(found.keys()))
  }
  return { family, parts, ignored }
}

/** The family a checkpoint of one file belongs to; throws `model-unsupported` for one that Imprint does not run. */
function checkpointFamily(tensors: Tensors): SplitCheckpoint['family'] {
  const names = [...tensors.keys()]
  for (const [prefix, what] of OTHER_FAMILIES) {
    const name = names.find((tensor) => tensor.startsWith(prefix))
    if (name !== undefined) throw unsupported(tensors.get(name)!, what)
  }
  return names.some((name) => SDXL.test(name)) ? 'sdxl' : 'sd15'
}

/** A second text encoder, or a UNet that is told the picture's sizes. */
const SDXL =
  /^(conditioner\.embedders\.1|text_encoder_2|((model\.)?diffusion_model\.)?label_emb|(unet\.)?add_embedding)\./

const OTHER_FAMILIES = [
  ['conditioner.embedders.0.model.', 'it is an SDXL refiner, which Imprint does not run'],
  ['cond_stage_model.model.', 'it is Stable Diffusion 2, which Imprint does not run'],
  ['edm_mean', 'it is Playground 2.5, which Imprint does not run'],
] as const

const unsupported = ({ file }: StoredTensor, what: string): ImprintError =>
  new ImprintError('model-unsupported', `${basename(file)} cannot be used: ${what}. Choose another checkpoint.`)
