import { attention, layerNorm, linear } from '../graph/nn.ts'
import type { Value } from '../graph/graph.ts'
import { add, gelu, quickGelu } from '../graph/ops.ts'
import type { Weights } from '../weights/weights.ts'

/** Shape of a CLIP tower's transformer (Radford et al. 2021, arXiv:2103.00020), as in its config.json. */
export interface ClipTransformerConfig {
  readonly hiddenSize: number
  readonly layers: number
  readonly heads: number
  readonly intermediateSize: number
  /** OpenAI's towers use quick_gelu, OpenCLIP's gelu. */
  readonly activation: 'gelu' | 'quick_gelu'
  readonly layerNormEps: number
}

const ACTIVATIONS = { gelu, quick_gelu: quickGelu }

/**
 * Pre-norm transformer: h ← h + Attn(LN h); h ← h + FC2(act(FC1(LN h))).
 * Returns the hidden states [n, d] before the first layer and after each, layers + 1 of them.
 */
export function clipTransformer(h: Value, w: Weights, config: ClipTransformerConfig, causal: boolean): Value[] {
  const states = [h]
  for (let i = 0; i < config.layers; i++) {
    const layer = w.at('layers', i)
    h = add(h, selfAttention(norm(h, layer.at('layer_norm1'), config), layer.at('self_attn'), config, causal))
    h = add(h, mlp(norm(h, layer.at('layer_norm2'), config), layer.at('mlp'), config))
    states.push(h)
  }
  return states
}

/** LayerNorm with the tower's epsilon.  [n, d] -> the same */
export const norm = (x: Value, w: Weights, { layerNormEps }: ClipTransformerConfig): Value =>
  layerNorm(x, w, { eps: layerNormEps })

function selfAttention(x: Value, w: Weights, { hiddenSize, heads }: ClipTransformerConfig, causal: boolean): Value {
  const project = (name: string, from: Value) => linear(from, w.at(name), { out: hiddenSize, bias: true })
  const attended = attention(project('q_proj', x), project('k_proj', x), project('v_proj', x), { heads, causal })
  return project('out_proj', attended)
}

function mlp(x: Value, w: Weights, { hiddenSize, intermediateSize, activation }: ClipTransformerConfig): Value {
  const inner = ACTIVATIONS[activation](linear(x, w.at('fc1'), { out: intermediateSize, bias: true }))
  return linear(inner, w.at('fc2'), { out: hiddenSize, bias: true })
}
