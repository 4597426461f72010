import { basename } from 'node:path'
import { ImprintError } from '../../shared/errors.ts'
import { ipAdapterGraph, RESAMPLER_HEAD_WIDTH, type IpAdapterConfig } from '../networks/ip-adapter.ts'
import { crossAttentions, unetLayout, type UNetConfig } from '../networks/unet-layout.ts'
import type { StoredTensor } from '../weights/safetensors.ts'
import { openWeightFile } from '../weights/weight-file.ts'
import { openFiles, type Part } from './part.ts'

/** An IP-Adapter file, opened for one UNet. */
export interface Adapter extends Part<IpAdapterConfig> {
  readonly file: string
}

type Shapes = ReadonlyMap<string, Pick<StoredTensor, 'shape'>>

/** What kind of IP-Adapter a set of tensors is, from its names and shapes alone; undefined when it is none. */
export function recogniseAdapter(tensors: Shapes): IpAdapterConfig | undefined {
  const shape = (name: string) => tensors.get(name)?.shape
  const width = shape('ip_adapter.1.to_k_ip.weight')?.[1]
  if (width === undefined) return undefined
  const projection = shape('image_proj.proj.weight')
  if (projection) {
    return { kind: 'base', tokens: projection[0]! / width, width, features: projection[1]! }
  }
  const latents = shape('image_proj.latents')
  const projectIn = shape('image_proj.proj_in.weight')
  const queries = shape('image_proj.layers.0.0.to_q.weight')
  if (!latents || !projectIn || !queries) return undefined
  let depth = 0
  while (tensors.has(`image_proj.layers.${depth}.0.to_q.weight`)) depth++
  return {
    kind: 'plus',
    tokens: latents[1]!,
    width,
    features: projectIn[1]!,
    inner: latents[2]!,
    heads: queries[0]! / RESAMPLER_HEAD_WIDTH,
    depth,
  }
}

/** Whether an adapter was made for UNets of this shape. */
export const fits = (config: IpAdapterConfig, unet: UNetConfig, tensors: Shapes): boolean =>
  config.width === unet.crossAttentionWidth &&
  crossAttentions(unetLayout(unet)).every(
    ({ adapterIndex, width }) => tensors.get(`ip_adapter.${adapterIndex}.to_k_ip.weight`)?.shape[0] === width,
  )

/** What kind of IP-Adapter a file holds; throws `model-unsupported` when it is none. */
export function readAdapterConfig(file: string): IpAdapterConfig {
  const config = recogniseAdapter(openWeightFile(file).tensors)
  if (config) return config
  throw new ImprintError(
    'model-unsupported',
    `${basename(file)} is no IP-Adapter that Imprint knows. Choose another adapter.`,
  )
}

/**
 * Opens an IP-Adapter file for a UNet and checks that every tensor is used; `featureTokens` rows of features are what it reads.
 * Throws `model-invalid` where file and UNet differ.
 */
export function openAdapter(file: string, config: IpAdapterConfig, unet: UNetConfig, featureTokens: number): Adapter {
  const stored = openFiles([file], file)
  const layers = crossAttentions(unetLayout(unet))
  ipAdapterGraph(stored.ledger.weights, config, layers, featureTokens, { attention: 'fused' })
  stored.ledger.finish()
  return { ...stored, file, config }
}
