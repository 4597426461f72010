import { existsSync } from 'node:fs'
import { basename, join } from 'node:path'
import * as z from 'zod'
import { ImprintError } from '../../shared/errors.ts'
import { recipeSchema } from '../../shared/recipe.ts'
import { clipTextGraph, tokenEmbeddings, type ClipTextConfig } from '../networks/clip-text.ts'
import { textKeysValuesGraph, timeGraph } from '../networks/unet-conditioning.ts'
import { unetGraph } from '../networks/unet.ts'
import type { UNetConfig } from '../networks/unet-layout.ts'
import { vaeDecoderGraph, vaeEncoderGraph, type VaeConfig } from '../networks/vae.ts'
import type { Tokenizer } from '../text/tokenizer.ts'
import {
  readJson,
  readSchedulerConfig,
  readTextConfig,
  readUNetConfig,
  readVaeConfig,
  type SchedulerConfig,
} from './config.ts'
import { openFolderWeights, type Part } from './part.ts'
import { openTokenizer } from './tokenizer-files.ts'

/** A whole text-to-picture model: a diffusers folder, opened and checked, nothing of it in memory but names and places. */
export interface Checkpoint {
  readonly name: string
  readonly folder: string
  readonly text: Part<ClipTextConfig>
  readonly tokenizer: Tokenizer
  readonly unet: Part<UNetConfig>
  readonly vae: Part<VaeConfig>
  readonly scheduler: SchedulerConfig
  /** Side in pixels of the pictures it was trained on. */
  readonly pictureSize: number
  readonly extras: Extras
}

/** Pixels per latent, a side: the autoencoder halves the size between its levels. */
export const latentScale = ({ widths }: VaeConfig): number => 2 ** (widths.length - 1)

const extrasSchema = z.strictObject({
  /** Settings this model does well with. */
  defaults: recipeSchema.pick({ steps: true, guidance: true, sampler: true, spacing: true, sigmas: true }).default({}),
  weight: z.number().optional(),
  /** Previews: a row of red, green and blue for each latent channel, and one for what is added to all. */
  latentToRgb: z
    .array(z.tuple([z.number(), z.number(), z.number()]))
    .length(5)
    .optional(),
})

/** imprint.json beside model_index.json: what diffusers' files have no place for. */
export type Extras = z.infer<typeof extrasSchema>

/** Any size will do to see which tensors a network uses. */
const SMALL = { height: 8, width: 8 }
const OPTIONS = { attention: 'fused' } as const
/** Stored position numbers, which every version of the tower counts for itself. */
const POSITION_IDS = /(^|\.)position_ids$/

/**
 * Opens a model folder in diffusers' format and checks it whole: configurations, and that every tensor of every file is
 * used exactly where it should be. Throws `model-invalid` or `model-unsupported` naming file and tensor or field.
 */
export function openCheckpoint(folder: string): Checkpoint {
  const text = openText(join(folder, 'text_encoder'))
  const unet = openUNet(join(folder, 'unet'))
  const vae = openVae(join(folder, 'vae'))
  if (unet.config.crossAttentionWidth !== text.config.hiddenSize) {
    const widths = `${unet.config.crossAttentionWidth} and ${text.config.hiddenSize}`
    throw new ImprintError(
      'model-invalid',
      `${basename(folder)}: its UNet and text encoder do not fit together (${widths} wide). Download the model again.`,
    )
  }
  const { sample_size: latentSize } = z
    .looseObject({ sample_size: z.number().int().positive().default(64) })
    .parse(readJson(join(folder, 'unet', 'config.json')))
  return {
    name: basename(folder),
    folder,
    text,
    tokenizer: openTokenizer(join(folder, 'tokenizer')),
    unet,
    vae,
    scheduler: readSchedulerConfig(join(folder, 'scheduler', 'scheduler_config.json')),
    pictureSize: latentSize * latentScale(vae.config),
    extras: readExtras(join(folder, 'imprint.json')),
  }
}

function openText(folder: string): Part<ClipTextConfig> {
  const stored = openFolderWeights(folder, 'model')
  const { weights } = stored.ledger
  const declared = readTextConfig(join(folder, 'config.json'))
  const config = weights.has('text_projection.weight') ? declared : { ...declared, projectionSize: undefined }
  tokenEmbeddings(weights, config)
  clipTextGraph(weights, config, 0, OPTIONS)
  stored.ledger.finish([POSITION_IDS])
  return { ...stored, config }
}

function openUNet(folder: string): Part<UNetConfig> {
  const stored = openFolderWeights(folder, 'diffusion_pytorch_model')
  const { weights } = stored.ledger
  const config = readUNetConfig(join(folder, 'config.json'))
  timeGraph(weights, config, OPTIONS)
  textKeysValuesGraph(weights, config, 1, OPTIONS)
  unetGraph(weights, config, { ...SMALL, textTokens: 1, imageTokens: [] }, OPTIONS)
  stored.ledger.finish()
  return { ...stored, config }
}

function openVae(folder: string): Part<VaeConfig> {
  const stored = openFolderWeights(folder, 'diffusion_pytorch_model')
  const { weights } = stored.ledger
  const config = readVaeConfig(join(folder, 'config.json'))
  const side = 8 * latentScale(config)
  vaeDecoderGraph(weights, config, SMALL, OPTIONS)
  vaeEncoderGraph(weights, config, { height: side, width: side }, OPTIONS)
  stored.ledger.finish()
  return { ...stored, config }
}

function readExtras(path: string): Extras {
  if (!existsSync(path)) return extrasSchema.parse({})
  const parsed = extrasSchema.safeParse(readJson(path))
  if (parsed.success) return parsed.data
  throw new ImprintError('model-invalid', `${path}: ${z.prettifyError(parsed.error)}. Correct the file or remove it.`)
}
