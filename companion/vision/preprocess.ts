import { clipView, type ViewPart } from '../../shared/clip-view.ts'
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
 * The squares of 8-bit pixels that CLIP gets to see of a picture, on white where it is transparent: its middle or its square
 * `cropAt` of the way, all of it between white bars, or tiles along its long side. The short side is resized first (bicubic,
 * antialiased, to 8 bits).  -> each size x size, RGB; at most four of them
 */
export function clipSquares(picture: Raster, fit: Fit, size: number, cropAt?: number): Raster[] {
  if (fit === 'crop') refuseThin(picture)
  const { part, resized, corners } = clipView(picture, fit, size, cropAt)
  const seen = resizeBicubic(narrowed(onWhite(picture), part, resized.width), resized)
  return corners.map((corner) => cut(seen, { ...corner, width: size, height: size }))
}

function refuseThin({ width, height }: Raster): void {
  if (Math.max(width, height) <= THINNEST * Math.min(width, height)) return
  throw new ImprintError(
    'picture-invalid',
    `A reference of ${width} x ${height} pixels is too thin for its middle square to show anything. Use a wider one, or the fit "pad".`,
  )
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

/** Rows that are resized at a time. */
const STRIP = 64

/**
 * A part of a picture with its rows resized to `width`. White rows stay white, so they are never made as wide as the part is:
 * that would be the square of a picture's longer side.
 */
function narrowed(picture: Raster, part: ViewPart, width: number): Raster {
  const data = new Uint8Array(3 * width * part.height).fill(255)
  const end = Math.min(picture.height, part.top + part.height)
  for (let top = Math.max(0, part.top); top < end; top += STRIP) {
    const height = Math.min(STRIP, end - top)
    const strip = cut(picture, { left: part.left, top, width: part.width, height })
    data.set(resizeBicubic(strip, { width, height }).data, 3 * width * (top - part.top))
  }
  return { width, height: part.height, channels: 3, data }
}

/** A rectangle of a picture, white where it reaches beyond. */
function cut(picture: Raster, { left, top, width, height }: ViewPart): Raster {
  const data = new Uint8Array(3 * width * height).fill(255)
  const from = Math.max(0, left)
  const to = Math.min(picture.width, left + width)
  for (let y = Math.max(0, top); y < Math.min(picture.height, top + height); y++) {
    const row = picture.data.subarray(3 * (y * picture.width + from), 3 * (y * picture.width + to))
    data.set(row, 3 * ((y - top) * width + from - left))
  }
  return { width, height, channels: 3, data }
}
