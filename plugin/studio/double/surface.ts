import { type Bounds, boundsAt, EMPTY, heightOf, intersect, isEmpty, widthOf } from './geometry.ts'

/** Samples of one picture: 8 bit 0..255, 16 bit 0..65535 as a PSD stores them, 32 bit 0..1. */
export type Samples = Uint8Array | Uint16Array | Float32Array

/** Bits of one sample. */
export type Depth = 8 | 16 | 32

/** Pixels at a place in the document, channels interleaved (RGBA, or one channel for masks), alpha not premultiplied. */
export interface Surface {
  readonly bounds: Bounds
  readonly channels: 1 | 4
  readonly data: Samples
}

export const NOTHING: Surface = { bounds: EMPTY, channels: 4, data: new Uint8Array(0) }

/** A zeroed sample array of `length` for a depth. */
export function samples(depth: Depth, length: number): Samples {
  if (depth === 8) return new Uint8Array(length)
  return depth === 16 ? new Uint16Array(length) : new Float32Array(length)
}

/** The bits of one sample of an array. */
export const depthOf = (data: Samples): Depth =>
  data instanceof Uint8Array ? 8 : data instanceof Uint16Array ? 16 : 32

/** The value of full intensity for a depth. */
export const fullOf = (depth: Depth): number => (depth === 8 ? 255 : depth === 16 ? 65535 : 1)

/** The same samples at another depth, rounded; the array itself when nothing changes. */
export function toDepth(data: Samples, depth: Depth): Samples {
  const from = depthOf(data)
  if (from === depth) return data
  const scale = fullOf(depth) / fullOf(from)
  const out = samples(depth, data.length)
  const round = depth === 32 ? (v: number) => v : (v: number) => Math.min(fullOf(depth), Math.max(0, Math.round(v)))
  for (let i = 0; i < data.length; i++) out[i] = round(data[i]! * scale)
  return out
}

/** The rectangle of pixels whose alpha is not zero, in document coordinates; `EMPTY` when all are clear. */
export function contentBounds({ bounds, channels, data }: Surface): Bounds {
  const width = widthOf(bounds)
  const height = heightOf(bounds)
  let left = width
  let right = 0
  let top = height
  let bottom = 0
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (data[(y * width + x) * channels + channels - 1] === 0) continue
      if (x < left) left = x
      if (x >= right) right = x + 1
      if (y < top) top = y
      bottom = y + 1
    }
  }
  return right <= left ? EMPTY : boundsAt(bounds.left + left, bounds.top + top, right - left, bottom - top)
}

/** The part of a surface inside `area`, with pixels outside the surface left clear. */
export function crop(surface: Surface, area: Bounds): Surface {
  const { bounds, channels, data } = surface
  if (equal(area, bounds)) return surface
  const out = samples(depthOf(data), widthOf(area) * heightOf(area) * channels)
  blit({ bounds: area, channels, data: out }, surface)
  return { bounds: area, channels, data: out }
}

/** The surface without its clear margins; shares the array when there are none. */
export const trim = (surface: Surface): Surface => crop(surface, contentBounds(surface))

/** Copies what `source` and `target` share into the array of `target`; both have the same channels and depth. */
export function blit(target: Surface, source: Surface): void {
  const shared = intersect(target.bounds, source.bounds)
  if (isEmpty(shared)) return
  const { channels } = target
  const length = widthOf(shared) * channels
  for (let y = shared.top; y < shared.bottom; y++) {
    const from = offset(source, shared.left, y)
    target.data.set(source.data.subarray(from, from + length), offset(target, shared.left, y))
  }
}

/** A surface of one colour; `colour` holds one sample per channel. */
export function filled(bounds: Bounds, depth: Depth, colour: readonly number[]): Surface {
  const data = samples(depth, widthOf(bounds) * heightOf(bounds) * colour.length)
  for (let i = 0; i < data.length; i++) data[i] = colour[i % colour.length]!
  return { bounds, channels: colour.length === 1 ? 1 : 4, data }
}

/** The index of the first sample of a pixel given in document coordinates. */
export const offset = ({ bounds, channels }: Surface, x: number, y: number): number =>
  ((y - bounds.top) * widthOf(bounds) + (x - bounds.left)) * channels

const equal = (a: Bounds, b: Bounds): boolean =>
  a.left === b.left && a.top === b.top && a.right === b.right && a.bottom === b.bottom
