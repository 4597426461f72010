import { basename } from 'node:path'
import { ImprintError } from '../../shared/errors.ts'
import { taesdDecoderConfig, taesdDecoderGraph, type TaesdConfig } from '../networks/taesd.ts'
import { openLedger } from '../weights/weights.ts'
import type { ModelEntry } from './catalog.ts'
import type { Checkpoint } from './checkpoint.ts'
import { openFiles, openFolderWeights, type Part } from './part.ts'

/** The other half, which nothing here needs. */
const ENCODER = /^(encoder|taesd_encoder)\./

/**
 * The tiny decoder for a checkpoint's latents: those for Stable Diffusion 1.5 and for SDXL have the same shapes, so that
 * "xl" in the name or in a folder's name has to tell them apart. Throws `model-missing`.
 */
export function taesdFor(entries: readonly ModelEntry[], { family }: Pick<Checkpoint, 'family'>): ModelEntry {
  const decoders = entries.filter(({ role, variant }) => role === 'taesd' && variant !== 'encoder')
  const fitting = decoders.find(({ place }) => /xl/i.test(place) === (family === 'sdxl'))
  if (fitting) return fitting
  const [made, called] =
    family === 'sdxl' ? ['SDXL', 'with "xl" in its name'] : ['Stable Diffusion 1.5', 'without "xl" in its name']
  throw new ImprintError(
    'model-missing',
    `There is no TAESD decoder for ${made} in the models folder; its content does not tell what it is for. Put one there, ${called}, or use the decoder "vae".`,
  )
}

/** Opens a TAESD decoder, alone or beside its encoder, in any naming; throws `model-invalid` naming a tensor that does not fit. */
export function openTaesd({ path, isFolder }: Pick<ModelEntry, 'path' | 'isFolder'>): Part<TaesdConfig> {
  const { ledger: stored, identity } = isFolder
    ? openFolderWeights(path, 'diffusion_pytorch_model')
    : openFiles([path], path)
  const { tensors } = stored
  const config = taesdDecoderConfig(tensors)
  if (!config)
    throw new ImprintError('model-invalid', `${basename(path)} holds no whole TAESD decoder. Download it again.`)
  const ledger = openLedger(tensors, path)
  taesdDecoderGraph(ledger.weights, config, { height: 8, width: 8 }, { attention: 'fused' })
  ledger.finish([ENCODER])
  return { ledger, config, identity }
}
