/** Names and shapes of whole networks as diffusers' folders have them, written out from how diffusers builds them. */
import { all, conv, layer, norm, vaeResnet as originalVaeResnet, type Shapes } from './original-shapes.ts'

/** What tells the UNets of the two families apart, level by level from the picture inwards. */
interface UNetSizes {
  readonly widths: readonly number[]
  /** Transformer blocks of each level on the way down; none where 0. */
  readonly down: readonly number[]
  readonly middle: number
  /** The same on the way up. */
  readonly up: readonly number[]
  readonly context: number
  readonly linear: boolean
  readonly added?: number
}

export const SD15_SIZES: UNetSizes = {
  widths: [320, 640, 1280, 1280],
  down: [1, 1, 1, 0],
  middle: 1,
  up: [0, 1, 1, 1],
  context: 768,
  linear: false,
}

export const SDXL_SIZES: UNetSizes = {
  widths: [320, 640, 1280],
  down: [0, 2, 10],
  middle: 10,
  up: [10, 2, 0],
  context: 2048,
  linear: true,
  added: 2816,
}

/** Width of the time embedding of both. */
const TIME = 1280

function resnet(name: string, into: number, out: number): Shapes {
  return {
    ...norm(`${name}.norm1`, into),
    ...conv(`${name}.conv1`, into, out),
    ...layer(`${name}.time_emb_proj`, out, TIME),
    ...norm(`${name}.norm2`, out),
    ...conv(`${name}.conv2`, out, out),
    ...(into === out ? {} : conv(`${name}.conv_shortcut`, into, out, 1)),
  }
}

const attention = (name: string, width: number, context: number): Shapes => ({
  [`${name}.to_q.weight`]: [width, width],
  [`${name}.to_k.weight`]: [width, context],
  [`${name}.to_v.weight`]: [width, context],
  ...layer(`${name}.to_out.0`, width, width),
})

function transformer(name: string, width: number, depth: number, { context, linear }: UNetSizes): Shapes {
  if (depth === 0) return {}
  const blocks = Array.from({ length: depth }, (_, i) => {
    const block = `${name}.transformer_blocks.${i}`
    return {
      ...all(['norm1', 'norm2', 'norm3'].map((part) => norm(`${block}.${part}`, width))),
      ...attention(`${block}.attn1`, width, width),
      ...attention(`${block}.attn2`, width, context),
      // Values and gates as one.
      ...layer(`${block}.ff.net.0.proj`, 2 * 4 * width, width),
      ...layer(`${block}.ff.net.2`, width, 4 * width),
    }
  })
  const through = (part: string) => (linear ? layer(part, width, width) : conv(part, width, width, 1))
  return {
    ...norm(`${name}.norm`, width),
    ...through(`${name}.proj_in`),
    ...all(blocks),
    ...through(`${name}.proj_out`),
  }
}

/** What each resnet of the way up reads beside what comes from below: the skips, first to last, by their widths. */
const skipsOf = (widths: readonly number[]): number[] => [
  widths[0]!,
  ...widths.flatMap((width, i) => (i < widths.length - 1 ? [width, width, width] : [width, width])),
]

/** A UNet. */
export function unetFolderShapes(sizes: UNetSizes): Shapes {
  const { widths, down, middle, up, added } = sizes
  const last = widths.length - 1
  const skips = skipsOf(widths)
  const deepest = widths[last]!
  let below = deepest
  return {
    ...conv('conv_in', 4, widths[0]!),
    ...layer('time_embedding.linear_1', TIME, widths[0]!),
    ...layer('time_embedding.linear_2', TIME, TIME),
    ...(added && {
      ...layer('add_embedding.linear_1', TIME, added),
      ...layer('add_embedding.linear_2', TIME, TIME),
    }),
    ...all(
      widths.map((width, i) => ({
        ...resnet(`down_blocks.${i}.resnets.0`, widths[Math.max(0, i - 1)]!, width),
        ...resnet(`down_blocks.${i}.resnets.1`, width, width),
        ...all([0, 1].map((j) => transformer(`down_blocks.${i}.attentions.${j}`, width, down[i]!, sizes))),
        ...(i < last && conv(`down_blocks.${i}.downsamplers.0.conv`, width, width)),
      })),
    ),
    ...resnet('mid_block.resnets.0', deepest, deepest),
    ...transformer('mid_block.attentions.0', deepest, middle, sizes),
    ...resnet('mid_block.resnets.1', deepest, deepest),
    ...all(
      [...widths].reverse().map((width, i) => ({
        ...all(
          [0, 1, 2].map((j) => {
            const into = below + skips.pop()!
            below = width
            return {
              ...resnet(`up_blocks.${i}.resnets.${j}`, into, width),
              ...transformer(`up_blocks.${i}.attentions.${j}`, width, up[i]!, sizes),
            }
          }),
        ),
        ...(i < last && conv(`up_blocks.${i}.upsamplers.0.conv`, width, width)),
      })),
    ),
    ...norm('conv_norm_out', widths[0]!),
    ...conv('conv_out', widths[0]!, 4),
  }
}

const vaeResnet = (name: string, into: number, out: number): Shapes =>
  originalVaeResnet(name, into, out, 'conv_shortcut')

const vaeMiddle = (half: string): Shapes => ({
  ...vaeResnet(`${half}.mid_block.resnets.0`, 512, 512),
  ...norm(`${half}.mid_block.attentions.0.group_norm`, 512),
  ...all(['to_q', 'to_k', 'to_v', 'to_out.0'].map((part) => layer(`${half}.mid_block.attentions.0.${part}`, 512, 512))),
  ...vaeResnet(`${half}.mid_block.resnets.1`, 512, 512),
})

/** The resnets of one level, the first of which changes the width. */
const vaeLevel = (name: string, resnets: number, into: number, out: number): Shapes =>
  all(Array.from({ length: resnets }, (_, j) => vaeResnet(`${name}.resnets.${j}`, j === 0 ? into : out, out)))

/** The autoencoder of both families. */
export const vaeFolderShapes = (): Shapes => ({
  ...conv('encoder.conv_in', 3, 128),
  ...vaeLevel('encoder.down_blocks.0', 2, 128, 128),
  ...conv('encoder.down_blocks.0.downsamplers.0.conv', 128, 128),
  ...vaeLevel('encoder.down_blocks.1', 2, 128, 256),
  ...conv('encoder.down_blocks.1.downsamplers.0.conv', 256, 256),
  ...vaeLevel('encoder.down_blocks.2', 2, 256, 512),
  ...conv('encoder.down_blocks.2.downsamplers.0.conv', 512, 512),
  ...vaeLevel('encoder.down_blocks.3', 2, 512, 512),
  ...vaeMiddle('encoder'),
  ...norm('encoder.conv_norm_out', 512),
  ...conv('encoder.conv_out', 512, 8),
  ...conv('quant_conv', 8, 8, 1),
  ...conv('post_quant_conv', 4, 4, 1),
  ...conv('decoder.conv_in', 4, 512),
  ...vaeMiddle('decoder'),
  ...vaeLevel('decoder.up_blocks.0', 3, 512, 512),
  ...conv('decoder.up_blocks.0.upsamplers.0.conv', 512, 512),
  ...vaeLevel('decoder.up_blocks.1', 3, 512, 512),
  ...conv('decoder.up_blocks.1.upsamplers.0.conv', 512, 512),
  ...vaeLevel('decoder.up_blocks.2', 3, 512, 256),
  ...conv('decoder.up_blocks.2.upsamplers.0.conv', 256, 256),
  ...vaeLevel('decoder.up_blocks.3', 3, 256, 128),
  ...norm('decoder.conv_norm_out', 128),
  ...conv('decoder.conv_out', 128, 3),
})
