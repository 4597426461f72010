/** Names and shapes, as their authors publish them, of what people keep beside checkpoints. */
import type { Shapes } from './original-shapes.ts'

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
