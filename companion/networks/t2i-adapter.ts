import { conv2d } from '../graph/nn.ts'
import { Graph, type GraphOptions, type Value } from '../graph/graph.ts'
import { add, averagePool, concat, relu, reshape, slice, transpose } from '../graph/ops.ts'
import type { Weights } from '../weights/weights.ts'

/** Configuration of a T2I-Adapter (Mou et al. 2023, arXiv:2302.08453), the whole one, not the light one. */
export interface T2iAdapterConfig {
  /** Three colours, or one for grey. */
  readonly channels: 1 | 3
  /** Side in pixels of the squares that are read as channels of one place: 8, or 16 for SDXL. */
  readonly square: number
  /** Width of each feature it makes. */
  readonly widths: readonly number[]
  /** Which features are half as large as the one before. */
  readonly halves: readonly boolean[]
  readonly resnets: number
}

/** Places of the first feature for latents of a size: where a square is 16 pixels wide, half of them. */
export const firstFeatureSize = (
  { square }: T2iAdapterConfig,
  { width, height }: { readonly width: number; readonly height: number },
): { readonly width: number; readonly height: number } => ({
  width: Math.ceil((LATENT * width) / square),
  height: Math.ceil((LATENT * height) / square),
})

/** Pixels per latent, a side. */
const LATENT = 8

/**
 * A picture's features for the way down of a UNet, as a graph: they depend on the picture alone (section 3.3 of the paper).
 * `hint` [1, channels, s·h, s·w] in 0..1, s being the square's side and h, w {@link firstFeatureSize}
 * -> `feature.N` [1, widths[N], h', w'], each of half the size of the one before where it says so.
 */
export function t2iAdapterGraph(
  w: Weights,
  config: T2iAdapterConfig,
  size: { readonly width: number; readonly height: number },
  options: GraphOptions,
): Graph {
  const { channels, square, widths, halves, resnets } = config
  const g = new Graph('t2i-adapter', options)
  const first = firstFeatureSize(config, size)
  const hint = g.input('hint', [1, channels, square * first.height, square * first.width])
  let h = conv2d(squaresAsChannels(hint, square), w.at('conv_in'), { out: widths[0]!, kernel: 3, padding: 1 })
  widths.forEach((out, i) => {
    const block = w.at('body', i)
    if (halves[i]) h = halved(h)
    if (h.shape[1] !== out) h = conv2d(h, block.at('in_conv'), { out, kernel: 1, padding: 0 })
    for (let j = 0; j < resnets; j++) h = residualBlock(h, block.at('resnets', j), out)
    g.output(`feature.${i}`, h)
  })
  return g
}

/** The pixels of each square as channels of one place, colour by colour, row by row.  [1, c, s·h, s·w] -> [1, c·s², h, w] */
function squaresAsChannels(x: Value, square: number): Value {
  const [, c, height, width] = x.shape as [number, number, number, number]
  const [h, w] = [height / square, width / square]
  const apart = transpose(reshape(x, [c, h, square, w, square]), [0, 2, 4, 1, 3]) // [c, s, s, h, w]
  return reshape(apart, [1, c * square * square, h, w])
}

/** Means of four; at an odd edge of what is there, which is what its repetition has.  [1, c, h, w] -> [1, c, ⌈h/2⌉, ⌈w/2⌉] */
export function halved(x: Value): Value {
  const even = [2, 3].reduce((h, axis) => {
    const side = h.shape[axis]!
    return side % 2 === 0 ? h : concat([h, slice(h, axis, side - 1, side)], axis)
  }, x)
  return averagePool(even)
}

/** Two convolutions beside a straight way.  [1, c, h, w] -> the same */
function residualBlock(x: Value, w: Weights, out: number): Value {
  const h = relu(conv2d(x, w.at('block1'), { out, kernel: 3, padding: 1 }))
  return add(conv2d(h, w.at('block2'), { out, kernel: 1, padding: 0 }), x)
}
