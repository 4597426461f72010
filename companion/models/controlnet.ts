import { join } from 'node:path'
import { ImprintError } from '../../shared/errors.ts'
import {
  controlHintGraph,
  controlKeysValuesGraph,
  controlNetGraph,
  controlTimeGraph,
  type ControlNetConfig,
} from '../networks/controlnet.ts'
import { translate } from '../weights/keys/key-map.ts'
import { controlNetKeys } from '../weights/keys/unet.ts'
import type { StoredTensor } from '../weights/safetensors.ts'
import { openWeightFile } from '../weights/weight-file.ts'
import { openLedger } from '../weights/weights.ts'
import { family } from './adapter.ts'
import type { ModelEntry } from './catalog.ts'
import type { Checkpoint } from './checkpoint.ts'
import { readControlNetConfig } from './config.ts'
import { configured, fileIdentity, openFolderWeights, type Part } from './part.ts'
import { inferControlNet } from './single-file-configs.ts'

/** A ControlNet, opened and checked. */
export interface ControlNet extends Part<ControlNetConfig> {
  readonly kind: 'controlnet'
  readonly name: string
}

/** Where one file keeps it: the first ones stand beside a UNet that is not theirs to use. */
const PREFIXES = ['control_model.', 'controlnet.', ''] as const

/** Any size will do to see which tensors a network uses. */
const SMALL = { height: 8, width: 8 }
const OPTIONS = { attention: 'fused' } as const

/**
 * Opens a ControlNet, a folder in diffusers' format or one file in original or diffusers' names, and checks that every
 * tensor is used. Throws `model-invalid` or `model-unsupported` naming file and tensor or field.
 */
export function openControlNet({ name, path, isFolder }: Pick<ModelEntry, 'name' | 'path' | 'isFolder'>): ControlNet {
  const { config, ...stored } = isFolder ? openFolder(path) : openFile(path)
  const { weights } = stored.ledger
  controlTimeGraph(weights, config, OPTIONS)
  controlKeysValuesGraph(weights, config, 1, OPTIONS)
  controlHintGraph(weights, config, SMALL, OPTIONS)
  controlNetGraph(weights, config, { ...SMALL, tokens: 1 }, OPTIONS)
  stored.ledger.finish()
  return { kind: 'controlnet', ...stored, name, config }
}

function openFolder(path: string): Part<ControlNetConfig> {
  const config = readControlNetConfig(join(path, 'config.json'))
  return { ...configured(openFolderWeights(path, 'diffusion_pytorch_model'), config), config }
}

function openFile(path: string): Part<ControlNetConfig> {
  const { tensors } = openWeightFile(path)
  const prefix = PREFIXES.find((beginning) => [...tensors.keys()].some((name) => name.startsWith(beginning)))!
  const own = new Map<string, StoredTensor>()
  for (const [name, tensor] of tensors) if (name.startsWith(prefix)) own.set(name.slice(prefix.length), tensor)
  const named = translate(own, controlNetKeys)
  const config = inferControlNet(named, named.has('add_embedding.linear_1.weight') ? 'sdxl' : 'sd15')
  return { ledger: openLedger(named, path), identity: fileIdentity(path), config }
}

/** Throws `model-unsupported` where a ControlNet steers UNets of another shape than the checkpoint's. */
export function refuseOtherUNet(
  { name, config }: Pick<ControlNet, 'name' | 'config'>,
  checkpoint: { readonly name: string; readonly unet: { readonly config: Checkpoint['unet']['config'] } },
): void {
  const unet = checkpoint.unet.config
  // Nothing says how wide the text is of one that reads none.
  const reads = config.crossAttentionWidth
  if (reads !== 0 && reads !== unet.crossAttentionWidth)
    throw new ImprintError(
      'model-unsupported',
      `The ControlNet "${name}" was made for ${family(reads)}, and "${checkpoint.name}" is of ${family(unet.crossAttentionWidth)}. Choose a ControlNet made for ${family(unet.crossAttentionWidth)}.`,
    )
  const alike =
    config.widths.join() === unet.widths.join() &&
    config.layersPerBlock === unet.layersPerBlock &&
    config.added?.width === unet.added?.width
  if (alike) return
  throw new ImprintError(
    'model-unsupported',
    `The ControlNet "${name}" was made for a UNet of other sizes than that of "${checkpoint.name}". Choose another ControlNet.`,
  )
}
