import { basename } from 'node:path'
import { ImprintError } from '../../shared/errors.ts'
import { ipAdapterGraph } from '../networks/ip-adapter.ts'
import { adapterReads, type IpAdapterConfig } from '../networks/ip-adapter/config.ts'
import { crossAttentions, unetLayout, type UNetConfig } from '../networks/unet-layout.ts'
import type { StoredTensor } from '../weights/safetensors.ts'
import { openWeightFile } from '../weights/weight-file.ts'
import { openLedger } from '../weights/weights.ts'
import { ADAPTER_PARTS, inferIpAdapter } from './adapter-config.ts'
import { outline, type Outline } from './outline.ts'
import { fileIdentity, type Part } from './part.ts'

/** An IP-Adapter file, opened for one UNet. */
export interface Adapter extends Part<IpAdapterConfig> {
  readonly file: string
}

/** The names of these tensors: FaceID adapters bring low-rank changes of every attention's own projections along. */
export const FACE_LORA = /^ip_adapter\.\d+\.to_(q|k|v|out)_lora\.(down|up)\.weight$/

/** The tensors of an adapter's file under the names of published ones; what training kept beside the adapter is left out. */
export function adapterTensors(file: string): ReadonlyMap<string, StoredTensor> {
  const { tensors } = openWeightFile(file)
  const [published, trained] = ADAPTER_PARTS
  if (!tensors.has(`${trained.layers}1.to_k_ip.weight`)) return tensors
  const renamed = new Map<string, StoredTensor>()
  for (const [name, tensor] of tensors) {
    for (const part of ['projection', 'layers'] as const) {
      if (name.startsWith(trained[part])) renamed.set(published[part] + name.slice(trained[part].length), tensor)
    }
  }
  return renamed
}

/** Whether an adapter was made for UNets of this shape. */
export const fits = (config: IpAdapterConfig, unet: UNetConfig, file: Outline): boolean =>
  config.width === unet.crossAttentionWidth &&
  crossAttentions(unetLayout(unet)).every(
    ({ adapterIndex, width }) => file.shape(`ip_adapter.${adapterIndex}.to_k_ip.weight`)[0] === width,
  )

/** What kind of IP-Adapter a file holds; throws `model-unsupported` when it is none. */
export function readAdapterConfig(file: string): IpAdapterConfig {
  const config = inferIpAdapter(outline(adapterTensors(file)), file)
  if (config) return config
  throw new ImprintError(
    'model-unsupported',
    `${basename(file)} is no IP-Adapter that Imprint knows. Choose another adapter.`,
  )
}

/** Throws `model-unsupported` where an adapter was made for another family than the checkpoint's. */
export function refuseOtherFamily(
  adapter: { readonly name: string; readonly config: IpAdapterConfig },
  checkpoint: { readonly name: string; readonly unet: { readonly config: UNetConfig } },
): void {
  const [made, is] = [adapter.config.width, checkpoint.unet.config.crossAttentionWidth]
  if (made === is) return
  throw new ImprintError(
    'model-unsupported',
    `The adapter "${adapter.name}" was made for ${family(made)}, and "${checkpoint.name}" is of ${family(is)}. Choose an adapter made for ${family(is)}.`,
  )
}

/** A family by the width of the text states its UNet reads. */
export const family = (width: number): string =>
  ({ 768: 'Stable Diffusion 1.5', 1024: 'Stable Diffusion 2', 2048: 'SDXL' })[width] ??
  `a family whose text is ${width} wide`

/**
 * Opens an IP-Adapter file for a UNet and checks that every tensor is used; `featureTokens` rows of features are what it
 * reads of a picture, none where it reads a face alone. Throws `model-invalid` where file and UNet differ.
 */
export function openAdapter(file: string, config: IpAdapterConfig, unet: UNetConfig, featureTokens: number): Adapter {
  const ledger = openLedger(adapterTensors(file), file)
  const layers = crossAttentions(unetLayout(unet))
  ipAdapterGraph(ledger.weights, config, layers, featureTokens, { attention: 'fused' })
  ledger.finish(adapterReads(config).face === undefined ? [] : [FACE_LORA])
  // The full-face adapter makes a token of every row.
  const opened = config.kind === 'full' ? { ...config, tokens: featureTokens } : config
  return { ledger, identity: fileIdentity(file), file, config: opened }
}
