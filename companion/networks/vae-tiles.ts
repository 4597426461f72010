import { Graph, type GraphOptions, type Value } from '../graph/graph.ts'
import { add, mul, reshape } from '../graph/ops.ts'
import type { Weights } from '../weights/weights.ts'
import { decoderTail, decoderTrunk, type NormStop, type VaeConfig } from './vae.ts'

/**
 * The autoencoder's decoder cut in two. Its second half takes nearly all the memory, and every number of it depends on its
 * surroundings and on the norms' statistics alone: with these as inputs it decodes a picture in tiles without a seam.
 */

type Size = { readonly height: number; readonly width: number }

/** Norms of the second half: two in each residual block, and one before the last convolution. */
export const tailNorms = ({ layersPerBlock }: VaeConfig): number => 2 * (layersPerBlock + 1) + 1

/** Pixels of its input that the second half looks at beyond its own: one for each two convolutions. */
export const tailReach = ({ layersPerBlock }: VaeConfig): number => layersPerBlock + 2

/** Pixels, a side, of the first half's output for each of the latents. */
export const trunkScale = ({ widths }: VaeConfig): number => 2 ** Math.max(0, widths.length - 2)

/** `latents` [1, 4, h, w] -> `trunk` [1, c, 4h, 4w] */
export function vaeTrunkGraph(w: Weights, config: VaeConfig, size: Size, options: GraphOptions): Graph {
  const g = new Graph('vae-trunk', options)
  const latents = g.input('latents', [1, config.latentChannels, size.height, size.width])
  g.output('trunk', decoderTrunk(latents, w, config))
  return g
}

/**
 * A tile through the second half as far as the statistics of its norms are known: `trunk` [1, c, h, w] and for each of the
 * `known` norms `norm.N.scale`, `norm.N.shift` [groups, 1]
 * -> `state`, what the next norm will normalise, or `picture` [1, 3, 2h, 2w] when all are known.
 */
export function vaeTailGraph(w: Weights, config: VaeConfig, tile: Size, known: number, options: GraphOptions): Graph {
  const g = new Graph('vae-tail', options)
  const trunk = g.input('trunk', [1, config.widths[1]!, tile.height, tile.width])
  const tail = decoderTail(trunk, w, config)
  let step = tail.next()
  for (let n = 0; n < known && !step.done; n++) step = tail.next(normalised(g, step.value, n, config))
  if (step.done) g.output('picture', step.value)
  else g.output('state', step.value.x)
  return g
}

/** Group normalisation whose statistics are given: x · scale + shift, then the norm's weight and bias. */
function normalised(g: Graph, { x, w }: NormStop, n: number, { normGroups }: VaeConfig): Value {
  const channels = x.shape[1]!
  const grouped = reshape(x, [1, normGroups, (channels / normGroups) * x.shape[2]! * x.shape[3]!])
  const [scale, shift] = [g.input(`norm.${n}.scale`, [normGroups, 1]), g.input(`norm.${n}.shift`, [normGroups, 1])]
  const normal = reshape(add(mul(grouped, scale), shift), x.shape)
  const weight = g.weight(w.get('weight', [channels]), [channels, 1, 1])
  return add(mul(normal, weight), g.weight(w.get('bias', [channels]), [channels, 1, 1]))
}
