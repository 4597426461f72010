import { conv2d } from '../graph/nn.ts'
import { Graph, type GraphOptions, type Value } from '../graph/graph.ts'
import { add, mul, silu, slice } from '../graph/ops.ts'
import type { Weights } from '../weights/weights.ts'
import { fromInputs } from './cross-attention.ts'
import { keysValuesGraph, timeShiftsGraph } from './unet-conditioning.ts'
import { wayDown } from './unet.ts'
import { leftForWayUp, wayDownLayout, type BlockPlace, type WayDownConfig } from './unet-layout.ts'

/** Configuration of a ControlNet (Zhang et al. 2023, arXiv:2302.05543), as in its config.json. */
export interface ControlNetConfig extends WayDownConfig {
  /** Whether the middle block has a transformer. */
  readonly middleAttends: boolean
  /** Widths of the hint's embedding; the picture's sides are halved between one and the next. */
  readonly hintWidths: readonly number[]
  /** The order in which it expects a picture's colours. */
  readonly hintOrder: 'rgb' | 'bgr'
}

/** Colours of the picture. */
const HINT_CHANNELS = 3

const layoutOf = (config: ControlNetConfig): readonly BlockPlace[] => wayDownLayout(config, config.middleAttends)

/** Pixels per latent, a side, of the pictures a ControlNet reads. */
export const hintScale = ({ hintWidths }: ControlNetConfig): number => 2 ** (hintWidths.length - 1)

/** What every resnet of a ControlNet adds for a timestep, as a graph like the UNet's. */
export const controlTimeGraph = (w: Weights, config: ControlNetConfig, options: GraphOptions): Graph =>
  timeShiftsGraph('controlnet-time', w, config, layoutOf(config), options)

/** Keys and values of states for every cross-attention of a ControlNet, as a graph like the UNet's. */
export const controlKeysValuesGraph = (
  w: Weights,
  config: ControlNetConfig,
  tokens: number,
  options: GraphOptions,
): Graph => keysValuesGraph('controlnet-text', w, config, layoutOf(config), tokens, options)

/** Whether a ControlNet reads text at all: the small ones for SDXL have no attention. */
export const readsStates = (config: ControlNetConfig): boolean =>
  layoutOf(config).some(({ transformers }) => transformers.length > 0)

/**
 * The picture brought to the latents' size (section 3.3 of the paper), as a graph: it depends on the picture alone.
 * `hint` [1, 3, s·h, s·w] in 0..1, s being {@link hintScale} -> `embedding` [1, widths[0], h, w].
 */
export function controlHintGraph(
  w: Weights,
  config: ControlNetConfig,
  size: { readonly width: number; readonly height: number },
  options: GraphOptions,
): Graph {
  const g = new Graph('controlnet-hint', options)
  const scale = hintScale(config)
  const at = w.at('controlnet_cond_embedding')
  const [first, ...rest] = config.hintWidths
  const hint = g.input('hint', [1, HINT_CHANNELS, scale * size.height, scale * size.width])
  let h = silu(conv2d(hint, at.at('conv_in'), { out: first!, kernel: 3, padding: 1 }))
  rest.forEach((out, i) => {
    h = silu(conv2d(h, at.at('blocks', 2 * i), { out: h.shape[1]!, kernel: 3, padding: 1 }))
    h = silu(conv2d(h, at.at('blocks', 2 * i + 1), { out, kernel: 3, stride: 2, padding: 1 }))
  })
  g.output('embedding', conv2d(h, at.at('conv_out'), { out: config.widths[0]!, kernel: 3, padding: 1 }))
  return g
}

/**
 * One evaluation as a graph: a trainable copy of the UNet's way down and middle, the hint added where it begins, and a
 * convolution of single pixels, zero before training, behind everything it leaves (section 3.2 of the paper).
 * `sample` [1, in, h, w], `hint` [1, widths[0], h, w] as embedded; `time.PATH` [1, out] per resnet; `text.k.PATH`,
 * `text.v.PATH` [tokens, c] per cross-attention; `weights` [n], one for each result
 * -> what is added to the UNet's skips and middle, `down.N` and `mid` (leftForWayUp).
 */
export function controlNetGraph(
  w: Weights,
  config: ControlNetConfig,
  { tokens, ...size }: { readonly width: number; readonly height: number; readonly tokens: number },
  options: GraphOptions,
): Graph {
  const g = new Graph('controlnet', options)
  const places = leftForWayUp(config, size)
  const sample = g.input('sample', [1, config.inChannels, size.height, size.width])
  const hint = g.input('hint', [1, config.widths[0]!, size.height, size.width])
  const entered = add(conv2d(sample, w.at('conv_in'), { out: config.widths[0]!, kernel: 3, padding: 1 }), hint)
  const { skips, middle } = wayDown(entered, w, config, layoutOf(config), {
    time: (path, out) => g.input(`time.${path}`, [1, out]),
    attend: fromInputs(g, 'text', tokens),
  })
  const weights = g.input('weights', [places.length])
  const weighed = (x: Value, at: Weights, i: number) =>
    mul(conv2d(x, at, { out: x.shape[1]!, kernel: 1, padding: 0 }), slice(weights, 0, i, i + 1))
  skips.forEach((skip, i) => g.output(places[i]!.name, weighed(skip, w.at('controlnet_down_blocks', i), i)))
  g.output(places.at(-1)!.name, weighed(middle, w.at('controlnet_mid_block'), skips.length))
  return g
}
