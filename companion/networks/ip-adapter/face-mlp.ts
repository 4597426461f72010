import { linear } from '../../graph/nn.ts'
import type { Value } from '../../graph/graph.ts'
import { gelu, reshape } from '../../graph/ops.ts'
import type { Weights } from '../../weights/weights.ts'
import { norm } from './norm.ts'

/** MLPProjModel of the FaceID adapters: tokens of a face embedding.  [1, faceWidth] -> [tokens, width] */
export function faceMlp(
  face: Value,
  w: Weights,
  { tokens, width, faceInner }: { readonly tokens: number; readonly width: number; readonly faceInner: number },
): Value {
  const inner = gelu(linear(face, w.at('proj', 0), { out: faceInner, bias: true })) // [1, faceInner]
  const flat = linear(inner, w.at('proj', 2), { out: tokens * width, bias: true })
  return norm(reshape(flat, [tokens, width]), w.at('norm'))
}
