import { zlibSync } from 'fflate'
import { pngOfChunks } from './png-text.ts'
import type { Raster } from './raster.ts'

/** Bits per sample, and colour types of RGB and RGBA (PNG specification, 11.2.2 "IHDR"). */
const DEPTH = 8
const COLOUR = { 3: 2, 4: 6 } as const
/** Each row is written as differences from the one above (9.2 "Up"): pictures change little from row to row. */
const UP = 2

/** Pixels as the bytes of a PNG file; UXP encodes none. */
export function encodePng({ width, height, channels, data }: Raster): Uint8Array<ArrayBuffer> {
  const header = new Uint8Array(13)
  const view = new DataView(header.buffer)
  view.setUint32(0, width)
  view.setUint32(4, height)
  header.set([DEPTH, COLOUR[channels]], 8)
  const row = width * channels
  const rows = new Uint8Array(height * (row + 1))
  for (let y = 0; y < height; y++) {
    rows[y * (row + 1)] = UP
    for (let i = 0; i < row; i++) {
      const above = y === 0 ? 0 : data[(y - 1) * row + i]!
      rows[y * (row + 1) + 1 + i] = data[y * row + i]! - above
    }
  }
  return pngOfChunks([
    ['IHDR', header],
    ['IDAT', zlibSync(rows)],
    ['IEND', new Uint8Array()],
  ])
}
