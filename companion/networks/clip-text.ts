import { Graph, type GraphOptions, type Value } from '../graph/graph.ts'
import { linear } from '../graph/nn.ts'
import { add, matMul } from '../graph/ops.ts'
import type { StoredTensor } from '../weights/safetensors.ts'
import type { Weights } from '../weights/weights.ts'
import { clipTransformer, norm, type ClipTransformerConfig } from './clip-transformer.ts'

/** CLIP's text tower (arXiv:2103.00020): token and position embeddings, a causal transformer, a final norm. */
export interface ClipTextConfig extends ClipTransformerConfig {
  readonly vocabularySize: number
  /** Tokens of a prompt, padding included: 77. */
  readonly positions: number
  /** Width of the space shared with pictures; undefined for a tower stored without its projection. */
  readonly projectionSize: number | undefined
}

/** Checkpoints store the tower with or without this prefix. */
const towerOf = (w: Weights): Weights =>
  w.has('text_model.embeddings.token_embedding.weight') ? w.at('text_model') : w

/** The embedding table [vocabulary, d]; the 77 rows of a prompt are read from the file, not run through a graph. */
export const tokenEmbeddings = (w: Weights, config: ClipTextConfig): StoredTensor =>
  towerOf(w).at('embeddings', 'token_embedding').get('weight', [config.vocabularySize, config.hiddenSize])

/** Hidden states [positions, d] of all layers, and the final norm to read one of them with. */
export function clipText(
  embeddings: Value,
  w: Weights,
  config: ClipTextConfig,
): { hiddenStates: Value[]; finalNorm: (state: Value) => Value } {
  const tower = towerOf(w)
  const positions = tower.at('embeddings', 'position_embedding').get('weight', [config.positions, config.hiddenSize])
  const h = add(embeddings, embeddings.graph.weight(positions))
  return {
    hiddenStates: clipTransformer(h, tower.at('encoder'), config, true),
    finalNorm: (state) => norm(state, tower.at('final_layer_norm'), config),
  }
}

/**
 * Prompt to text states as Stable Diffusion 1.5 reads them, as a graph.
 * `embeddings` [77, d] -> `states` [77, d]: LN_final of the layer `clipSkip` before the last.
 * Where the tower has a projection also `end` [1, 77], a one at the end-of-text token -> `embeds` [1, p].
 */
export function clipTextGraph(w: Weights, config: ClipTextConfig, clipSkip: number, options: GraphOptions): Graph {
  const g = new Graph('clip-text', options)
  const { hiddenStates, finalNorm } = clipText(g.input('embeddings', [config.positions, config.hiddenSize]), w, config)
  g.output('states', finalNorm(layerFromEnd(hiddenStates, clipSkip)))
  addPooled(g, w, config, hiddenStates, finalNorm)
  return g
}

/**
 * The same as SDXL reads them: the states one layer further from the end, without the final norm.
 * `embeddings` [77, d], `end` [1, 77] as above -> `states` [77, d], `embeds` [1, p].
 */
export function clipTextPenultimateGraph(
  w: Weights,
  config: ClipTextConfig,
  clipSkip: number,
  options: GraphOptions,
): Graph {
  const g = new Graph('clip-text', options)
  const { hiddenStates, finalNorm } = clipText(g.input('embeddings', [config.positions, config.hiddenSize]), w, config)
  g.output('states', layerFromEnd(hiddenStates, clipSkip + 1))
  addPooled(g, w, config, hiddenStates, finalNorm)
  return g
}

function layerFromEnd(hiddenStates: readonly Value[], skipped: number): Value {
  const chosen = hiddenStates[hiddenStates.length - 1 - skipped]
  if (!chosen) throw new RangeError(`layer ${skipped} from the end of a tower with ${hiddenStates.length - 1} layers`)
  return chosen
}

/** The end-of-text token's state in the space shared with pictures, for towers that have a projection. */
function addPooled(
  g: Graph,
  w: Weights,
  config: ClipTextConfig,
  hiddenStates: readonly Value[],
  finalNorm: (state: Value) => Value,
): void {
  if (config.projectionSize === undefined) return
  const pooled = matMul(g.input('end', [1, config.positions]), finalNorm(hiddenStates.at(-1)!)) // [1, d]
  g.output('embeds', linear(pooled, w.at('text_projection'), { out: config.projectionSize, bias: false }))
}
