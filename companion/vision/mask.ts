import type { Raster } from '../../shared/raster.ts'
import { greyOf } from './grey.ts'
import { resizeLanczos } from './resize.ts'

/** Where something applies: 1 inside and 0 outside, rows top to bottom. */
export interface Mask {
  readonly width: number
  readonly height: number
  readonly data: Float32Array
}

type Size = Pick<Mask, 'width' | 'height'>

/** Mask sizes are multiples of this many pixels. */
const GRID = 8

/**
 * A picture as a mask: resized (Lanczos, 8 bits) to the size rounded down to multiples of 8, white from half grey on.
 * Regions of image prompts and the part to paint anew are made alike.
 */
export function maskOf(picture: Raster, size: Size): Mask {
  const down = (side: number) => side - (side % GRID)
  const fitted = resizeLanczos(picture, { width: down(size.width), height: down(size.height) })
  const data = Float32Array.from(greyOf(fitted), (grey) => Number(grey / 255 >= 0.5))
  return { width: fitted.width, height: fitted.height, data }
}

/**
 * A mask as an attention layer with that many queries takes it: resized (bicubic, not antialiased) to their rows and
 * columns, row by row; zeros where it ends early, cut where it is longer. Values may leave 0..1.  -> [queries]
 */
export function maskAt(mask: Mask, queries: number): Float32Array {
  const whole = Math.max(1, Math.trunc(Math.sqrt(queries / (mask.width / mask.height))))
  const height = whole + Number(queries % whole !== 0)
  const width = Math.floor(queries / height)
  const fitted = new Float32Array(queries)
  fitted.set(bicubic(mask, { width, height }).subarray(0, queries))
  return fitted
}

/** A mask at the latents' size, each taking the pixel at its upper left corner.  -> [height · width] */
export function latentMask(mask: Mask, { width, height }: Size): Float32Array {
  const nearest = (i: number, from: number, to: number) => Math.min(from - 1, Math.floor((i * from) / to))
  return Float32Array.from({ length: width * height }, (_, i) => {
    const x = nearest(i % width, mask.width, width)
    const y = nearest(Math.floor(i / width), mask.height, height)
    return mask.data[y * mask.width + x]!
  })
}

/** torch's bicubic kernel, which is sharper than Pillow's. */
const A = -0.75

/** Weights of the four pixels around a point that lies `t` behind the second. */
function weights(t: number): readonly [number, number, number, number] {
  const near = (d: number) => ((A + 2) * d - (A + 3)) * d * d + 1
  const far = (d: number) => ((A * d - 5 * A) * d + 8 * A) * d - 4 * A
  return [far(t + 1), near(t), near(1 - t), far(2 - t)]
}

/** For each output position the four input positions it reads, the border repeated, and their weights. */
function taps(from: number, to: number): { index: number; weight: number }[][] {
  return Array.from({ length: to }, (_, i) => {
    const source = ((i + 0.5) * from) / to - 0.5
    const first = Math.floor(source) - 1
    return weights(source - first - 1).map((weight, j) => ({
      index: Math.min(from - 1, Math.max(0, first + j)),
      weight,
    }))
  })
}

/** `torch.nn.functional.interpolate(mode='bicubic')` of one plane.  -> [height · width] */
function bicubic({ width, height, data }: Mask, to: Size): Float32Array {
  const [columns, rows] = [taps(width, to.width), taps(height, to.height)]
  return Float32Array.from({ length: to.width * to.height }, (_, i) => {
    const column = columns[i % to.width]!
    return rows[Math.floor(i / to.width)]!.reduce((sum, row) => {
      const line = column.reduce((part, { index, weight }) => part + weight * data[row.index * width + index]!, 0)
      return sum + row.weight * line
    }, 0)
  })
}
