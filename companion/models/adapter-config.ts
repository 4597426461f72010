import { basename } from 'node:path'
import type { IpAdapterConfig } from '../networks/ip-adapter/config.ts'
import { PERCEIVER_HEAD_WIDTH } from '../networks/ip-adapter/perceiver.ts'
import type { Outline } from './outline.ts'

/** Where an adapter file keeps its two parts: as published, or as training leaves them. */
export const ADAPTER_PARTS = [
  { projection: 'image_proj.', layers: 'ip_adapter.' },
  { projection: 'image_proj_model.', layers: 'adapter_modules.' },
] as const

/** Tokens of the full-face adapter's published encoder: 16 x 16 patches and the class token. */
const FULL_TOKENS = 257

/** A face embedding's width; no picture encoder makes features of that width. */
const FACE_WIDTH = 512

/** Nothing in a file tells FaceID PlusV2 from Plus but what it is called. */
const PLUS_V2 = /plus[-_]?v2/i

/**
 * The configuration of the IP-Adapter that a file's tensors are, from their names and shapes, and for FaceID PlusV2 the
 * file's own name; undefined when they are none.
 */
export function inferIpAdapter(file: Outline, path: string): IpAdapterConfig | undefined {
  const parts = ADAPTER_PARTS.find(({ layers }) => file.has(`${layers}1.to_k_ip.weight`))
  if (!parts) return undefined
  const [, width] = file.shape(`${parts.layers}1.to_k_ip.weight`)
  const config = width && projectionConfig(file.below(parts.projection), width, PLUS_V2.test(basename(path)))
  return config && isWhole(config) ? config : undefined
}

/** A damaged or foreign file may have any shapes; what is counted in tokens and heads must come out even. */
const isWhole = (config: IpAdapterConfig): boolean =>
  Object.values(config).every((value) => typeof value === 'string' || (Number.isInteger(value) && value > 0))

/** In this order: what tells a later kind is there in an earlier one too. */
function projectionConfig(projection: Outline, width: number, plusV2: boolean): IpAdapterConfig | undefined {
  const [rows = 0, columns = 0] = projection.shape('proj.weight')
  if (rows) return { kind: 'base', tokens: rows / width, width, features: columns }
  if (projection.has('proj.3.weight')) {
    return { kind: 'full', tokens: FULL_TOKENS, width, features: projection.shape('proj.0.weight')[1] ?? 0 }
  }
  if (projection.has('perceiver_resampler.proj_in.weight')) {
    const states = projection.below('perceiver_resampler.')
    const kind = plusV2 ? 'faceid-plusv2' : 'faceid-plus'
    return {
      kind,
      ...faceTokens(projection, width),
      ...perceiver(states),
      features: columnsOf(states, 'proj_in.weight'),
    }
  }
  if (projection.has('proj.0.weight')) return { kind: 'faceid', ...faceTokens(projection, width) }
  const [, tokens = 0, inner = 0] = projection.shape('latents')
  if (!tokens) return undefined
  const reads = columnsOf(projection, 'proj_in.weight')
  const queries = { tokens, width, inner, ...perceiver(projection) }
  return reads === FACE_WIDTH
    ? { kind: 'instantid', ...queries, faceWidth: reads }
    : { kind: 'plus', ...queries, features: reads }
}

const columnsOf = (file: Outline, name: string): number => file.shape(name)[1] ?? 0

function faceTokens(projection: Outline, width: number) {
  const [faceInner = 0, faceWidth = 0] = projection.shape('proj.0.weight')
  const [rows = 0] = projection.shape('proj.2.weight')
  return { tokens: rows / width, width, faceWidth, faceInner }
}

function perceiver(file: Outline) {
  let depth = 0
  while (file.has(`layers.${depth}.0.to_q.weight`)) depth++
  return { heads: (file.shape('layers.0.0.to_q.weight')[0] ?? 0) / PERCEIVER_HEAD_WIDTH, depth }
}
