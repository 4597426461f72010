import { basename, dirname, extname, join } from 'node:path'
import { ImprintError } from '../../shared/errors.ts'
import type { Tokenizer } from '../text/tokenizer.ts'
import { splitCheckpoint, type CheckpointPart, type SplitCheckpoint } from '../weights/keys/checkpoint.ts'
import { openWeightFile } from '../weights/weight-file.ts'
import { openLedger } from '../weights/weights.ts'
import { checkUNet, checkVae, latentScale, readFolderSettings, refuseMisfits, type Checkpoint } from './checkpoint.ts'
import { readTextConfig, readUNetConfig, readVaeConfig, type SchedulerConfig } from './config.ts'
import { readExtras } from './extras.ts'
import { configured, fileIdentity, type Part } from './part.ts'
import type { Family } from './recognition.ts'
import { inferTextTower, inferUNet, inferVae } from './single-file-configs.ts'
import { checkTextTower, type TextTower } from './text-tower.ts'
import { openClipTokenizer, openTokenizer } from './tokenizer-files.ts'

/** Side in pixels of the pictures the published models of a family were trained on. */
const PICTURE_SIZE: Readonly<Record<Family, number>> = { sd15: 512, sdxl: 1024 }

const TOWERS = {
  textEncoder: { folder: 'text_encoder', tokenizer: 'tokenizer', maker: 'openai', padding: '<|endoftext|>' },
  textEncoder2: { folder: 'text_encoder_2', tokenizer: 'tokenizer_2', maker: 'openclip', padding: '!' },
} as const

const WORDS: Readonly<Record<CheckpointPart, string>> = {
  unet: 'UNet',
  vae: 'autoencoder (VAE)',
  textEncoder: 'text encoder',
  textEncoder2: 'second text encoder',
}

/**
 * Opens a checkpoint kept as one file and checks it whole. Configuration and tokenizers are those of the folder
 * `config`; without one they are what every published model of the family has. Throws `model-invalid` or
 * `model-unsupported` naming the part that is missing, or the tensor that does not fit.
 */
export function openCheckpointFile(path: string, config: string | undefined): Checkpoint {
  const { tensors } = openWeightFile(path)
  const { family, parts } = splitCheckpoint(tensors)
  refuseIncomplete(path, family, parts)
  const stored = (part: CheckpointPart, declared: object) =>
    configured({ ledger: openLedger(parts[part], path), identity: `${fileIdentity(path)}#${part}` }, declared)
  const from = <Config>(folder: string, read: (file: string) => Config, infer: () => Config): Config =>
    config === undefined ? infer() : read(join(config, folder, 'config.json'))

  const tower = (part: keyof typeof TOWERS): TextTower => {
    const { folder, tokenizer, maker, padding } = TOWERS[part]
    const declared = from(folder, readTextConfig, () => inferTextTower(parts[part], maker))
    const words: Tokenizer = config === undefined ? openClipTokenizer(padding) : openTokenizer(join(config, tokenizer))
    return { ...checkTextTower(stored(part, declared), declared), tokenizer: words }
  }
  const towers = [tower('textEncoder'), ...(family === 'sdxl' ? [tower('textEncoder2')] : [])] as const
  const unetConfig = from('unet', readUNetConfig, () => inferUNet(parts.unet, family))
  refuseChannels(path, unetConfig.inChannels)
  const vaeConfig = from('vae', readVaeConfig, () => inferVae(parts.vae, family))
  const unet: Part<typeof unetConfig> = checkUNet(stored('unet', unetConfig), unetConfig)
  const vae: Part<typeof vaeConfig> = checkVae(stored('vae', vaeConfig), vaeConfig)
  const name = basename(path, extname(path))
  refuseMisfits(name, towers, unet.config)
  return {
    name,
    folder: config ?? dirname(path),
    family,
    towers,
    unet,
    vae,
    ...(config === undefined
      ? {
          scheduler: familyScheduler(family, (marker) => tensors.has(marker)),
          pictureSize: PICTURE_SIZE[family],
          zeroNegative: family === 'sdxl',
          extras: readExtras(undefined),
        }
      : readFolderSettings(config, latentScale(vae.config))),
  }
}

function refuseIncomplete(path: string, family: Family, parts: SplitCheckpoint['parts']): void {
  const needed: readonly CheckpointPart[] = [
    'unet',
    'vae',
    'textEncoder',
    ...(family === 'sdxl' ? (['textEncoder2'] as const) : []),
  ]
  const missing = needed.filter((part) => parts[part].size === 0).map((part) => WORDS[part])
  if (missing.length === 0) return
  throw new ImprintError(
    'model-invalid',
    `${basename(path)} holds no ${missing.join(' and no ')}. Use a version of the checkpoint that holds all its parts.`,
  )
}

function refuseChannels(path: string, channels: number): void {
  if (channels === 4 || channels === 9) return
  throw new ImprintError(
    'model-unsupported',
    `${basename(path)} has a UNet that takes ${channels} channels, which Imprint does not run from one file. Choose another checkpoint.`,
  )
}

/** What the published models of a family come with; models trained on velocities say so by a tensor of that name. */
function familyScheduler(family: Family, has: (marker: string) => boolean): SchedulerConfig {
  const zeroSnr = has('ztsnr')
  return {
    trainSteps: 1000,
    betaStart: 0.00085,
    betaEnd: 0.012,
    stepsOffset: 1,
    alphaToOne: false,
    zeroSnr,
    prediction: has('v_pred') ? 'v_prediction' : 'epsilon',
    sampler: family === 'sd15' ? 'pndm' : 'euler',
    clip: Infinity,
    // A model trained down to noise alone has to start there; Stable Diffusion 1.5's own file leaves it to the sampler.
    spacing: zeroSnr ? 'trailing' : family === 'sdxl' ? 'leading' : undefined,
    sigmas: undefined,
  }
}
