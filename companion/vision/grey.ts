import type { Raster } from '../../shared/raster.ts'

/** How much of red, green and blue is seen (ITU-R 601-2), in parts of 2 to the 16th as Pillow rounds them. */
const SEEN = [19595, 38470, 7471] as const
const FRACTION = 16

/** Brightness as Pillow's `convert('L')` has it, to the bit; how opaque a pixel is does not count.  -> [h · w], 0..255 */
export function greyOf({ width, height, channels, data }: Raster): Uint8Array {
  return Uint8Array.from({ length: width * height }, (_, i) => {
    const seen = SEEN.reduce((sum, part, c) => sum + part * data[channels * i + c]!, 2 ** (FRACTION - 1))
    return seen >> FRACTION
  })
}

/** A picture in shades of grey. */
export function grey(picture: Raster): Raster {
  const { width, height } = picture
  const shades = new Uint8Array(3 * width * height)
  greyOf(picture).forEach((shade, i) => shades.fill(shade, 3 * i, 3 * i + 3))
  return { width, height, channels: 3, data: shades }
}
