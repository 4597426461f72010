import type { Raster } from '../../../shared/raster.ts'
import { roundHalfEven } from '../../../shared/round-half-even.ts'

/** x' = m[0] x + m[1] y + m[2], y' = m[3] x + m[4] y + m[5]. */
export type Affine = readonly [number, number, number, number, number, number]

/** In the order of OpenCV's own arithmetic, so that the last bits agree. */
function inverse([a, b, c, d, e, f]: Affine): Affine {
  const determinant = a * e - b * d
  const scale = determinant === 0 ? 0 : 1 / determinant
  const [p, q, r, s] = [e * scale, b * -scale, d * -scale, a * scale]
  return [p, q, -p * c - q * f, r, s, -r * c - s * f]
}

/** Positions are kept to 1/1024 pixel, and pixels are blended in steps of 1/32. */
const POSITION_STEPS = 1024
const BLEND_STEPS = 32

/**
 * A picture under an affine map, as OpenCV's `warpAffine` (bilinear, black border) computes it, to the bit: `map` says
 * where the picture's pixels go.
 */
export function warp(picture: Raster, map: Affine, size: Pick<Raster, 'width' | 'height'>): Raster {
  const { channels } = picture
  const m = inverse(map)
  const data = new Uint8Array(size.width * size.height * channels)
  const half = POSITION_STEPS / BLEND_STEPS / 2
  for (let y = 0; y < size.height; y++) {
    const rowX = roundHalfEven((m[1] * y + m[2]) * POSITION_STEPS) + half
    const rowY = roundHalfEven((m[4] * y + m[5]) * POSITION_STEPS) + half
    for (let x = 0; x < size.width; x++) {
      const sourceX = Math.floor((rowX + roundHalfEven(m[0] * x * POSITION_STEPS)) / BLEND_STEPS)
      const sourceY = Math.floor((rowY + roundHalfEven(m[3] * x * POSITION_STEPS)) / BLEND_STEPS)
      const target = (y * size.width + x) * channels
      for (let c = 0; c < channels; c++) data[target + c] = blend(picture, sourceX, sourceY, c)
    }
  }
  return { ...size, channels, data }
}

/** The pixel at a position in 1/32 pixels, from the four around it. */
function blend({ width, height, channels, data }: Raster, x: number, y: number, channel: number): number {
  const [left, top] = [Math.floor(x / BLEND_STEPS), Math.floor(y / BLEND_STEPS)]
  const [right, below] = [x - left * BLEND_STEPS, y - top * BLEND_STEPS]
  const at = (column: number, row: number) =>
    column < 0 || row < 0 || column >= width || row >= height ? 0 : data[(row * width + column) * channels + channel]!
  const upper = (BLEND_STEPS - right) * at(left, top) + right * at(left + 1, top)
  const lower = (BLEND_STEPS - right) * at(left, top + 1) + right * at(left + 1, top + 1)
  return ((BLEND_STEPS - below) * upper + below * lower + BLEND_STEPS ** 2 / 2) >> 10
}
