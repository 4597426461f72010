/** Names and shapes, as their authors publish them, of what people keep beside checkpoints. */
import { beginning, type Shapes } from './original-shapes.ts'

const KEYS = { sd15: [768, 320, 31], sdxl: [2048, 640, 139] } as const

/** An IP-Adapter's keys and values, of the first and the last attention. */
export const adapterKeys = (family: keyof typeof KEYS): Shapes => {
  const [text, width, last] = KEYS[family]
  return Object.fromEntries(
    [1, last].flatMap((i) => ['k', 'v'].map((part) => [`${i}.to_${part}_ip.weight`, [i === 1 ? width : 1280, text]])),
  )
}

/** The networks that make tokens of pictures or faces, by the adapter's variant. */
export const PROJECTIONS = {
  base: (text: number): Shapes => ({ 'proj.weight': [4 * text, 1024], 'proj.bias': [4 * text], 'norm.weight': [text] }),
  full: (text: number): Shapes => ({
    'proj.0.weight': [1280, 1280],
    'proj.2.weight': [text, 1280],
    'proj.3.weight': [text],
    'proj.3.bias': [text],
  }),
  faceid: (text: number): Shapes => mlp(text, 4),
  portrait: (text: number): Shapes => mlp(text, 16),
  'faceid-plus': (text: number): Shapes => ({
    ...mlp(text, 4),
    'perceiver_resampler.proj_in.weight': [text, 1280],
    'perceiver_resampler.layers.0.0.to_q.weight': [text, text],
  }),
  plus: (text: number): Shapes => resampler(text, 1280),
  instantid: (text: number): Shapes => resampler(text, 512),
} as const

const mlp = (text: number, tokens: number): Shapes => ({
  'proj.0.weight': [1024, 512],
  'proj.2.weight': [tokens * text, 1024],
  'norm.weight': [text],
})

const resampler = (text: number, features: number): Shapes => ({
  latents: [1, 16, 1280],
  'proj_in.weight': [1280, features],
  'proj_out.weight': [text, 1280],
  'layers.0.0.to_q.weight': [1280, 1280],
})

/** An adapter in the flat names of safetensors. */
export const adapterShapes = (variant: keyof typeof PROJECTIONS, family: keyof typeof KEYS): Shapes => ({
  ...beginning('image_proj.', PROJECTIONS[variant](KEYS[family][0])),
  ...beginning('ip_adapter.', adapterKeys(family)),
})

/** A module's low-rank change in kohya's names. */
export const kohyaShapes = (module: string, into: number, out: number): Shapes => ({
  [`${module}.lora_down.weight`]: [8, into],
  [`${module}.lora_up.weight`]: [out, 8],
  [`${module}.alpha`]: [],
})

/** A module's low-rank change in PEFT's names. */
export const peftShapes = (module: string, into: number, out: number): Shapes => ({
  [`${module}.lora_A.weight`]: [8, into],
  [`${module}.lora_B.weight`]: [out, 8],
})

/** A module's change as a product of two low-rank ones (LoHa). */
export const lohaShapes = (module: string, into: number, out: number): Shapes =>
  Object.fromEntries(
    [1, 2].flatMap((n) => [
      [`${module}.hada_w${n}_a`, [out, 8]],
      [`${module}.hada_w${n}_b`, [8, into]],
    ]),
  )

/** A tiny autoencoder's decoder in its author's names. */
export const taesdDecoderShapes = (): Shapes => ({
  '1.weight': [64, 4, 3, 3],
  '1.bias': [64],
  ...Object.fromEntries([0, 2, 4].map((i) => [`3.conv.${i}.weight`, [64, 64, 3, 3]])),
  '18.weight': [3, 64, 3, 3],
})

/** An enlarging network in its authors' names. */
export const esrganShapes = (): Shapes => ({
  'conv_first.weight': [64, 3, 3, 3],
  'body.0.rdb1.conv1.weight': [32, 64, 3, 3],
  'conv_last.weight': [3, 64, 3, 3],
})
