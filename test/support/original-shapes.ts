/** Names and shapes of whole networks as their first files have them, written out from how those programs build them. */

/** A network's tensors by name. */
export type Shapes = Readonly<Record<string, readonly number[]>>

const prefixed = (prefix: string, shapes: Shapes): Shapes =>
  Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [prefix + name, shape]))

/** A weight of that shape, and a bias as long as its first side. */
export const layer = (name: string, ...shape: number[]): Shapes => ({
  [`${name}.weight`]: shape,
  [`${name}.bias`]: [shape[0]!],
})

/** Several lists as one. */
export const all = (lists: readonly Shapes[]): Shapes => Object.assign({}, ...lists) as Shapes

/** A norm over so many channels. */
export const norm = (name: string, width: number): Shapes => layer(name, width)

/** A convolution with a square kernel. */
export const conv = (name: string, into: number, out: number, side = 3): Shapes => layer(name, out, into, side, side)

/** What tells the UNets of the two families apart. */
export interface UNetKind {
  readonly channels: number
  readonly multipliers: readonly number[]
  /** Transformer blocks of each level; none at all where 0. */
  readonly depths: readonly number[]
  readonly middleDepth: number
  readonly context: number
  readonly linear: boolean
  readonly added?: number
}

export const SD15: UNetKind = {
  channels: 4,
  multipliers: [1, 2, 4, 4],
  depths: [1, 1, 1, 0],
  middleDepth: 1,
  context: 768,
  linear: false,
}
export const SDXL: UNetKind = {
  channels: 4,
  multipliers: [1, 2, 4],
  depths: [0, 2, 10],
  middleDepth: 10,
  context: 2048,
  linear: true,
  added: 2816,
}

const MODEL = 320

function resnet(name: string, into: number, out: number): Shapes {
  return {
    ...norm(`${name}.in_layers.0`, into),
    ...conv(`${name}.in_layers.2`, into, out),
    ...layer(`${name}.emb_layers.1`, out, 4 * MODEL),
    ...norm(`${name}.out_layers.0`, out),
    ...conv(`${name}.out_layers.3`, out, out),
    ...(into === out ? {} : conv(`${name}.skip_connection`, into, out, 1)),
  }
}

function transformer(name: string, width: number, depth: number, { context, linear }: UNetKind): Shapes {
  const through = (part: string) => (linear ? layer(part, width, width) : conv(part, width, width, 1))
  const shapes: Record<string, readonly number[]> = {
    ...norm(`${name}.norm`, width),
    ...through(`${name}.proj_in`),
    ...through(`${name}.proj_out`),
  }
  for (let i = 0; i < depth; i++) {
    const block = `${name}.transformer_blocks.${i}`
    for (const [attention, from] of [
      ['attn1', width],
      ['attn2', context],
    ] as const)
      Object.assign(shapes, {
        [`${block}.${attention}.to_q.weight`]: [width, width],
        [`${block}.${attention}.to_k.weight`]: [width, from],
        [`${block}.${attention}.to_v.weight`]: [width, from],
        ...layer(`${block}.${attention}.to_out.0`, width, width),
      })
    Object.assign(
      shapes,
      layer(`${block}.ff.net.0.proj`, 8 * width, width),
      layer(`${block}.ff.net.2`, width, 4 * width),
      ...[1, 2, 3].map((n) => norm(`${block}.norm${n}`, width)),
    )
  }
  return shapes
}

/** The way down and the middle, with the width of everything kept for the way up. */
function downAndMiddle(kind: UNetKind): { shapes: Shapes; skips: number[]; width: number } {
  const shapes: Record<string, readonly number[]> = {
    ...layer('time_embed.0', 4 * MODEL, MODEL),
    ...layer('time_embed.2', 4 * MODEL, 4 * MODEL),
    ...(kind.added
      ? { ...layer('label_emb.0.0', 4 * MODEL, kind.added), ...layer('label_emb.0.2', 4 * MODEL, 4 * MODEL) }
      : {}),
    ...conv('input_blocks.0.0', kind.channels, MODEL),
  }
  const skips = [MODEL]
  let width = MODEL
  let n = 1
  kind.multipliers.forEach((multiplier, level) => {
    for (let j = 0; j < 2; j++, n++) {
      Object.assign(shapes, resnet(`input_blocks.${n}.0`, width, multiplier * MODEL))
      width = multiplier * MODEL
      const depth = kind.depths[level]!
      if (depth > 0) Object.assign(shapes, transformer(`input_blocks.${n}.1`, width, depth, kind))
      skips.push(width)
    }
    if (level === kind.multipliers.length - 1) return
    Object.assign(shapes, conv(`input_blocks.${n++}.0.op`, width, width))
    skips.push(width)
  })
  Object.assign(
    shapes,
    resnet('middle_block.0', width, width),
    transformer('middle_block.1', width, kind.middleDepth, kind),
    resnet('middle_block.2', width, width),
  )
  return { shapes, skips, width }
}

/** A UNet. */
export function unetShapes(kind: UNetKind): Shapes {
  const { shapes: down, skips, width: middle } = downAndMiddle(kind)
  const shapes = { ...down }
  let width = middle
  const levels = kind.multipliers.length
  for (let n = 0; n < 3 * levels; n++) {
    const level = levels - 1 - Math.floor(n / 3)
    Object.assign(shapes, resnet(`output_blocks.${n}.0`, width + skips.pop()!, kind.multipliers[level]! * MODEL))
    width = kind.multipliers[level]! * MODEL
    const depth = kind.depths[level]!
    if (depth > 0) Object.assign(shapes, transformer(`output_blocks.${n}.1`, width, depth, kind))
    if (n % 3 === 2 && level > 0)
      Object.assign(shapes, conv(`output_blocks.${n}.${depth > 0 ? 2 : 1}.conv`, width, width))
  }
  return Object.assign(shapes, norm('out.0', MODEL), conv('out.2', MODEL, 4))
}

/** A ControlNet. */
export function controlNetShapes(kind: UNetKind): Shapes {
  const { shapes, skips, width } = downAndMiddle(kind)
  const hint = [3, 16, 16, 32, 32, 96, 96, 256, MODEL]
  return {
    ...shapes,
    ...all(hint.slice(1).map((out, i) => conv(`input_hint_block.${2 * i}`, hint[i]!, out))),
    ...all(skips.map((skip, i) => conv(`zero_convs.${i}.0`, skip, skip, 1))),
    ...conv('middle_block_out.0', width, width, 1),
  }
}

/** A resnet of an autoencoder, which names only the convolution beside it otherwise. */
export function vaeResnet(name: string, into: number, out: number, shortcut = 'nin_shortcut'): Shapes {
  return {
    ...norm(`${name}.norm1`, into),
    ...conv(`${name}.conv1`, into, out),
    ...norm(`${name}.norm2`, out),
    ...conv(`${name}.conv2`, out, out),
    ...(into === out ? {} : conv(`${name}.${shortcut}`, into, out, 1)),
  }
}

const vaeMiddle = (half: string): Shapes => ({
  ...vaeResnet(`${half}.mid.block_1`, 512, 512),
  ...vaeResnet(`${half}.mid.block_2`, 512, 512),
  ...norm(`${half}.mid.attn_1.norm`, 512),
  ...all(['q', 'k', 'v', 'proj_out'].map((part) => conv(`${half}.mid.attn_1.${part}`, 512, 512, 1))),
})

/** An autoencoder. */
export function vaeShapes(latents = 4): Shapes {
  const widths = [128, 256, 512, 512]
  const shapes: Record<string, readonly number[]> = {
    ...conv('encoder.conv_in', 3, 128),
    ...vaeMiddle('encoder'),
    ...norm('encoder.norm_out', 512),
    ...conv('encoder.conv_out', 512, 2 * latents),
    ...conv('quant_conv', 2 * latents, 2 * latents, 1),
    ...conv('post_quant_conv', latents, latents, 1),
    ...conv('decoder.conv_in', latents, 512),
    ...vaeMiddle('decoder'),
    ...norm('decoder.norm_out', 128),
    ...conv('decoder.conv_out', 128, 3),
  }
  let width = 128
  widths.forEach((out, level) => {
    for (let j = 0; j < 2; j++, width = out)
      Object.assign(shapes, vaeResnet(`encoder.down.${level}.block.${j}`, width, out))
    if (level < 3) Object.assign(shapes, conv(`encoder.down.${level}.downsample.conv`, out, out))
  })
  for (let level = 3; level >= 0; level--) {
    const out = widths[level]!
    for (let j = 0; j < 3; j++, width = out)
      Object.assign(shapes, vaeResnet(`decoder.up.${level}.block.${j}`, width, out))
    if (level > 0) Object.assign(shapes, conv(`decoder.up.${level}.upsample.conv`, out, out))
  }
  return shapes
}

/** A CLIP tower's transformer in Hugging Face's names. */
const clipLayers = (tower: string, width: number, layers: number, inner = 4 * width): Shapes =>
  all(
    Array.from({ length: layers }, (_, i) => {
      const block = `${tower}.encoder.layers.${i}`
      return {
        ...norm(`${block}.layer_norm1`, width),
        ...norm(`${block}.layer_norm2`, width),
        ...all(['q', 'k', 'v', 'out'].map((p) => layer(`${block}.self_attn.${p}_proj`, width, width))),
        ...layer(`${block}.mlp.fc1`, inner, width),
        ...layer(`${block}.mlp.fc2`, width, inner),
      }
    }),
  )

/** A CLIP text tower in Hugging Face's names. */
export const clipTextShapes = (width = 768, layers = 12): Shapes => ({
  'text_model.embeddings.token_embedding.weight': [49408, width],
  'text_model.embeddings.position_embedding.weight': [77, width],
  ...clipLayers('text_model', width, layers),
  ...norm('text_model.final_layer_norm', width),
})

/** A CLIP vision tower in Hugging Face's names. */
export const clipVisionShapes = (width: number, layers: number, projection: number, inner = 4 * width): Shapes => ({
  'vision_model.embeddings.class_embedding': [width],
  'vision_model.embeddings.patch_embedding.weight': [width, 3, 14, 14],
  'vision_model.embeddings.position_embedding.weight': [257, width],
  ...norm('vision_model.pre_layrnorm', width),
  ...clipLayers('vision_model', width, layers, inner),
  ...norm('vision_model.post_layernorm', width),
  'visual_projection.weight': [projection, width],
})

const openClipBlocks = (width: number, layers: number, inner = 4 * width): Shapes =>
  all(
    Array.from({ length: layers }, (_, i) => {
      const block = `transformer.resblocks.${i}`
      return {
        ...norm(`${block}.ln_1`, width),
        ...norm(`${block}.ln_2`, width),
        [`${block}.attn.in_proj_weight`]: [3 * width, width],
        [`${block}.attn.in_proj_bias`]: [3 * width],
        ...layer(`${block}.attn.out_proj`, width, width),
        ...layer(`${block}.mlp.c_fc`, inner, width),
        ...layer(`${block}.mlp.c_proj`, width, inner),
      }
    }),
  )

/** OpenCLIP's text tower. */
export const openClipTextShapes = (width = 1280, layers = 32): Shapes => ({
  positional_embedding: [77, width],
  'token_embedding.weight': [49408, width],
  ...openClipBlocks(width, layers),
  ...norm('ln_final', width),
  text_projection: [width, width],
  logit_scale: [],
})

/** OpenCLIP's vision tower. */
export const openClipVisionShapes = (width: number, layers: number, projection: number, inner = 4 * width): Shapes => ({
  class_embedding: [width],
  positional_embedding: [257, width],
  proj: [width, projection],
  'conv1.weight': [width, 3, 14, 14],
  ...norm('ln_pre', width),
  ...openClipBlocks(width, layers, inner),
  ...norm('ln_post', width),
})

/** A whole SD1.5 checkpoint in one file; another number of channels makes it one for inpainting. */
export const sd15Shapes = (channels = 4): Shapes => ({
  ...prefixed('model.diffusion_model.', unetShapes({ ...SD15, channels })),
  ...prefixed('first_stage_model.', vaeShapes()),
  ...prefixed('cond_stage_model.transformer.', clipTextShapes()),
})

/** A whole SDXL checkpoint in one file. */
export const sdxlShapes = (): Shapes => ({
  ...prefixed('model.diffusion_model.', unetShapes(SDXL)),
  ...prefixed('first_stage_model.', vaeShapes()),
  ...prefixed('conditioner.embedders.0.transformer.', clipTextShapes()),
  ...prefixed('conditioner.embedders.1.model.', openClipTextShapes()),
})

/** The same shapes under names that begin with this. */
export const beginning = prefixed
