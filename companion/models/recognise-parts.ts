import type { Outline } from './outline.ts'
import { useless, type Family, type Found } from './recognition.ts'

const LATENTS = 4

const otherLatents = (channels: number): Found =>
  useless(`it makes pictures from ${channels} latent channels, and Imprint's families have ${LATENTS}`)

/** An autoencoder by itself, original or diffusers' names. */
export function recogniseVae(file: Outline): Found | undefined {
  const prefix = ['', 'first_stage_model.', 'vae.'].find(
    (beginning) =>
      file.has(`${beginning}decoder.conv_in.weight`) &&
      (file.has(`${beginning}decoder.mid.block_1.norm1.weight`) ||
        file.has(`${beginning}decoder.mid_block.resnets.0.norm1.weight`)),
  )
  if (prefix === undefined) return undefined
  const [, channels = 0, ...kernel] = file.shape(`${prefix}decoder.conv_in.weight`)
  if (kernel.length !== 2) return useless('it is an autoencoder for films, which Imprint does not run')
  return channels === LATENTS ? { role: 'vae' } : otherLatents(channels)
}

/** A tiny autoencoder or half of one, numbered as its first files are or named as in diffusers. */
export function recogniseTaesd(file: Outline): Found | undefined {
  const decoder = firstConvolution(file, [
    ['decoder.layers.0.weight', 'decoder.layers.2.conv.0.weight'],
    ['1.weight', '3.conv.0.weight'],
    ['taesd_decoder.1.weight', 'taesd_decoder.3.conv.0.weight'],
  ])
  const encoder = firstConvolution(file, [
    ['encoder.layers.0.weight', 'encoder.layers.1.conv.0.weight'],
    ['0.weight', '1.conv.0.weight'],
    ['taesd_encoder.0.weight', 'taesd_encoder.1.conv.0.weight'],
  ])
  if (!decoder && !encoder) return undefined
  const [, channels = LATENTS] = decoder ?? []
  if (channels !== LATENTS) return otherLatents(channels)
  if (decoder && encoder) return { role: 'taesd', variant: 'whole' }
  return { role: 'taesd', variant: decoder ? 'decoder' : 'encoder' }
}

/** The shape of the first convolution, for the naming whose second tensor is there as well. */
function firstConvolution(
  file: Outline,
  namings: readonly (readonly [first: string, second: string])[],
): readonly number[] | undefined {
  const naming = namings.find(([first, second]) => file.has(second) && file.shape(first).length === 4)
  return naming && file.shape(naming[0])
}

/** CLIP's published vision towers by their width. */
export const VISION_TOWERS: Readonly<Record<number, string>> = {
  768: 'vit-b',
  1024: 'vit-l',
  1280: 'vit-h',
  1664: 'vit-bigg',
}

/** A CLIP vision tower with its projection, alone or beside a text tower; Hugging Face's or OpenCLIP's names. */
export function recogniseVisionTower(file: Outline): Found | undefined {
  if (file.has('concept_embeds')) return useless('it is a safety checker, which Imprint does not use')
  const patches = [
    [
      'vision_model.embeddings.patch_embedding.weight',
      'vision_model.embeddings.class_embedding',
      'visual_projection.weight',
    ],
    ['visual.conv1.weight', 'visual.class_embedding', 'visual.proj'],
    ['conv1.weight', 'class_embedding', 'proj'],
  ].find(([first]) => file.shape(first!).length === 4)
  if (!patches) return undefined
  const [first, token, projection] = patches as [string, string, string]
  if (!file.has(token))
    return first === 'conv1.weight' ? undefined : useless('it is a vision tower of another kind than CLIP')
  const variant = VISION_TOWERS[file.shape(first)[0]!]
  const missing = file.has(projection) ? [] : ['a projection: this file has the tower alone']
  return { role: 'encoder', ...(variant && { variant }), ...(missing.length > 0 && { missing }) }
}

const TEXT: Readonly<Record<number, readonly [variant: string, family?: Family]>> = {
  768: ['vit-l'],
  1024: ['vit-h'],
  1280: ['vit-bigg', 'sdxl'],
}

/** A CLIP text tower, Hugging Face's or OpenCLIP's names. */
export function recogniseTextTower(file: Outline): Found | undefined {
  if (file.has('encoder.block.0.layer.0.SelfAttention.q.weight'))
    return useless('it is the text encoder T5, which no family of Imprint has')
  const table = [
    'text_model.embeddings.token_embedding.weight',
    'embeddings.token_embedding.weight',
    'token_embedding.weight',
  ].find((name) => file.has(name))
  if (table === undefined) return undefined
  const [variant, family] = TEXT[file.shape(table)[1]!] ?? []
  return { role: 'text-encoder', ...(family && { family }), ...(variant && { variant }) }
}

/** A network that enlarges pictures. */
export function recogniseUpscaler(file: Outline): Found | undefined {
  const prefix = ['params_ema.', 'params.', ''].find((beginning) =>
    file.names.some((name) =>
      UPSCALERS.some(([, like]) => name.startsWith(beginning) && like.test(name.slice(beginning.length))),
    ),
  )
  if (prefix === undefined) return undefined
  const inner = file.below(prefix)
  return { role: 'upscaler', variant: UPSCALERS.find(([, like]) => inner.find(like) !== undefined)![0] }
}

const UPSCALERS: readonly (readonly [variant: string, name: RegExp])[] = [
  ['esrgan', /^(RRDB_trunk\.0\.RDB1|body\.0\.rdb1|model\.1\.sub\.0\.RDB1)\.conv1/],
  ['swinir', /^layers\.0\.residual_group\.blocks\.0\./],
  ['compact', /^body\.0\.weight$/],
]

/** Widths of CLIP's text towers: what an embedding takes the place of is one of their words. */
const WORDS: Readonly<Record<number, Family>> = { 768: 'sd15', 1280: 'sdxl' }
const MAX_WORDS = 128

/** A textual inversion: a few made-up words and nothing else. */
export function recogniseEmbedding(file: Outline): Found | undefined {
  if (file.names.length > 2 || file.names.length === 0) return undefined
  const widths = file.names.map((name) => {
    const shape = file.shape(name)
    const [rows = 0] = shape.length === 1 ? [1] : shape
    return shape.length <= 2 && rows <= MAX_WORDS ? shape.at(-1) : undefined
  })
  if (widths.some((width) => width === undefined || WORDS[width] === undefined)) return undefined
  return { role: 'embedding', family: widths.includes(1280) ? 'sdxl' : 'sd15' }
}
