import { linear } from '../../graph/nn.ts'
import type { Value } from '../../graph/graph.ts'
import { gelu } from '../../graph/ops.ts'
import type { Weights } from '../../weights/weights.ts'
import { norm } from './norm.ts'

/** MLPProjModel of the full-face adapter: every state of CLIP becomes a token by itself.  [n, d] -> [n, width] */
export function mlpProjection(states: Value, w: Weights, { width }: { readonly width: number }): Value {
  const inner = gelu(linear(states, w.at('proj', 0), { out: states.shape[1]!, bias: true })) // [n, d]
  return norm(linear(inner, w.at('proj', 2), { out: width, bias: true }), w.at('proj', 3))
}
