/** Names and shapes of IP-Adapters as their authors publish them, of every kind and of full size. */
import { beginning, type Shapes } from './original-shapes.ts'

export type Family = 'sd15' | 'sdxl'

/** Width of the text states, of a Resampler's queries, and of each cross-attention by its number in the file. */
const FAMILIES = {
  sd15: {
    text: 768,
    inner: 768,
    layers: [
      [1, 3, 320],
      [5, 7, 640],
      [9, 17, 1280],
      [19, 23, 640],
      [25, 29, 320],
      [31, 31, 1280],
    ],
  },
  sdxl: {
    text: 2048,
    inner: 1280,
    layers: [
      [1, 7, 640],
      [9, 107, 1280],
      [109, 119, 640],
      [121, 139, 1280],
    ],
  },
} as const

/** Cross-attentions have the odd numbers. */
const layersOf = (family: Family): { n: number; width: number }[] =>
  FAMILIES[family].layers.flatMap(([first, last, width]) =>
    Array.from({ length: (last - first) / 2 + 1 }, (_, i) => ({ n: first + 2 * i, width })),
  )

/** Keys and values of every cross-attention. */
export const adapterKeys = (family: Family): Shapes =>
  Object.fromEntries(
    layersOf(family).flatMap(({ n, width }) =>
      ['k', 'v'].map((part) => [`${n}.to_${part}_ip.weight`, [width, FAMILIES[family].text]]),
    ),
  )

const RANK = 128

/** The low-rank changes in a FaceID file: of every attention, self and cross in turn. */
export const faceLora = (family: Family): Shapes =>
  Object.fromEntries(
    layersOf(family).flatMap(({ n, width }) =>
      [n - 1, n].flatMap((number) =>
        ['q', 'k', 'v', 'out'].flatMap((part) => {
          const from = number === n && (part === 'k' || part === 'v') ? FAMILIES[family].text : width
          return [
            [`${number}.to_${part}_lora.down.weight`, [RANK, from]],
            [`${number}.to_${part}_lora.up.weight`, [width, RANK]],
          ]
        }),
      ),
    ),
  )

const linear = (name: string, into: number, out: number): Shapes => ({
  [`${name}.weight`]: [out, into],
  [`${name}.bias`]: [out],
})

const norm = (name: string, width: number): Shapes => ({ [`${name}.weight`]: [width], [`${name}.bias`]: [width] })

const perceiver = (width: number, heads: number): Shapes =>
  Object.fromEntries(
    Array.from({ length: 4 }, (_, i) =>
      Object.entries({
        ...norm(`layers.${i}.0.norm1`, width),
        ...norm(`layers.${i}.0.norm2`, width),
        [`layers.${i}.0.to_q.weight`]: [64 * heads, width],
        [`layers.${i}.0.to_kv.weight`]: [128 * heads, width],
        [`layers.${i}.0.to_out.weight`]: [width, 64 * heads],
        ...norm(`layers.${i}.1.0`, width),
        [`layers.${i}.1.1.weight`]: [4 * width, width],
        [`layers.${i}.1.3.weight`]: [width, 4 * width],
      }),
    ).flat(),
  )

const base = (text: number, features: number): Shapes => ({
  ...linear('proj', features, 4 * text),
  ...norm('norm', text),
})

const faceMlp = (text: number, tokens: number): Shapes => ({
  ...linear('proj.0', 512, 1024),
  ...linear('proj.2', 1024, tokens * text),
  ...norm('norm', text),
})

const resampler = (text: number, inner: number, features: number): Shapes => ({
  latents: [1, 16, inner],
  ...linear('proj_in', features, inner),
  ...perceiver(inner, inner / 64),
  ...linear('proj_out', inner, text),
  ...norm('norm_out', text),
})

const facePlus = (text: number): Shapes => ({
  ...faceMlp(text, 4),
  ...beginning('perceiver_resampler.', {
    ...linear('proj_in', 1280, text),
    ...perceiver(text, text / 64),
    ...linear('proj_out', text, text),
    ...norm('norm_out', text),
  }),
})

/** The networks that make tokens of pictures or faces. */
const PROJECTIONS = {
  base: (text: number): Shapes => base(text, 1024),
  'base of bigG': (text: number): Shapes => base(text, 1280),
  full: (text: number): Shapes => ({
    ...linear('proj.0', 1280, 1280),
    ...linear('proj.2', 1280, text),
    ...norm('proj.3', text),
  }),
  faceid: (text: number): Shapes => faceMlp(text, 4),
  portrait: (text: number): Shapes => faceMlp(text, 16),
  'faceid-plus': facePlus,
  plus: (text: number, inner: number): Shapes => resampler(text, inner, 1280),
  instantid: (text: number, inner: number): Shapes => resampler(text, inner, 512),
} as const

export type AdapterVariant = keyof typeof PROJECTIONS

/** The network that makes image tokens. */
export const projectionShapes = (variant: AdapterVariant, family: Family): Shapes =>
  PROJECTIONS[variant](FAMILIES[family].text, FAMILIES[family].inner)

/** A whole adapter in the flat names of safetensors. */
export const adapterShapes = (variant: AdapterVariant, family: Family): Shapes => ({
  ...beginning('image_proj.', projectionShapes(variant, family)),
  ...beginning('ip_adapter.', adapterKeys(family)),
  ...(/^faceid/.test(variant) && beginning('ip_adapter.', faceLora(family))),
})

/** The same as its training leaves it, beside a tensor of the UNet it was trained on. */
export const trainedAdapterShapes = (variant: AdapterVariant, family: Family): Shapes => ({
  'unet.conv_in.weight': [320, 4, 3, 3],
  ...beginning('image_proj_model.', projectionShapes(variant, family)),
  ...beginning('adapter_modules.', adapterKeys(family)),
})
