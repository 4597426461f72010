import { firstOf, formerNames, keeping, keyMap, type Parts, type Place } from './key-map.ts'

/** Stable Diffusion's first files count one list of blocks down and one up; two resnets a level down, three up. */
const LEVELS = [0, 1, 2, 3]
const DOWN = [0, 1]
const UP = [0, 1, 2]

const RESNET: Parts = {
  'in_layers.0': 'norm1',
  'in_layers.2': 'conv1',
  'emb_layers.1': 'time_emb_proj',
  'out_layers.0': 'norm2',
  'out_layers.3': 'conv2',
  skip_connection: 'conv_shortcut',
}

const EMBEDDINGS: readonly Place[] = [
  ['time_embed.0', 'time_embedding.linear_1'],
  ['time_embed.2', 'time_embedding.linear_2'],
  ['time_embed.cond_proj', 'time_embedding.cond_proj'],
  ['label_emb.0.0', 'add_embedding.linear_1'],
  ['label_emb.0.2', 'add_embedding.linear_2'],
]

/** The way down and the middle, which a ControlNet has as well. */
const DOWN_AND_MIDDLE: readonly Place[] = [
  ...EMBEDDINGS,
  ['input_blocks.0.0', 'conv_in'],
  ...LEVELS.flatMap((level): Place[] => [
    ...DOWN.flatMap((j): Place[] => [
      [`input_blocks.${3 * level + j + 1}.0`, `down_blocks.${level}.resnets.${j}`, RESNET],
      [`input_blocks.${3 * level + j + 1}.1`, `down_blocks.${level}.attentions.${j}`],
    ]),
    [`input_blocks.${3 * level + 3}.0.op`, `down_blocks.${level}.downsamplers.0.conv`],
  ]),
  ['middle_block.0', 'mid_block.resnets.0', RESNET],
  ['middle_block.1', 'mid_block.attentions.0'],
  ['middle_block.2', 'mid_block.resnets.1', RESNET],
]

const WAY_UP: readonly Place[] = [
  ...LEVELS.flatMap((level): Place[] => [
    ...UP.flatMap((j): Place[] => [
      [`output_blocks.${3 * level + j}.0`, `up_blocks.${level}.resnets.${j}`, RESNET],
      [`output_blocks.${3 * level + j}.1`, `up_blocks.${level}.attentions.${j}`],
    ]),
    // The doubling comes after the attention where there is one.
    [`output_blocks.${3 * level + 2}.1.conv`, `up_blocks.${level}.upsamplers.0.conv`],
    [`output_blocks.${3 * level + 2}.2.conv`, `up_blocks.${level}.upsamplers.0.conv`],
  ]),
  ['out.0', 'conv_norm_out'],
  ['out.2', 'conv_out'],
]

const HINT: readonly Place[] = [
  ['input_hint_block.0', 'controlnet_cond_embedding.conv_in'],
  ...[0, 1, 2, 3, 4, 5].map((i): Place => [`input_hint_block.${2 * i + 2}`, `controlnet_cond_embedding.blocks.${i}`]),
  ['input_hint_block.14', 'controlnet_cond_embedding.conv_out'],
]

const ZERO_CONVOLUTIONS: readonly Place[] = [
  ...Array.from({ length: 12 }, (_, i): Place => [`zero_convs.${i}.0`, `controlnet_down_blocks.${i}`]),
  ['middle_block_out.0', 'controlnet_mid_block'],
]

const DIFFUSERS = ['conv_in', 'time_embedding', 'add_embedding', 'down_blocks', 'mid_block'] as const

/** What a module of diffusers' UNet may be called in the original names. */
export const originalUNetNames = (module: string): readonly string[] =>
  formerNames([...DOWN_AND_MIDDLE, ...WAY_UP], module)

/** A UNet's names, original or diffusers', to diffusers'. */
export const unetKeys = firstOf(
  keyMap([...DOWN_AND_MIDDLE, ...WAY_UP]),
  keeping(...DIFFUSERS, 'up_blocks', 'conv_norm_out', 'conv_out'),
)

/** A ControlNet's names, original or diffusers', to diffusers'. */
export const controlNetKeys = firstOf(
  keyMap([...DOWN_AND_MIDDLE, ...HINT, ...ZERO_CONVOLUTIONS]),
  keeping(...DIFFUSERS, 'controlnet_cond_embedding', 'controlnet_down_blocks', 'controlnet_mid_block'),
)
