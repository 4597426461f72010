import { layerNorm } from '../../graph/nn.ts'
import type { Value } from '../../graph/graph.ts'
import type { Weights } from '../../weights/weights.ts'

const LAYER_NORM_EPS = 1e-5

/** The norm of each token, alike in all projections.  [n, c] -> the same */
export const norm = (x: Value, w: Weights): Value => layerNorm(x, w, { eps: LAYER_NORM_EPS })
