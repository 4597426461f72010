import type { Raster } from '../../shared/raster.ts'

/** A place in cells of 8 pixels, and how many of them a side are white: a face to the detectors' stand-ins. */
export interface WhiteCell {
  readonly x: number
  readonly y: number
  readonly cells: 1 | 2
}

/** A square of the side the detectors' stand-ins look at first, so that nothing is resized: quiet waves, and white cells. */
export function portrait(...faces: readonly WhiteCell[]): Raster {
  const side = 640
  const isFace = (x: number, y: number) =>
    faces.some((face) => x >= face.x && x < face.x + face.cells && y >= face.y && y < face.y + face.cells)
  const data = Uint8Array.from({ length: 3 * side * side }, (_, i) => {
    const [c, x, y] = [i % 3, Math.floor(i / 3) % side, Math.floor(i / 3 / side)]
    return isFace(x >> 3, y >> 3) ? 255 : 90 + 40 * Math.sin(x / 11 + c) + 40 * Math.cos(y / 7 - 2 * c)
  })
  return { width: side, height: side, channels: 3, data }
}
