import { attention, layerNorm, linear } from '../graph/nn.ts'
import { Graph, type GraphOptions, type Value } from '../graph/graph.ts'
import { add, concat, gelu, reshape, split } from '../graph/ops.ts'
import type { Weights } from '../weights/weights.ts'
import type { CrossAttention } from './unet-layout.ts'

/**
 * IP-Adapter (Ye et al. 2023, arXiv:2308.06721): a projection network turns CLIP features of a picture into image tokens,
 * and every cross-attention of the UNet gets a key and a value projection of its own for them.
 */
export type IpAdapterConfig = {
  /** Image tokens per picture. */
  readonly tokens: number
  /** Width of a token: the UNet's cross-attention width. */
  readonly width: number
  /** Width of the CLIP features it reads. */
  readonly features: number
} & (
  | { readonly kind: 'base' }
  | { readonly kind: 'plus'; readonly inner: number; readonly heads: number; readonly depth: number }
)

/** Width of a head of the Resampler; fixed in the published code, the number of heads varies. */
export const RESAMPLER_HEAD_WIDTH = 64
const LAYER_NORM_EPS = 1e-5

/** CLIP features to image tokens.  base: [1, p], plus: [n, d] -> [tokens, width] */
export function imageProjection(features: Value, w: Weights, config: IpAdapterConfig): Value {
  return config.kind === 'base' ? linearProjection(features, w, config) : resampler(features, w, config)
}

/** ImageProjModel: one linear layer, reshaped to tokens, and a norm.  [1, p] -> [tokens, width] */
function linearProjection(embeds: Value, w: Weights, { tokens, width }: IpAdapterConfig): Value {
  const flat = linear(embeds, w.at('proj'), { out: tokens * width, bias: true }) // [1, tokens · width]
  return layerNorm(reshape(flat, [tokens, width]), w.at('norm'), { eps: LAYER_NORM_EPS })
}

type PlusConfig = Extract<IpAdapterConfig, { kind: 'plus' }>

/**
 * Resampler of IP-Adapter Plus (a Perceiver, arXiv:2103.03206): learned queries read the penultimate CLIP states.
 * [n, d] -> [tokens, width]
 */
function resampler(states: Value, w: Weights, config: PlusConfig): Value {
  const { tokens, width, inner, depth } = config
  const x = linear(states, w.at('proj_in'), { out: inner, bias: true }) // [n, inner]
  let latents = states.graph.weight(w.get('latents', [1, tokens, inner]), [tokens, inner])
  for (let i = 0; i < depth; i++) {
    latents = add(latents, perceiverAttention(x, latents, w.at('layers', i, 0), config))
    latents = add(latents, feedForward(latents, w.at('layers', i, 1), config))
  }
  const out = linear(latents, w.at('proj_out'), { out: width, bias: true })
  return layerNorm(out, w.at('norm_out'), { eps: LAYER_NORM_EPS })
}

/** Queries attend to the picture and to themselves, the picture first.  x [n, inner], latents [tokens, inner] */
function perceiverAttention(x: Value, latents: Value, w: Weights, { inner, heads }: PlusConfig): Value {
  const attentionWidth = heads * RESAMPLER_HEAD_WIDTH
  const normal = layerNorm(latents, w.at('norm2'), { eps: LAYER_NORM_EPS })
  const q = linear(normal, w.at('to_q'), { out: attentionWidth, bias: false })
  const context = concat([layerNorm(x, w.at('norm1'), { eps: LAYER_NORM_EPS }), normal], 0) // [n + tokens, inner]
  const [k, v] = split(linear(context, w.at('to_kv'), { out: 2 * attentionWidth, bias: false }), 1, 2)
  return linear(attention(q, k!, v!, { heads }), w.at('to_out'), { out: inner, bias: false })
}

function feedForward(x: Value, w: Weights, { inner }: PlusConfig): Value {
  const normal = layerNorm(x, w.at('0'), { eps: LAYER_NORM_EPS })
  return linear(gelu(linear(normal, w.at('1'), { out: 4 * inner, bias: false })), w.at('3'), {
    out: inner,
    bias: false,
  })
}

/**
 * Features of one picture to what the UNet takes of it, as a graph: nothing here depends on the step or on the weight.
 * `features` -> `tokens` [tokens, width] and, for every cross-attention, `k.PATH` and `v.PATH` [tokens, c].
 */
export function ipAdapterGraph(
  w: Weights,
  config: IpAdapterConfig,
  layers: readonly CrossAttention[],
  featureTokens: number,
  options: GraphOptions,
): Graph {
  const g = new Graph('ip-adapter', options)
  const tokens = imageProjection(g.input('features', [featureTokens, config.features]), w.at('image_proj'), config)
  g.output('tokens', tokens)
  for (const { path, width, adapterIndex } of layers) {
    const layer = w.at('ip_adapter', adapterIndex)
    g.output(`k.${path}`, linear(tokens, layer.at('to_k_ip'), { out: width, bias: false }))
    g.output(`v.${path}`, linear(tokens, layer.at('to_v_ip'), { out: width, bias: false }))
  }
  return g
}
