import { conv2d, toTokens } from '../graph/nn.ts'
import { Graph, type GraphOptions, type Value } from '../graph/graph.ts'
import { add, concat, gemm, slice } from '../graph/ops.ts'
import type { Weights } from '../weights/weights.ts'
import { clipTransformer, norm, type ClipTransformerConfig } from './clip-transformer.ts'

/** CLIP's vision tower (ViT, arXiv:2010.11929): patches and a class token through a transformer. */
export interface ClipVisionConfig extends ClipTransformerConfig {
  /** Side of the square picture in pixels. */
  readonly imageSize: number
  readonly patchSize: number
  readonly projectionSize: number
}

/** Patches and the class token: (imageSize / patchSize)² + 1. */
export const visionTokens = ({ imageSize, patchSize }: ClipVisionConfig): number =>
  Math.floor(imageSize / patchSize) ** 2 + 1

/**
 * Picture to features.  pixels [1, 3, s, s], normalised
 * -> `imageEmbeds` [1, p], projected and not of unit length, and `penultimate` [tokens, d], the states before the last
 * layer, without the final norm: what the base and the Plus adapters read.
 */
export function clipVision(
  pixels: Value,
  w: Weights,
  config: ClipVisionConfig,
): { imageEmbeds: Value; penultimate: Value } {
  const g = pixels.graph
  const d = config.hiddenSize
  const tower = w.at('vision_model')
  const embeddings = tower.at('embeddings')
  const patches = toTokens(
    conv2d(pixels, embeddings.at('patch_embedding'), {
      out: d,
      kernel: config.patchSize,
      stride: config.patchSize,
      padding: 0,
      bias: false,
    }),
  ) // [(s / patch)², d]
  const tokens = concat([g.weight(embeddings.get('class_embedding', [d]), [1, d]), patches], 0)
  const positions = embeddings.at('position_embedding').get('weight', [visionTokens(config), d])
  // The misspelling is in every checkpoint.
  const h = norm(add(tokens, g.weight(positions)), tower.at('pre_layrnorm'), config)
  const states = clipTransformer(h, tower.at('encoder'), config, false)
  const pooled = norm(slice(states.at(-1)!, 0, 0, 1), tower.at('post_layernorm'), config) // [1, d]
  const projection = w.at('visual_projection').get('weight', [config.projectionSize, d])
  return { imageEmbeds: gemm(pooled, g.weight(projection)), penultimate: states.at(-2)! }
}

/** `pixels` [1, 3, s, s] -> `image_embeds` [1, p], `penultimate` [tokens, d] */
export function clipVisionGraph(w: Weights, config: ClipVisionConfig, options: GraphOptions): Graph {
  const g = new Graph('clip-vision', options)
  const pixels = g.input('pixels', [1, 3, config.imageSize, config.imageSize])
  const { imageEmbeds, penultimate } = clipVision(pixels, w, config)
  g.output('image_embeds', imageEmbeds)
  g.output('penultimate', penultimate)
  return g
}
