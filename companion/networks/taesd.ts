import { conv2d, upsampleNearest } from '../graph/nn.ts'
import { Graph, type GraphOptions, type Value } from '../graph/graph.ts'
import { add, relu, scale, tanh } from '../graph/ops.ts'
import type { StoredTensor } from '../weights/safetensors.ts'
import type { Weights } from '../weights/weights.ts'

/** Half of a tiny autoencoder (TAESD, github.com/madebyollin/taesd), as its tensors' names and shapes tell. */
export interface TaesdConfig {
  /** Channels between the first and the last convolution. */
  readonly width: number
  readonly latentChannels: number
  /** Names begin with this (diffusers), or with the number of a layer (the original files). */
  readonly prefix: readonly string[]
  /** Number of the first convolution; the original decoder counts the limit on its latents as layer 0. */
  readonly first: number
}

const STAGES = 3
const BLOCKS = 3
/** Latents beyond this are squeezed towards it. */
const LIMIT = 3

/** The decoder stored among these tensors, or undefined where there is none. */
export function taesdDecoderConfig(tensors: ReadonlyMap<string, StoredTensor>): TaesdConfig | undefined {
  for (const { prefix, first } of DECODER_NAMES) {
    // A block where it would be, as in an encoder, has no weights of that name.
    const [width, latentChannels] = tensors.get([...prefix, first, 'weight'].join('.'))?.shape ?? []
    if (width !== undefined && latentChannels !== undefined) return { width, latentChannels, prefix, first }
  }
  return undefined
}

/** In diffusers, among the original files, and where both halves of those stand in one. */
const DECODER_NAMES = [
  { prefix: ['decoder', 'layers'], first: 0 },
  { prefix: [], first: 1 },
  { prefix: ['taesd_decoder'], first: 1 },
] as const

/** The encoder stored among these tensors, or undefined where there is none. */
export function taesdEncoderConfig(tensors: ReadonlyMap<string, StoredTensor>): TaesdConfig | undefined {
  for (const prefix of [['encoder', 'layers'], []]) {
    const named = (layer: number) => tensors.get([...prefix, layer, 'weight'].join('.'))
    const width = named(0)?.shape[0]
    const latentChannels = named(ENCODER_LAST)?.shape[0]
    if (width !== undefined && latentChannels !== undefined) return { width, latentChannels, prefix, first: 0 }
  }
  return undefined
}

/** One convolution and a block, then a halving convolution and three blocks for each stage. */
const ENCODER_LAST = 2 + STAGES * (1 + BLOCKS)

/** Latents as the diffusion has them to a picture in -1..1.  [1, 4, h, w] -> [1, 3, 8h, 8w] */
export function taesdDecoder(latents: Value, w: Weights, config: TaesdConfig): Value {
  const { width: out, first } = config
  const layer = (i: number) => w.at(...config.prefix, first + i)
  let h = scale(tanh(scale(latents, 1 / LIMIT)), LIMIT)
  h = relu(conv2d(h, layer(0), { out, kernel: 3, padding: 1 }))
  // Layer 1 is the activation.
  let next = 2
  for (let stage = 0; stage < STAGES; stage++) {
    for (let j = 0; j < BLOCKS; j++) h = block(h, layer(next++), config)
    const [, , height, width] = h.shape
    h = upsampleNearest(h, { height: 2 * height!, width: 2 * width! })
    // The layer between is the upsampling.
    h = conv2d(h, layer(next + 1), { out, kernel: 3, padding: 1, bias: false })
    next += 2
  }
  h = conv2d(block(h, layer(next), config), layer(next + 1), { out: 3, kernel: 3, padding: 1 })
  // The network's pictures are in 0..1.
  return shift(scale(h, 2), -1)
}

/** A picture in -1..1 to latents as the diffusion has them.  [1, 3, 8h, 8w] -> [1, 4, h, w] */
export function taesdEncoder(picture: Value, w: Weights, config: TaesdConfig): Value {
  const { width: out, first } = config
  const layer = (i: number) => w.at(...config.prefix, first + i)
  let h = scale(shift(picture, 1), 0.5)
  h = block(conv2d(h, layer(0), { out, kernel: 3, padding: 1 }), layer(1), config)
  let next = 2
  for (let stage = 0; stage < STAGES; stage++) {
    h = conv2d(h, layer(next++), { out, kernel: 3, stride: 2, padding: 1, bias: false })
    for (let j = 0; j < BLOCKS; j++) h = block(h, layer(next++), config)
  }
  return conv2d(h, layer(ENCODER_LAST), { out: config.latentChannels, kernel: 3, padding: 1 })
}

const shift = (x: Value, by: number): Value => add(x, x.graph.constant([by], [], 'float32'))

/** Three convolutions beside a straight way.  [1, c, h, w] -> the same */
function block(x: Value, w: Weights, { width: out }: TaesdConfig): Value {
  const conv = (h: Value, i: number) => conv2d(h, w.at('conv', i), { out, kernel: 3, padding: 1 })
  return relu(add(conv(relu(conv(relu(conv(x, 0)), 2)), 4), x))
}

/** `latents` [1, 4, h, w] -> `picture` [1, 3, 8h, 8w] */
export function taesdDecoderGraph(
  w: Weights,
  config: TaesdConfig,
  size: { height: number; width: number },
  options: GraphOptions,
): Graph {
  const g = new Graph('taesd-decoder', options)
  g.output('picture', taesdDecoder(g.input('latents', [1, config.latentChannels, size.height, size.width]), w, config))
  return g
}

/** `picture` [1, 3, H, W] -> `latents` [1, 4, H/8, W/8] */
export function taesdEncoderGraph(
  w: Weights,
  config: TaesdConfig,
  size: { height: number; width: number },
  options: GraphOptions,
): Graph {
  const g = new Graph('taesd-encoder', options)
  g.output('latents', taesdEncoder(g.input('picture', [1, 3, size.height, size.width]), w, config))
  return g
}
