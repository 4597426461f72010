import { linear } from '../../graph/nn.ts'
import type { Value } from '../../graph/graph.ts'
import type { Weights } from '../../weights/weights.ts'
import type { PerceiverConfig } from './config.ts'
import { norm } from './norm.ts'
import { perceiver } from './perceiver.ts'

/**
 * Resampler of IP-Adapter Plus, which reads CLIP's penultimate states, and of InstantID, which reads a face embedding:
 * learned queries become the tokens.  [n, d] -> [tokens, width]
 */
export function resampler(
  read: Value,
  w: Weights,
  config: PerceiverConfig & { readonly tokens: number; readonly width: number; readonly inner: number },
): Value {
  const { tokens, width, inner } = config
  const x = linear(read, w.at('proj_in'), { out: inner, bias: true }) // [n, inner]
  const queries = read.graph.weight(w.get('latents', [1, tokens, inner]), [tokens, inner])
  const latents = perceiver(x, queries, w.at('layers'), config)
  return norm(linear(latents, w.at('proj_out'), { out: width, bias: true }), w.at('norm_out'))
}
