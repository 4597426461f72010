/** Names and shapes of T2I-Adapters, written out from how their programs build them. */
import { all, conv, type Shapes } from './original-shapes.ts'

/** Widths of the four features, and what the first convolution reads: the pixels of squares, in so many colours. */
export interface T2iSizes {
  readonly widths: readonly number[]
  readonly channels: 1 | 3
  readonly square: 8 | 16
}

export const SD15_T2I: T2iSizes = { widths: [320, 640, 1280, 1280], channels: 3, square: 8 }
export const SDXL_T2I: T2iSizes = { ...SD15_T2I, square: 16 }

const block = (name: string, width: number): Shapes => ({
  ...conv(`${name}.block1`, width, width),
  ...conv(`${name}.block2`, width, width, 1),
})

/** In the authors' names: two blocks to a feature, all in one list. */
export const t2iShapes = ({ widths, channels, square }: T2iSizes): Shapes => ({
  ...conv('conv_in', channels * square * square, widths[0]!),
  ...all(
    widths.flatMap((width, i) => {
      const before = widths[i - 1] ?? width
      return [
        before === width ? {} : conv(`body.${2 * i}.in_conv`, before, width, 1),
        block(`body.${2 * i}`, width),
        block(`body.${2 * i + 1}`, width),
      ]
    }),
  ),
})

/** In diffusers' names: a block to a feature, two resnets in each. */
export const t2iFolderShapes = ({ widths, channels, square }: T2iSizes): Shapes => ({
  ...conv('adapter.conv_in', channels * square * square, widths[0]!),
  ...all(
    widths.flatMap((width, i) => {
      const before = widths[i - 1] ?? width
      return [
        before === width ? {} : conv(`adapter.body.${i}.in_conv`, before, width, 1),
        block(`adapter.body.${i}.resnets.0`, width),
        block(`adapter.body.${i}.resnets.1`, width),
      ]
    }),
  ),
})
