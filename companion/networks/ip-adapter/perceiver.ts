import { attention, linear } from '../../graph/nn.ts'
import type { Value } from '../../graph/graph.ts'
import { add, concat, gelu, split } from '../../graph/ops.ts'
import type { Weights } from '../../weights/weights.ts'
import type { PerceiverConfig } from './config.ts'
import { norm } from './norm.ts'

/** Width of a head; fixed in the published code, the number of heads varies. */
export const PERCEIVER_HEAD_WIDTH = 64

/** Queries that read x and themselves, layer by layer.  x [n, c], queries [tokens, c] -> [tokens, c] */
export function perceiver(x: Value, queries: Value, w: Weights, { heads, depth }: PerceiverConfig): Value {
  let latents = queries
  for (let i = 0; i < depth; i++) {
    latents = add(latents, perceiverAttention(x, latents, w.at(i, 0), heads))
    latents = add(latents, feedForward(latents, w.at(i, 1)))
  }
  return latents
}

/** Queries attend to what they read and to themselves, what they read first.  x [n, c], latents [tokens, c] */
function perceiverAttention(x: Value, latents: Value, w: Weights, heads: number): Value {
  const attentionWidth = heads * PERCEIVER_HEAD_WIDTH
  const normal = norm(latents, w.at('norm2'))
  const q = linear(normal, w.at('to_q'), { out: attentionWidth, bias: false })
  const context = concat([norm(x, w.at('norm1')), normal], 0) // [n + tokens, c]
  const [k, v] = split(linear(context, w.at('to_kv'), { out: 2 * attentionWidth, bias: false }), 1, 2)
  return linear(attention(q, k!, v!, { heads }), w.at('to_out'), { out: latents.shape[1]!, bias: false })
}

function feedForward(x: Value, w: Weights): Value {
  const width = x.shape[1]!
  const inner = gelu(linear(norm(x, w.at(0)), w.at(1), { out: 4 * width, bias: false }))
  return linear(inner, w.at(3), { out: width, bias: false })
}
