import type { CapturedReference, Rect } from '../host/host.ts'
import type { Raster } from '../../shared/raster.ts'

/** Pixels on the long side of what a control sees: no model paints more at once. */
const LONGEST = 1024
const WHITE = 255

/** What was made of each picture last, and for where. */
const made = new WeakMap<Raster, { readonly key: string; readonly over: Raster }>()

/**
 * A layer's picture where the layer lies in `rect`, white around it, so that its lines hold the result where they are in the
 * document. What is no layer's fills `rect`. The same picture again for the same place.
 */
export function structureOver({ layer, bounds, picture }: CapturedReference, rect: Rect | undefined): Raster {
  if (layer === undefined || rect === undefined) return picture
  const key = JSON.stringify([bounds, rect])
  const known = made.get(picture)
  if (known?.key === key) return known.over
  const over = placed(picture, bounds, rect)
  made.set(picture, { key, over })
  return over
}

/** Each pixel takes what lies under its middle. */
function placed({ width, height, channels, data }: Raster, bounds: Rect, rect: Rect): Raster {
  const scale = Math.min(1, LONGEST / Math.max(rect.width, rect.height))
  const [across, down] = [rect.width, rect.height].map((side) => Math.max(1, Math.round(side * scale))) as [
    number,
    number,
  ]
  const pixels = new Uint8Array(across * down * 3).fill(WHITE)
  const from = (
    i: number,
    sides: number,
    start: number,
    length: number,
    begin: number,
    whole: number,
    samples: number,
  ) => Math.floor(((start + ((i + 0.5) * length) / sides - begin) * samples) / whole)
  for (let y = 0; y < down; y++) {
    const row = from(y, down, rect.top, rect.height, bounds.top, bounds.height, height)
    if (row < 0 || row >= height) continue
    for (let x = 0; x < across; x++) {
      const column = from(x, across, rect.left, rect.width, bounds.left, bounds.width, width)
      if (column < 0 || column >= width) continue
      const at = (row * width + column) * channels
      pixels.set(data.subarray(at, at + 3), (y * across + x) * 3)
    }
  }
  return { width: across, height: down, channels: 3, data: pixels }
}
