import { linear } from '../../graph/nn.ts'
import type { Value } from '../../graph/graph.ts'
import { reshape } from '../../graph/ops.ts'
import type { Weights } from '../../weights/weights.ts'
import { norm } from './norm.ts'

/** ImageProjModel of the base adapters: one linear layer, reshaped to tokens, and a norm.  [1, p] -> [tokens, width] */
export function linearProjection(
  embeds: Value,
  w: Weights,
  { tokens, width }: { readonly tokens: number; readonly width: number },
): Value {
  const flat = linear(embeds, w.at('proj'), { out: tokens * width, bias: true }) // [1, tokens · width]
  return norm(reshape(flat, [tokens, width]), w.at('norm'))
}
