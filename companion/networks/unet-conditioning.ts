import { linear } from '../graph/nn.ts'
import { Graph, type GraphOptions, type Value } from '../graph/graph.ts'
import { add, silu } from '../graph/ops.ts'
import type { Weights } from '../weights/weights.ts'
import { crossAttentions, unetLayout, type BlockPlace, type UNetConfig, type WayDownConfig } from './unet-layout.ts'

/** Width of the time embedding: four times the first level's. */
const embeddingWidth = ({ widths }: WayDownConfig): number => 4 * widths[0]!

/** What every resnet of a UNet adds for a timestep, as a graph: see {@link timeShiftsGraph}. */
export const timeGraph = (w: Weights, config: UNetConfig, options: GraphOptions): Graph =>
  timeShiftsGraph('unet-time', w, config, unetLayout(config), options)

/**
 * What every resnet of these blocks adds for a timestep, as a graph.
 * `sinusoid` [1, widths[0]]; for SDXL `added` [1, added.width]; for consistency models `guidance` [1, guidanceWidth]
 * -> `embedding` [1, 4 · widths[0]] and per resnet `time.PATH` [1, out].
 */
export function timeShiftsGraph(
  name: string,
  w: Weights,
  config: ToldConfig,
  layout: readonly BlockPlace[],
  options: GraphOptions,
): Graph {
  const g = new Graph(name, options)
  const time = twoLayers(guidedTime(g, w.at('time_embedding'), config), w.at('time_embedding'), config)
  const embedding = config.added
    ? add(time, twoLayers(g.input('added', [1, config.added.width]), w.at('add_embedding'), config))
    : time
  g.output('embedding', embedding)
  const active = silu(embedding)
  for (const { path, out } of layout.flatMap((block) => block.resnets)) {
    g.output(`time.${path}`, linear(active, w.at(path, 'time_emb_proj'), { out, bias: true }))
  }
  return g
}

type ToldConfig = WayDownConfig & Pick<UNetConfig, 'guidanceWidth'>

/** The sinusoid of the time, and what the guidance adds to it (arXiv:2310.04378, section 4.3).  -> [1, widths[0]] */
function guidedTime(g: Graph, w: Weights, { widths, guidanceWidth }: ToldConfig): Value {
  const out = widths[0]!
  const sinusoid = g.input('sinusoid', [1, out])
  if (guidanceWidth === undefined) return sinusoid
  return add(sinusoid, linear(g.input('guidance', [1, guidanceWidth]), w.at('cond_proj'), { out, bias: false }))
}

/** TimestepEmbedding: linear, SiLU, linear.  [1, n] -> [1, 4 · widths[0]] */
function twoLayers(x: Value, w: Weights, config: WayDownConfig): Value {
  const out = embeddingWidth(config)
  return linear(silu(linear(x, w.at('linear_1'), { out, bias: true })), w.at('linear_2'), { out, bias: true })
}

/** Keys and values of a prompt for every cross-attention of a UNet, as a graph: see {@link keysValuesGraph}. */
export const textKeysValuesGraph = (w: Weights, config: UNetConfig, tokens: number, options: GraphOptions): Graph =>
  keysValuesGraph('unet-text', w, config, unetLayout(config), tokens, options)

/**
 * Keys and values of states for every cross-attention of these blocks, as a graph: they depend on the states alone.
 * `states` [tokens, cross-attention width] -> `k.PATH`, `v.PATH` [tokens, c].
 */
export function keysValuesGraph(
  name: string,
  w: Weights,
  { crossAttentionWidth }: WayDownConfig,
  layout: readonly BlockPlace[],
  tokens: number,
  options: GraphOptions,
): Graph {
  const g = new Graph(name, options)
  const states = g.input('states', [tokens, crossAttentionWidth])
  for (const { path, width } of crossAttentions(layout)) {
    const attn2 = w.at(path, 'attn2')
    g.output(`k.${path}`, linear(states, attn2.at('to_k'), { out: width, bias: false }))
    g.output(`v.${path}`, linear(states, attn2.at('to_v'), { out: width, bias: false }))
  }
  return g
}
