import { linear } from '../graph/nn.ts'
import { Graph, type GraphOptions, type Value } from '../graph/graph.ts'
import { add, mul } from '../graph/ops.ts'
import type { Weights } from '../weights/weights.ts'
import type { IpAdapterConfig } from './ip-adapter/config.ts'
import { faceMlp } from './ip-adapter/face-mlp.ts'
import { facePerceiver } from './ip-adapter/face-perceiver.ts'
import { linearProjection } from './ip-adapter/linear-projection.ts'
import { mlpProjection } from './ip-adapter/mlp-projection.ts'
import { resampler } from './ip-adapter/resampler.ts'
import type { CrossAttention } from './unet-layout.ts'

/**
 * What one picture or face gives the UNet, as a graph: a projection network makes image tokens, and every cross-attention
 * has a key and a value projection of its own for them; nothing here depends on the step or on the weight.
 * `features` [featureTokens, d] where the adapter reads CLIP, `face` [1, faceWidth] where it reads a face, and for PlusV2
 * `shortcut` [1] -> `tokens` [tokens, width] and, for every cross-attention, `k.PATH` and `v.PATH` [tokens, c].
 */
export function ipAdapterGraph(
  w: Weights,
  config: IpAdapterConfig,
  layers: readonly CrossAttention[],
  featureTokens: number,
  options: GraphOptions,
): Graph {
  const g = new Graph('ip-adapter', options)
  const tokens = imageTokens(g, w.at('image_proj'), config, featureTokens)
  g.output('tokens', tokens)
  for (const { path, width, adapterIndex } of layers) {
    const layer = w.at('ip_adapter', adapterIndex)
    g.output(`k.${path}`, linear(tokens, layer.at('to_k_ip'), { out: width, bias: false }))
    g.output(`v.${path}`, linear(tokens, layer.at('to_v_ip'), { out: width, bias: false }))
  }
  return g
}

function imageTokens(g: Graph, w: Weights, config: IpAdapterConfig, featureTokens: number): Value {
  const clip = ({ features }: { features: number }) => g.input('features', [featureTokens, features])
  const face = ({ faceWidth }: { faceWidth: number }) => g.input('face', [1, faceWidth])
  switch (config.kind) {
    case 'base':
      return linearProjection(clip(config), w, config)
    case 'full':
      return mlpProjection(clip(config), w, config)
    case 'plus':
      return resampler(clip(config), w, config)
    case 'instantid':
      return resampler(face(config), w, config)
    case 'faceid':
      return faceMlp(face(config), w, config)
    case 'faceid-plus':
    case 'faceid-plusv2': {
      const identity = faceMlp(face(config), w, config)
      const seen = facePerceiver(identity, clip(config), w.at('perceiver_resampler'), config)
      return config.kind === 'faceid-plus' ? seen : add(identity, mul(g.input('shortcut', [1]), seen))
    }
  }
}
