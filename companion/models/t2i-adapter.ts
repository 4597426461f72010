import { ImprintError } from '../../shared/errors.ts'
import { t2iAdapterGraph, type T2iAdapterConfig } from '../networks/t2i-adapter.ts'
import { addedOnWayDown } from '../networks/unet-layout.ts'
import { translate } from '../weights/keys/key-map.ts'
import { t2iAdapterKeys } from '../weights/keys/t2i-adapter.ts'
import type { StoredTensor } from '../weights/safetensors.ts'
import { openLedger } from '../weights/weights.ts'
import type { ModelEntry } from './catalog.ts'
import type { Checkpoint } from './checkpoint.ts'
import { openFiles, openFolderWeights, type Part } from './part.ts'

/** A T2I-Adapter, opened and checked. */
export interface T2iAdapter extends Part<T2iAdapterConfig> {
  readonly kind: 't2i-adapter'
  readonly name: string
}

/** Any size will do to see which tensors a network uses, and whether its features have room in a UNet. */
const SIZE = { height: 32, width: 32 }
const OPTIONS = { attention: 'fused' } as const

/** What the first convolution reads: the pixels of squares, in three colours or in grey. */
const SQUARES = [8, 16] as const
const CHANNELS = [1, 3] as const

/** Which features are half as large as the one before, by the square's side: SDXL's first halving lies in its squares. */
const HALVES = { 8: [false, true, true, true], 16: [false, false, true, false] } as const

/**
 * Opens a T2I-Adapter, a folder in diffusers' format or one file in original or diffusers' names, and checks that every tensor
 * is used; sizes are read off the tensors. Throws `model-invalid` or `model-unsupported` naming file and tensor.
 */
export function openT2iAdapter({ name, path, isFolder }: Pick<ModelEntry, 'name' | 'path' | 'isFolder'>): T2iAdapter {
  const stored = isFolder ? openFolderWeights(path, 'diffusion_pytorch_model') : openFiles([path], path)
  const named = translate(stored.ledger.tensors, t2iAdapterKeys)
  const config = inferT2iAdapter(named)
  if (!config)
    throw new ImprintError(
      'model-unsupported',
      `The T2I-Adapter "${name}" reads pictures in a way that Imprint does not know. Choose another.`,
    )
  const ledger = openLedger(named, path)
  t2iAdapterGraph(ledger.weights, config, SIZE, OPTIONS)
  ledger.finish()
  return { kind: 't2i-adapter', name, ledger, identity: stored.identity, config }
}

/** The configuration that these tensors, under their short names, belong to; undefined where it is none of the published ones. */
function inferT2iAdapter(tensors: ReadonlyMap<string, StoredTensor>): T2iAdapterConfig | undefined {
  const [, read] = tensors.get('conv_in.weight')?.shape ?? []
  const resnet = (i: number, j: number) => tensors.get(`body.${i}.resnets.${j}.block1.weight`)
  for (const square of SQUARES) {
    for (const channels of CHANNELS) {
      if (read !== channels * square * square) continue
      const halves = HALVES[square]
      const widths = halves.map((_, i) => resnet(i, 0)?.shape[0] ?? 0)
      let resnets = 0
      while (resnet(0, resnets)) resnets++
      return { channels, square, widths, halves, resnets }
    }
  }
  return undefined
}

/** Throws `model-unsupported` where an adapter's features have no room in the checkpoint's UNet. */
export function refuseOtherWayDown(
  { name, ledger, config }: Pick<T2iAdapter, 'name' | 'ledger' | 'config'>,
  checkpoint: { readonly name: string; readonly unet: { readonly config: Checkpoint['unet']['config'] } },
): void {
  const room = addedOnWayDown(checkpoint.unet.config, SIZE)
  const { outputs } = t2iAdapterGraph(ledger.weights, config, SIZE, OPTIONS)
  const fits = [...outputs.values()].every(({ shape }, i) => shape.join() === room[i]?.shape.join())
  if (fits) return
  throw new ImprintError(
    'model-unsupported',
    `The T2I-Adapter "${name}" was made for another UNet than that of "${checkpoint.name}". Choose one made for its family.`,
  )
}
