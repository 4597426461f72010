import type { Raster } from '../../shared/raster.ts'

/** How much of red, green and blue is seen (ITU-R 601), in parts of 2 to the 16th as Pillow rounds them. */
const SEEN = [19595, 38470, 7471] as const
const FRACTION = 16

/** A picture in shades of grey, to the bit as Pillow's mode L; how opaque it is does not count. */
export function grey({ width, height, channels, data }: Raster): Raster {
  const shades = new Uint8Array(3 * width * height)
  for (let i = 0; i < width * height; i++) {
    const seen = SEEN.reduce((sum, part, c) => sum + part * data[channels * i + c]!, 2 ** (FRACTION - 1))
    shades.fill(seen >> FRACTION, 3 * i, 3 * i + 3)
  }
  return { width, height, channels: 3, data: shades }
}
