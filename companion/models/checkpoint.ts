import { existsSync } from 'node:fs'
import { basename, join } from 'node:path'
import { ImprintError } from '../../shared/errors.ts'
import { translate } from '../weights/keys/key-map.ts'
import { vaeKeys } from '../weights/keys/vae.ts'
import { openLedger } from '../weights/weights.ts'
import { textKeysValuesGraph, timeGraph } from '../networks/unet-conditioning.ts'
import { unetGraph } from '../networks/unet.ts'
import type { UNetConfig } from '../networks/unet-layout.ts'
import { vaeDecoderGraph, vaeEncoderGraph, type VaeConfig } from '../networks/vae.ts'
import {
  readLatentSide,
  readPipelineConfig,
  readSchedulerConfig,
  readUNetConfig,
  readVaeConfig,
  type SchedulerConfig,
} from './config.ts'
import { readExtras, type Extras } from './extras.ts'
import { configured, openFolderWeights, type Part } from './part.ts'
import { openTextTower, type TextTower } from './text-tower.ts'

/** A whole text-to-picture model, opened and checked, nothing of it in memory but names and places. */
export interface Checkpoint {
  readonly name: string
  readonly folder: string
  readonly family: 'sd15' | 'sdxl'
  /** One text tower, or SDXL's two. */
  readonly towers: readonly [TextTower, ...TextTower[]]
  readonly unet: Part<UNetConfig>
  readonly vae: Part<VaeConfig>
  readonly scheduler: SchedulerConfig
  /** Side in pixels of the pictures it was trained on. */
  readonly pictureSize: number
  /** Whether no negative prompt means states of zeros instead of an empty prompt's (SDXL). */
  readonly zeroNegative: boolean
  readonly extras: Extras
}

/** Pixels per latent, a side: the autoencoder halves the size between its levels. */
export const latentScale = ({ widths }: VaeConfig): number => 2 ** (widths.length - 1)

/** Any size will do to see which tensors a network uses. */
const SMALL = { height: 8, width: 8 }
const OPTIONS = { attention: 'fused' } as const

/**
 * Opens a model folder in diffusers' format and checks it whole: configurations, and that every tensor of every file is
 * used exactly where it should be. Throws `model-invalid` or `model-unsupported` naming file and tensor or field.
 */
export function openCheckpoint(folder: string): Checkpoint {
  const first = openTextTower(join(folder, 'text_encoder'), join(folder, 'tokenizer'))
  const second = existsSync(join(folder, 'text_encoder_2'))
    ? [openTextTower(join(folder, 'text_encoder_2'), join(folder, 'tokenizer_2'))]
    : []
  const unet = openUNet(join(folder, 'unet'))
  const vae = openVae(join(folder, 'vae'))
  const towers = [first, ...second] as const
  refuseMisfits(basename(folder), towers, unet.config)
  return {
    name: basename(folder),
    folder,
    family: unet.config.added ? 'sdxl' : 'sd15',
    towers,
    unet,
    vae,
    ...readFolderSettings(folder, latentScale(vae.config)),
  }
}

/** What a model folder says beside its networks; `scale` is the pixels per latent, a side. */
export function readFolderSettings(
  folder: string,
  scale: number,
): Pick<Checkpoint, 'scheduler' | 'pictureSize' | 'zeroNegative' | 'extras'> {
  return {
    scheduler: readSchedulerConfig(join(folder, 'scheduler', 'scheduler_config.json')),
    pictureSize: readLatentSide(join(folder, 'unet', 'config.json')) * scale,
    zeroNegative: readPipelineConfig(join(folder, 'model_index.json')).zeroNegative,
    extras: readExtras(join(folder, 'imprint.json')),
  }
}

/** Numbers that SDXL tells beside the pooled text: three sizes of two sides each. */
const ADDED_NUMBERS = 6

/** Throws `model-invalid` for parts of different models: the UNet reads text of another width than the towers make. */
export function refuseMisfits(name: string, towers: readonly TextTower[], unet: UNetConfig): void {
  const { crossAttentionWidth, added } = unet
  const width = towers.reduce((sum, { config }) => sum + config.hiddenSize, 0)
  if (width !== crossAttentionWidth)
    throw misfit(name, `reads text ${crossAttentionWidth} wide, its text encoders make ${width}`)
  const pooled = towers.at(-1)?.config.projectionSize ?? 0
  const summary = added && added.width - ADDED_NUMBERS * added.timeWidth
  if (summary !== undefined && summary !== pooled)
    throw misfit(name, `reads a summary of the text ${summary} wide, its last text encoder makes one of ${pooled}`)
}

const misfit = (name: string, what: string): ImprintError =>
  new ImprintError('model-invalid', `${name}: its UNet ${what}. Download the model again.`)

function openUNet(folder: string): Part<UNetConfig> {
  const config = readUNetConfig(join(folder, 'config.json'))
  return checkUNet(configured(openFolderWeights(folder, 'diffusion_pytorch_model'), config), config)
}

function openVae(folder: string): Part<VaeConfig> {
  const config = readVaeConfig(join(folder, 'config.json'))
  const { ledger, ...stored } = openFolderWeights(folder, 'diffusion_pytorch_model')
  // The attention in the middle had other names until 2023, as in Stable Diffusion 1.5's own folder.
  const known = vaeKeys(ledger.tensors.keys())
  const tensors = translate(ledger.tensors, (name) => known(name) ?? [{ name }])
  return checkVae(configured({ ...stored, ledger: openLedger(tensors, folder) }, config), config)
}

/** A UNet whose tensors are all used; throws `model-invalid` naming one that is not, is missing or has another shape. */
export function checkUNet(stored: Omit<Part<never>, 'config'>, config: UNetConfig): Part<UNetConfig> {
  const { weights } = stored.ledger
  timeGraph(weights, config, OPTIONS)
  textKeysValuesGraph(weights, config, 1, OPTIONS)
  unetGraph(weights, config, { ...SMALL, textTokens: 1, imageTokens: [] }, OPTIONS)
  stored.ledger.finish()
  return { ...stored, config }
}

/** An autoencoder whose tensors are all used; throws like {@link checkUNet}. */
export function checkVae(stored: Omit<Part<never>, 'config'>, config: VaeConfig): Part<VaeConfig> {
  const { weights } = stored.ledger
  const side = 8 * latentScale(config)
  vaeDecoderGraph(weights, config, SMALL, OPTIONS)
  vaeEncoderGraph(weights, config, { height: side, width: side }, OPTIONS)
  stored.ledger.finish()
  return { ...stored, config }
}
