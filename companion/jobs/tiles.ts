import type { Tensor } from '../runtime/tensor.ts'

/** A stretch of a side that one tile covers, and the part of it that is the tile's own. */
export interface Stretch {
  readonly start: number
  /** From here, to here: together the tiles' own parts are the whole side. */
  readonly from: number
  readonly to: number
}

/** A tile of a picture: its place along both sides. */
export interface Tile {
  readonly x: Stretch
  readonly y: Stretch
}

/** Tiles of one size over a picture, each with `reach` pixels around its own, or the picture's edge. */
export function tilesOver(
  size: { readonly width: number; readonly height: number },
  tile: { readonly width: number; readonly height: number },
  reach: number,
): Tile[] {
  const columns = stretches(size.width, tile.width, reach)
  return stretches(size.height, tile.height, reach).flatMap((y) => columns.map((x) => ({ x, y })))
}

/** Evenly spread, first and last at the ends; neighbours part in the middle of what both cover. */
function stretches(length: number, tile: number, reach: number): Stretch[] {
  if (tile > length || (tile < length && tile <= 2 * reach))
    throw new RangeError(`tiles of ${tile} with ${reach} around their own do not cover ${length}`)
  const count = tile === length ? 1 : Math.ceil((length - 2 * reach) / (tile - 2 * reach))
  const starts = Array.from({ length: count }, (_, i) => Math.round((i * (length - tile)) / Math.max(1, count - 1)))
  const parting = (i: number) => Math.floor((starts[i - 1]! + tile + starts[i]!) / 2)
  return starts.map((start, i) => ({
    start,
    from: i === 0 ? 0 : parting(i),
    to: i === count - 1 ? length : parting(i + 1),
  }))
}

/** The part of a picture that a tile covers.  [1, c, H, W] -> [1, c, height, width] */
export function cut(
  { shape, data }: Tensor,
  { x, y }: Tile,
  { width, height }: { readonly width: number; readonly height: number },
): Tensor {
  const [, channels, rows, columns] = shape as [number, number, number, number]
  const part = new Float32Array(channels * height * width)
  for (let line = 0; line < channels * height; line++) {
    const row = Math.floor(line / height) * rows + y.start + (line % height)
    part.set(data.subarray(row * columns + x.start, row * columns + x.start + width), line * width)
  }
  return { shape: [1, channels, height, width], data: part }
}

/** Calls with each row of a tile's own pixels: channel, place in the tile's data, place in the picture's, length. */
export function ownRows(
  tile: Tile,
  shape: readonly number[],
  /** Pixels of the tile for each it was cut from, a side. */
  scale: number,
  picture: { readonly width: number; readonly height: number },
  row: (channel: number, inTile: number, inPicture: number, length: number) => void,
): void {
  const [, channels, height, width] = shape as [number, number, number, number]
  const { x, y } = tile
  const length = scale * (x.to - x.from)
  for (let c = 0; c < channels; c++) {
    for (let line = scale * y.from; line < scale * y.to; line++) {
      const inTile = (c * height + line - scale * y.start) * width + scale * (x.from - x.start)
      row(c, inTile, (c * picture.height + line) * picture.width + scale * x.from, length)
    }
  }
}
