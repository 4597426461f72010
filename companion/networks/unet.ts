import { conv2d, groupNorm, upsampleNearest } from '../graph/nn.ts'
import { Graph, type GraphOptions, type Value } from '../graph/graph.ts'
import { add, concat, silu } from '../graph/ops.ts'
import type { Weights } from '../weights/weights.ts'
import { fromInputs, withImagePrompts, type Attend } from './cross-attention.ts'
import { residualBlock, spatialTransformer } from './unet-blocks.ts'
import { crossAttentions, unetLayout, type BlockPlace, type UNetConfig, type WayDownConfig } from './unet-layout.ts'

/** What a UNet reads besides the latents. */
export interface Conditioning {
  /** The time embedding as the resnet at `path` adds it.  [1, out] */
  readonly time: (path: string, out: number) => Value
  /** How a cross-attention reads the prompt and the pictures. */
  readonly attend: Attend
  /** What becomes of the places of `addedOnWayDown`, by their names; they stay as they are where absent. */
  readonly adapted?: (name: string, x: Value) => Value
  /** What becomes of the skips `down.N` and the middle `mid` before the way up; they stay as they are where absent. */
  readonly steered?: (name: string, x: Value) => Value
}

/**
 * UNet2DConditionModel (Rombach et al. 2022, arXiv:2112.10752): down, middle, up, with skips from each step down to its
 * counterpart up.  sample [1, in, h, w] -> the model's prediction [1, out, h, w]
 */
export function unet(sample: Value, w: Weights, config: UNetConfig, conditioning: Conditioning): Value {
  const norm = { groups: config.normGroups, eps: config.normEps }
  const steered = conditioning.steered ?? unchanged
  const layout = unetLayout(config)
  const entered = conv2d(sample, w.at('conv_in'), { out: config.widths[0]!, kernel: 3, padding: 1 })
  const down = wayDown(entered, w, config, layout, conditioning)
  const skips = down.skips.map((skip, i) => steered(`down.${i}`, skip))
  let h = steered('mid', down.middle)
  for (const block of layout.filter(({ part }) => part === 'up')) {
    h = upBlock(h, skips, w, config, block, conditioning)
  }
  h = silu(groupNorm(h, w.at('conv_norm_out'), norm))
  return conv2d(h, w.at('conv_out'), { out: config.outChannels, kernel: 3, padding: 1 })
}

const unchanged = (_: string, x: Value): Value => x

/** The blocks down and the middle one, with what each leaves for the way up.  [1, widths[0], h, w] -> skips, middle */
export function wayDown(
  entered: Value,
  w: Weights,
  config: WayDownConfig,
  layout: readonly BlockPlace[],
  conditioning: Conditioning,
): { readonly skips: readonly Value[]; readonly middle: Value } {
  const { adapted = unchanged } = conditioning
  const skips = [entered]
  let h = entered
  for (const block of layout) {
    if (block.part === 'down') h = downBlock(h, skips, w, config, block, conditioning)
    if (block.part === 'mid') h = adapted('mid', layers(h, w, config, block, conditioning))
  }
  return { skips, middle: h }
}

type Block = [w: Weights, config: WayDownConfig, block: BlockPlace, conditioning: Conditioning]

/** One resnet of a block and the transformer behind it, if the block has any.  [1, c, h, w] -> [1, width, h, w] */
function layer(h: Value, j: number, ...[w, config, block, { time, attend }]: Block): Value {
  const { path, out } = block.resnets[j]!
  h = residualBlock(h, time(path, out), w.at(path), config, out)
  const transformer = block.transformers[j]
  return transformer ? spatialTransformer(h, w.at(transformer.path), config, transformer, attend) : h
}

function downBlock(h: Value, skips: Value[], ...at: Block): Value {
  const [w, , block, { adapted = unchanged }] = at
  const attends = block.transformers.length > 0
  block.resnets.forEach((_, j) => {
    h = layer(h, j, ...at)
    if (attends && j === block.resnets.length - 1) h = adapted(`down.${block.index}`, h)
    skips.push(h)
  })
  if (block.resamples) {
    const down = w.at(block.path, 'downsamplers', 0, 'conv')
    h = conv2d(h, down, { out: block.width, kernel: 3, stride: 2, padding: 1 })
    skips.push(h)
  }
  if (attends) return h
  // What the way up reads is what goes on.
  h = adapted(`down.${block.index}`, h)
  skips.splice(-1, 1, h)
  return h
}

/** All resnets of a block, each with its transformer.  [1, c, h, w] -> [1, width, h, w] */
const layers = (h: Value, ...at: Block): Value => at[2].resnets.reduce((x, _, j) => layer(x, j, ...at), h)

function upBlock(h: Value, skips: Value[], ...at: Block): Value {
  const [w, , block] = at
  block.resnets.forEach((_, j) => {
    h = layer(concat([h, skips.pop()!], 1), j, ...at)
  })
  if (!block.resamples) return h
  // The size of the next skip, not twice this one: the two differ when the latent's sides do not halve evenly.
  const [, , height, width] = skips.at(-1)!.shape
  const up = upsampleNearest(h, { height: height!, width: width! })
  return conv2d(up, w.at(block.path, 'upsamplers', 0, 'conv'), { out: block.width, kernel: 3, padding: 1 })
}

export interface UNetGraphShape {
  /** Size of the latents, an eighth of the picture's. */
  readonly height: number
  readonly width: number
  /** Text tokens: 77. */
  readonly textTokens: number
  /** Image tokens of each image prompt. */
  readonly imageTokens: readonly number[]
  /** Which image prompts act in a region alone, by their place. */
  readonly masked?: readonly boolean[]
  /** Whether ControlNets may steer it. */
  readonly controlled?: boolean
  /** Whether T2I-Adapters may add to its way down. */
  readonly adapted?: boolean
}

/**
 * One evaluation as a graph. Everything the step or the slider changes is an input, so neither rebuilds anything:
 * `sample` [1, in, h, w]; `time.PATH` [1, out] per resnet; per cross-attention `text.k.PATH`, `text.v.PATH` [77, c] and for
 * each image prompt r `image.r.k.PATH`, `image.r.v.PATH` [t, c]; `image.r.weight` [1], `image.r.layers` [layers] and,
 * where it is masked, `image.r.mask.N` [N, 1] for every number of positions N; where it is controlled, what ControlNets add
 * to each skip and the middle, `control.down.N` and `control.mid` (leftForWayUp), and where it is adapted, what T2I-Adapters
 * add, `t2i.down.N` and `t2i.mid` (addedOnWayDown)
 * -> `prediction` [1, out, h, w].
 */
export function unetGraph(w: Weights, config: UNetConfig, shape: UNetGraphShape, options: GraphOptions): Graph {
  const g = new Graph('unet', options)
  const layers = crossAttentions(unetLayout(config))
  const sample = g.input('sample', [1, config.inChannels, shape.height, shape.width])
  const text = fromInputs(g, 'text', shape.textTokens)
  const prediction = unet(sample, w, config, {
    time: (path, out) => g.input(`time.${path}`, [1, out]),
    ...(shape.adapted && { adapted: (name, x) => add(x, g.input(`t2i.${name}`, x.shape)) }),
    ...(shape.controlled && { steered: (name, x) => add(x, g.input(`control.${name}`, x.shape)) }),
    attend: shape.imageTokens.reduce(
      (base, tokens, r) =>
        withImagePrompts(g, base, `image.${r}`, { tokens, masked: shape.masked?.[r] ?? false }, layers),
      text,
    ),
  })
  g.output('prediction', prediction)
  return g
}
