import { ImprintError } from '../../shared/errors.ts'
import type { Raster } from '../../shared/raster.ts'
import type { Fit } from '../../shared/recipe.ts'
import { resizeBicubic } from './resize.ts'

/** How a vision tower wants its pictures, from preprocessor_config.json. */
export interface ClipPreprocessing {
  /** Side of the square picture in pixels. */
  readonly size: number
  readonly mean: readonly [number, number, number]
  readonly deviation: readonly [number, number, number]
}

/** Longest side of a picture in short sides; resizing a longer one takes a minute and half a gigabyte, for a few pixels. */
const THINNEST = 1000

/** What all published CLIP towers were trained with (CLIPImageProcessor). */
export const CLIP_MEAN = [0.48145466, 0.4578275, 0.40821073] as const
export const CLIP_DEVIATION = [0.26862954, 0.26130258, 0.27577711] as const

/** A picture longer than this many short sides shows its middle part when tiled. */
const LONGEST = 4

/** A picture that is nearly square is one tile. */
const NEARLY_SQUARE = 4 / 3

/** A square as CLIP takes it: normalised per channel.  -> [1, 3, size, size] */
export function clipPixels(square: Raster, { mean, deviation }: ClipPreprocessing): Float32Array<ArrayBuffer> {
  const plane = square.width * square.height
  const pixels = new Float32Array(3 * plane)
  for (let c = 0; c < 3; c++) {
    for (let i = 0; i < plane; i++) pixels[c * plane + i] = (square.data[3 * i + c]! / 255 - mean[c]!) / deviation[c]!
  }
  return pixels
}

/**
 * The squares of 8-bit pixels that CLIP gets to see of a picture, on white where it is transparent: its middle, all of it
 * between white bars, or tiles along its long side, which overlap evenly.  -> each size x size, RGB; at most four of them
 */
export function clipSquares(picture: Raster, fit: Fit, size: number): Raster[] {
  const opaque = onWhite(picture)
  switch (fit) {
    case 'crop':
      return squaresOf(refuseThin(opaque), 1, size)
    case 'pad':
      return squaresOf(padToSquare(opaque), 1, size)
    case 'tile': {
      const part = middlePart(opaque)
      const ratio = longSide(part) / shortSide(part)
      return squaresOf(part, ratio <= NEARLY_SQUARE ? 1 : Math.ceil(ratio), size)
    }
  }
}

const shortSide = ({ width, height }: Raster): number => Math.min(width, height)
const longSide = ({ width, height }: Raster): number => Math.max(width, height)

/**
 * Squares along the long side, evenly from one end to the other, or the middle one; the short side resized before (bicubic,
 * antialiased, to 8 bits).
 */
function squaresOf(picture: Raster, squares: number, size: number): Raster[] {
  const long = Math.trunc((size * longSide(picture)) / shortSide(picture))
  const wide = picture.width > picture.height
  const resized = resizeBicubic(picture, { width: wide ? long : size, height: wide ? size : long })
  return Array.from({ length: squares }, (_, i) => {
    const at = squares === 1 ? Math.floor((long - size) / 2) : Math.round((i * (long - size)) / (squares - 1))
    return crop(resized, { left: wide ? at : 0, top: wide ? 0 : at, width: size, height: size })
  })
}

function refuseThin(picture: Raster): Raster {
  if (longSide(picture) <= THINNEST * shortSide(picture)) return picture
  throw new ImprintError(
    'picture-invalid',
    `A reference of ${picture.width} x ${picture.height} pixels is too thin for its middle square to show anything. Use a wider one, or the fit "pad".`,
  )
}

/** The middle of a picture that is too long to be tiled whole. */
function middlePart(picture: Raster): Raster {
  const longest = LONGEST * shortSide(picture)
  const [width, height] = [Math.min(picture.width, longest), Math.min(picture.height, longest)]
  const [left, top] = [Math.floor((picture.width - width) / 2), Math.floor((picture.height - height) / 2)]
  return crop(picture, { left, top, width, height })
}

/** Transparent pixels over white, as paper would show them.  -> RGB */
export function onWhite({ width, height, channels, data }: Raster): Raster {
  if (channels === 3) return { width, height, channels, data }
  const rgb = new Uint8Array(3 * width * height)
  for (let i = 0; i < width * height; i++) {
    const alpha = data[4 * i + 3]! / 255
    for (let c = 0; c < 3; c++) rgb[3 * i + c] = Math.round(255 + (data[4 * i + c]! - 255) * alpha)
  }
  return { width, height, channels: 3, data: rgb }
}

/** White bars above and below, or left and right. */
function padToSquare(picture: Raster): Raster {
  const side = Math.max(picture.width, picture.height)
  const data = new Uint8Array(3 * side * side).fill(255)
  const left = Math.floor((side - picture.width) / 2)
  const top = Math.floor((side - picture.height) / 2)
  for (let y = 0; y < picture.height; y++) {
    const row = picture.data.subarray(3 * y * picture.width, 3 * (y + 1) * picture.width)
    data.set(row, 3 * ((top + y) * side + left))
  }
  return { width: side, height: side, channels: 3, data }
}

function crop(
  picture: Raster,
  { left, top, width, height }: { left: number; top: number; width: number; height: number },
): Raster {
  const data = new Uint8Array(3 * width * height)
  for (let y = 0; y < height; y++) {
    const start = 3 * ((top + y) * picture.width + left)
    data.set(picture.data.subarray(start, start + 3 * width), 3 * y * width)
  }
  return { width, height, channels: 3, data }
}
