import { linear } from '../../graph/nn.ts'
import type { Value } from '../../graph/graph.ts'
import type { Weights } from '../../weights/weights.ts'
import type { PerceiverConfig } from './config.ts'
import { norm } from './norm.ts'
import { perceiver } from './perceiver.ts'

/**
 * FacePerceiverResampler of FaceID Plus: the face's own tokens are the queries that read CLIP's penultimate states.
 * face [tokens, width], states [n, d] -> [tokens, width]
 */
export function facePerceiver(face: Value, states: Value, w: Weights, config: PerceiverConfig): Value {
  const width = face.shape[1]!
  const x = linear(states, w.at('proj_in'), { out: width, bias: true }) // [n, width]
  const latents = perceiver(x, face, w.at('layers'), config)
  return norm(linear(latents, w.at('proj_out'), { out: width, bias: true }), w.at('norm_out'))
}
