import type { Raster } from '../../../shared/raster.ts'
import { roundHalfEven } from '../../../shared/round-half-even.ts'

/** OpenCV weighs the two pixels around a point in steps of 1/2048. */
const WEIGHT_STEPS = 2048

/** Where an output position lies between two input positions; both may reach one beyond the edge. */
interface Tap {
  readonly first: number
  readonly weights: readonly [number, number]
}

function taps(from: number, to: number): Tap[] {
  return Array.from({ length: to }, (_, i) => {
    const source = Math.fround((i + 0.5) * (from / to) - 0.5)
    const first = Math.floor(source)
    const rest = Math.fround(source - first)
    return {
      first,
      weights: [roundHalfEven(Math.fround(1 - rest) * WEIGHT_STEPS), roundHalfEven(rest * WEIGHT_STEPS)],
    }
  })
}

const within = (position: number, length: number): number => Math.min(length - 1, Math.max(0, position))

/**
 * Resizes as OpenCV's `resize(..., INTER_LINEAR)` does: not antialiased, each pixel from the four around it, the edge
 * repeated. InsightFace's detectors were trained on such pictures.
 */
export function resizeBilinear(picture: Raster, size: Pick<Raster, 'width' | 'height'>): Raster {
  const { width, height, channels, data } = picture
  const columns = taps(width, size.width)
  const blended = new Int32Array(height * size.width * channels)
  for (let y = 0; y < height; y++) {
    columns.forEach(({ first, weights }, x) => {
      const left = (y * width + within(first, width)) * channels
      const right = (y * width + within(first + 1, width)) * channels
      for (let c = 0; c < channels; c++) {
        blended[(y * size.width + x) * channels + c] = data[left + c]! * weights[0] + data[right + c]! * weights[1]
      }
    })
  }
  const line = size.width * channels
  const resized = new Uint8Array(size.height * line)
  taps(height, size.height).forEach(({ first, weights }, y) => {
    const above = within(first, height) * line
    const below = within(first + 1, height) * line
    for (let i = 0; i < line; i++) {
      const sum = ((weights[0] * (blended[above + i]! >> 4)) >> 16) + ((weights[1] * (blended[below + i]! >> 4)) >> 16)
      resized[y * line + i] = (sum + 2) >> 2
    }
  })
  return { ...size, channels, data: resized }
}
