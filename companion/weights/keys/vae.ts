import { firstOf, keeping, keyMap, type KeyMap, type Parts, type Place } from './key-map.ts'

const RESNET: Parts = {
  norm1: 'norm1',
  conv1: 'conv1',
  norm2: 'norm2',
  conv2: 'conv2',
  nin_shortcut: 'conv_shortcut',
}

const matrix = (name: string) => ({ name, flat: true }) as const

const ATTENTION: Parts = {
  norm: 'group_norm',
  q: matrix('to_q'),
  k: matrix('to_k'),
  v: matrix('to_v'),
  proj_out: matrix('to_out.0'),
}

/** diffusers' own names until 2023, mixed with those that stayed. */
const OLD_ATTENTION: Parts = {
  group_norm: 'group_norm',
  query: matrix('to_q'),
  key: matrix('to_k'),
  value: matrix('to_v'),
  proj_attn: matrix('to_out.0'),
  to_q: 'to_q',
  to_k: 'to_k',
  to_v: 'to_v',
  'to_out.0': 'to_out.0',
}

const middle = (half: string): Place[] => [
  [`${half}.mid.block_1`, `${half}.mid_block.resnets.0`, RESNET],
  [`${half}.mid.block_2`, `${half}.mid_block.resnets.1`, RESNET],
  [`${half}.mid.attn_1`, `${half}.mid_block.attentions.0`, ATTENTION],
  [`${half}.mid_block.attentions.0`, `${half}.mid_block.attentions.0`, OLD_ATTENTION],
  [`${half}.norm_out`, `${half}.conv_norm_out`],
]

/** Two resnets a level in the encoder, three in the decoder. */
const ENCODER = [0, 1]
const DECODER = [0, 1, 2]

/** An autoencoder's names, original or diffusers', to diffusers'. */
export function vaeKeys(names: Iterable<string>): KeyMap {
  const counted = new Set([...names].map((name) => /^decoder\.up\.(\d)\./.exec(name)?.[1]).filter(Boolean))
  const levels = Array.from({ length: counted.size }, (_, level) => level)
  // The original counts the decoder's levels from the picture, diffusers from the latents.
  const up = (level: number) => `decoder.up_blocks.${levels.length - 1 - level}`
  return firstOf(
    keyMap([
      ...levels.flatMap((level): Place[] => [
        ...ENCODER.map((j): Place => [
          `encoder.down.${level}.block.${j}`,
          `encoder.down_blocks.${level}.resnets.${j}`,
          RESNET,
        ]),
        [`encoder.down.${level}.downsample.conv`, `encoder.down_blocks.${level}.downsamplers.0.conv`],
        ...DECODER.map((j): Place => [`decoder.up.${level}.block.${j}`, `${up(level)}.resnets.${j}`, RESNET]),
        [`decoder.up.${level}.upsample.conv`, `${up(level)}.upsamplers.0.conv`],
      ]),
      ...middle('encoder'),
      ...middle('decoder'),
    ]),
    keeping(
      ...['encoder', 'decoder'].flatMap((half) =>
        ['conv_in', 'conv_out', 'conv_norm_out', 'down_blocks', 'up_blocks', 'mid_block.resnets'].map(
          (part) => `${half}.${part}`,
        ),
      ),
      'quant_conv',
      'post_quant_conv',
    ),
  )
}
