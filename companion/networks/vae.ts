import { attention, conv2d, groupNorm, linear, toPicture, toTokens, upsampleNearest } from '../graph/nn.ts'
import { Graph, type GraphOptions, type Value } from '../graph/graph.ts'
import { add, clip, exp, scale, silu, split } from '../graph/ops.ts'
import type { Weights } from '../weights/weights.ts'

/** Configuration of the autoencoder (AutoencoderKL, arXiv:2112.10752), as in its config.json. */
export interface VaeConfig {
  /** Width of each level, from the picture inwards. */
  readonly widths: readonly number[]
  readonly layersPerBlock: number
  readonly latentChannels: number
  readonly normGroups: number
  /** Factor from the autoencoder's latents to the diffusion's. */
  readonly scalingFactor: number
}

/** What is to be normalised, and where the norm's weights lie. */
export interface NormStop {
  readonly x: Value
  readonly w: Weights
}

/** A part of the network that halts at each of its norms, for who knows how to normalise, and ends with its result. */
export type AtNorms = Generator<NormStop, Value, Value>

/** Such a part from beginning to end. */
function throughNorms(part: AtNorms, normalise: (stop: NormStop) => Value): Value {
  let step = part.next()
  while (!step.done) step = part.next(normalise(step.value))
  return step.value
}

/** Fixed in diffusers' autoencoder (vae.py), unlike the UNet's. */
export const GROUP_NORM_EPS = 1e-6
/** Bounds of the encoder's log variance (DiagonalGaussianDistribution). */
const LOG_VARIANCE = { low: -30, high: 20 } as const

/** Latents, already divided by the scaling factor, to a picture in -1..1.  [1, 4, h, w] -> [1, 3, 8h, 8w] */
export const vaeDecoder = (z: Value, w: Weights, config: VaeConfig): Value =>
  throughNorms(decoderTail(decoderTrunk(z, w, config), w, config), ({ x, w }) => norm(x, w, config))

/** The decoder up to its last doubling: small pictures of many channels.  [1, 4, h, w] -> [1, c, 4h, 4w] */
export function decoderTrunk(z: Value, w: Weights, config: VaeConfig): Value {
  const widths = [...config.widths].reverse()
  const decoder = w.at('decoder')
  let h = conv2d(z, w.at('post_quant_conv'), { out: config.latentChannels, kernel: 1, padding: 0 })
  h = conv2d(h, decoder.at('conv_in'), { out: widths[0]!, kernel: 3, padding: 1 })
  h = middleBlock(h, decoder.at('mid_block'), config)
  widths.slice(0, -1).forEach((out, i) => {
    if (i > 0) h = doubled(h, decoder.at('up_blocks', i - 1))
    for (let j = 0; j < config.layersPerBlock + 1; j++)
      h = residualBlock(h, decoder.at('up_blocks', i, 'resnets', j), config, out)
  })
  return h
}

/** The rest, which sees a few pixels around each but for its norms.  [1, c, 4h, 4w] -> [1, 3, 8h, 8w] */
export function* decoderTail(x: Value, w: Weights, config: VaeConfig): AtNorms {
  const decoder = w.at('decoder')
  const last = config.widths.length - 1
  let h = last > 0 ? doubled(x, decoder.at('up_blocks', last - 1)) : x
  for (let j = 0; j < config.layersPerBlock + 1; j++)
    h = yield* residualSteps(h, decoder.at('up_blocks', last, 'resnets', j), config.widths[0]!)
  const normal = yield { x: h, w: decoder.at('conv_norm_out') }
  return conv2d(silu(normal), decoder.at('conv_out'), { out: 3, kernel: 3, padding: 1 })
}

/** Twice the size, then a convolution.  [1, c, h, w] -> [1, c, 2h, 2w] */
function doubled(x: Value, w: Weights): Value {
  const [, out, height, width] = x.shape as [number, number, number, number]
  const large = upsampleNearest(x, { height: 2 * height, width: 2 * width })
  return conv2d(large, w.at('upsamplers', 0, 'conv'), { out, kernel: 3, padding: 1 })
}

/** A picture in -1..1 to the mean and the deviation of its latents.  [1, 3, 8h, 8w] -> twice [1, 4, h, w] */
export function vaeEncoder(x: Value, w: Weights, config: VaeConfig): { mean: Value; deviation: Value } {
  const encoder = w.at('encoder')
  let h = conv2d(x, encoder.at('conv_in'), { out: config.widths[0]!, kernel: 3, padding: 1 })
  config.widths.forEach((out, i) => {
    const block = encoder.at('down_blocks', i)
    for (let j = 0; j < config.layersPerBlock; j++) h = residualBlock(h, block.at('resnets', j), config, out)
    if (i === config.widths.length - 1) return
    // Padded below and to the right alone, unlike the UNet's.
    h = conv2d(h, block.at('downsamplers', 0, 'conv'), { out, kernel: 3, stride: 2, padding: [0, 0, 1, 1] })
  })
  h = middleBlock(h, encoder.at('mid_block'), config)
  const moments = 2 * config.latentChannels
  h = conv2d(silu(norm(h, encoder.at('conv_norm_out'), config)), encoder.at('conv_out'), {
    out: moments,
    kernel: 3,
    padding: 1,
  })
  const [mean, logVariance] = split(conv2d(h, w.at('quant_conv'), { out: moments, kernel: 1, padding: 0 }), 1, 2)
  return { mean: mean!, deviation: exp(scale(clip(logVariance!, LOG_VARIANCE.low, LOG_VARIANCE.high), 0.5)) }
}

const norm = (x: Value, w: Weights, { normGroups }: VaeConfig): Value =>
  groupNorm(x, w, { groups: normGroups, eps: GROUP_NORM_EPS })

/** Like the UNet's residual block, without time.  [1, cin, h, w] -> [1, out, h, w] */
const residualBlock = (x: Value, w: Weights, config: VaeConfig, out: number): Value =>
  throughNorms(residualSteps(x, w, out), ({ x, w }) => norm(x, w, config))

function* residualSteps(x: Value, w: Weights, out: number): AtNorms {
  let h = conv2d(silu(yield { x, w: w.at('norm1') }), w.at('conv1'), { out, kernel: 3, padding: 1 })
  h = conv2d(silu(yield { x: h, w: w.at('norm2') }), w.at('conv2'), { out, kernel: 3, padding: 1 })
  return add(x.shape[1] === out ? x : conv2d(x, w.at('conv_shortcut'), { out, kernel: 1, padding: 0 }), h)
}

/** Resnet, self-attention with one head over all positions, resnet.  [1, c, h, w] -> the same */
function middleBlock(x: Value, w: Weights, config: VaeConfig): Value {
  const c = x.shape[1]!
  const h = residualBlock(x, w.at('resnets', 0), config, c)
  return residualBlock(selfAttention(h, w.at('attentions', 0), config), w.at('resnets', 1), config, c)
}

function selfAttention(x: Value, w: Weights, config: VaeConfig): Value {
  const [, out, height, width] = x.shape as [number, number, number, number]
  const tokens = toTokens(norm(x, w.at('group_norm'), config)) // [h · w, c]
  const project = (name: string) => linear(tokens, w.at(name), { out, bias: true })
  const attended = attention(project('to_q'), project('to_k'), project('to_v'), { heads: 1 })
  return add(toPicture(linear(attended, w.at('to_out', 0), { out, bias: true }), { height, width }), x)
}

/** `latents` [1, 4, h, w] -> `picture` [1, 3, 8h, 8w] */
export function vaeDecoderGraph(
  w: Weights,
  config: VaeConfig,
  size: { height: number; width: number },
  options: GraphOptions,
): Graph {
  const g = new Graph('vae-decoder', options)
  g.output('picture', vaeDecoder(g.input('latents', [1, config.latentChannels, size.height, size.width]), w, config))
  return g
}

/** `picture` [1, 3, H, W] -> `mean`, `deviation` [1, 4, H/8, W/8] */
export function vaeEncoderGraph(
  w: Weights,
  config: VaeConfig,
  size: { height: number; width: number },
  options: GraphOptions,
): Graph {
  const g = new Graph('vae-encoder', options)
  const { mean, deviation } = vaeEncoder(g.input('picture', [1, 3, size.height, size.width]), w, config)
  g.output('mean', mean)
  g.output('deviation', deviation)
  return g
}
