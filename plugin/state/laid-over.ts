import type { Rect } from '../host/host.ts'
import type { Raster } from '../../shared/raster.ts'

interface Laid {
  readonly width: number
  readonly height: number
  readonly data: Uint8Array
}

/**
 * What covers `bounds` as a picture of `rect`, at most `longest` pixels on its long side, each pixel what lies under its middle and
 * `around` where that is nothing. A plane of one channel comes out grey.
 */
export function laidOver(
  { width, height, data }: Laid,
  bounds: Rect,
  rect: Rect,
  { longest, around }: { readonly longest: number; readonly around: number },
): Raster {
  const channels = data.length / (width * height)
  const scale = Math.min(1, longest / Math.max(rect.width, rect.height))
  const across = Math.max(1, Math.round(rect.width * scale))
  const down = Math.max(1, Math.round(rect.height * scale))
  const pixels = new Uint8Array(across * down * 3).fill(around)
  for (let y = 0; y < down; y++) {
    const row = Math.floor(((rect.top + ((y + 0.5) * rect.height) / down - bounds.top) * height) / bounds.height)
    if (row < 0 || row >= height) continue
    for (let x = 0; x < across; x++) {
      const column = Math.floor(((rect.left + ((x + 0.5) * rect.width) / across - bounds.left) * width) / bounds.width)
      if (column < 0 || column >= width) continue
      const [from, to] = [(row * width + column) * channels, (y * across + x) * 3]
      if (channels === 1) pixels.fill(data[from]!, to, to + 3)
      else pixels.set(data.subarray(from, from + 3), to)
    }
  }
  return { width: across, height: down, channels: 3, data: pixels }
}
