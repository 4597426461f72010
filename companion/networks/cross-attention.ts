import { attention } from '../graph/nn.ts'
import type { Graph, Value } from '../graph/graph.ts'
import { add, mul, slice } from '../graph/ops.ts'
import type { CrossAttention } from './unet-layout.ts'

/**
 * How a cross-attention reads its conditioning: the one seam that image prompts wrap; the UNet knows nothing of them.
 * Keys and values do not depend on the step, so they are inputs, computed once.  q [n, c] -> [n, c]
 */
export type Attend = (q: Value, at: { readonly path: string; readonly heads: number }) => Value

/** Attention over keys and values given at every run as `NAME.k.PATH` and `NAME.v.PATH` [tokens, c]. */
export const fromInputs =
  (g: Graph, name: string, tokens: number): Attend =>
  (q, { path, heads }) => {
    const width = q.shape[1]!
    const k = g.input(`${name}.k.${path}`, [tokens, width])
    const v = g.input(`${name}.v.${path}`, [tokens, width])
    return attention(q, k, v, { heads })
  }

/**
 * Decoupled cross-attention, equation (5) of arXiv:2308.06721: Attn(Q, K, V) + λ · Attn(Q, K', V').
 * λ is `NAME.weight` [1] times the layer's entry of `NAME.layers` [layers], both given at every run; a masked prompt's part
 * is also multiplied by `NAME.mask.N` [N, 1] at its N positions.
 */
export function withImagePrompts(
  g: Graph,
  base: Attend,
  name: string,
  { tokens, masked }: { tokens: number; masked: boolean },
  layers: readonly CrossAttention[],
): Attend {
  const weights = mul(g.input(`${name}.layers`, [layers.length]), g.input(`${name}.weight`, [1]))
  // Slices, not one split: a GPU binds a dozen buffers to a shader at most.
  const perLayer = new Map(layers.map(({ path }, i) => [path, slice(weights, 0, i, i + 1)]))
  const image = fromInputs(g, name, tokens)
  const region = (positions: number) => {
    const input = `${name}.mask.${positions}`
    return g.inputs.get(input) ?? g.input(input, [positions, 1])
  }
  return (q, at) => {
    const attended = image(q, at)
    const part = masked ? mul(attended, region(q.shape[0]!)) : attended
    return add(base(q, at), mul(part, perLayer.get(at.path)!))
  }
}
