import { attention, conv2d, groupNorm, layerNorm, linear, toPicture, toTokens } from '../graph/nn.ts'
import type { Value } from '../graph/graph.ts'
import { add, gelu, mul, reshape, silu, split } from '../graph/ops.ts'
import type { Weights } from '../weights/weights.ts'
import type { Attend } from './cross-attention.ts'
import type { TransformerPlace, WayDownConfig } from './unet-layout.ts'

/** Fixed in diffusers' Transformer2DModel, whatever the configuration says of the resnets (transformer_2d.py). */
const TRANSFORMER_GROUP_NORM_EPS = 1e-6
const LAYER_NORM_EPS = 1e-5

/**
 * ResnetBlock2D: two convolutions around the added time embedding, and a shortcut.
 * x [1, cin, h, w], time [1, out] -> [1, out, h, w]
 */
export function residualBlock(x: Value, time: Value, w: Weights, config: WayDownConfig, out: number): Value {
  const norm = { groups: config.normGroups, eps: config.normEps }
  let h = conv2d(silu(groupNorm(x, w.at('norm1'), norm)), w.at('conv1'), { out, kernel: 3, padding: 1 })
  h = add(h, reshape(time, [1, out, 1, 1]))
  h = conv2d(silu(groupNorm(h, w.at('norm2'), norm)), w.at('conv2'), { out, kernel: 3, padding: 1 })
  return add(x.shape[1] === out ? x : conv2d(x, w.at('conv_shortcut'), { out, kernel: 1, padding: 0 }), h)
}

/** Transformer2DModel: positions become tokens, `depth` transformer blocks, and back.  [1, c, h, w] -> the same */
export function spatialTransformer(
  x: Value,
  w: Weights,
  config: WayDownConfig,
  place: TransformerPlace,
  attend: Attend,
): Value {
  const [, out, height, width] = x.shape as [number, number, number, number]
  const normal = groupNorm(x, w.at('norm'), { groups: config.normGroups, eps: TRANSFORMER_GROUP_NORM_EPS })
  let h = config.linearProjection
    ? linear(toTokens(normal), w.at('proj_in'), { out, bias: true })
    : toTokens(conv2d(normal, w.at('proj_in'), { out, kernel: 1, padding: 0 })) // [h · w, c]
  for (let i = 0; i < place.depth; i++) {
    const path = `${place.path}.transformer_blocks.${i}`
    h = transformerBlock(h, w.at('transformer_blocks', i), place.heads, (q) => attend(q, { path, heads: place.heads }))
  }
  const back = config.linearProjection
    ? toPicture(linear(h, w.at('proj_out'), { out, bias: true }), { height, width })
    : conv2d(toPicture(h, { height, width }), w.at('proj_out'), { out, kernel: 1, padding: 0 })
  return add(back, x)
}

/** BasicTransformerBlock: self-attention, cross-attention, feed-forward, each added to its input.  [n, c] -> [n, c] */
function transformerBlock(h: Value, w: Weights, heads: number, attend: (q: Value) => Value): Value {
  h = add(h, selfAttention(layerNorm(h, w.at('norm1'), { eps: LAYER_NORM_EPS }), w.at('attn1'), heads))
  h = add(h, crossAttention(layerNorm(h, w.at('norm2'), { eps: LAYER_NORM_EPS }), w.at('attn2'), attend))
  return add(h, feedForward(layerNorm(h, w.at('norm3'), { eps: LAYER_NORM_EPS }), w.at('ff', 'net')))
}

function selfAttention(x: Value, w: Weights, heads: number): Value {
  const project = (name: string) => linear(x, w.at(name), { out: x.shape[1]!, bias: false })
  const attended = attention(project('to_q'), project('to_k'), project('to_v'), { heads })
  return linear(attended, w.at('to_out', 0), { out: x.shape[1]!, bias: true })
}

/** Keys and values come from elsewhere (cross-attention.ts); the sum over prompts happens before `to_out`. */
function crossAttention(x: Value, w: Weights, attend: (q: Value) => Value): Value {
  const out = x.shape[1]!
  return linear(attend(linear(x, w.at('to_q'), { out, bias: false })), w.at('to_out', 0), { out, bias: true })
}

/** GEGLU (arXiv:2002.05202): the first half of the projection is the value, the second its gate.  [n, c] -> [n, c] */
function feedForward(x: Value, w: Weights): Value {
  const c = x.shape[1]!
  const [value, gate] = split(linear(x, w.at(0, 'proj'), { out: 8 * c, bias: true }), 1, 2) // [n, 4c] each
  return linear(mul(value!, gelu(gate!)), w.at(2), { out: c, bias: true })
}
