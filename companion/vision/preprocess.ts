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

/**
 * A picture as CLIP takes it: on white where transparent, the short side resized (bicubic, antialiased, to 8 bits), the
 * middle square cut out, normalised per channel.  -> [1, 3, size, size]
 */
export function preprocess(
  picture: Raster,
  fit: Fit,
  { size, mean, deviation }: ClipPreprocessing,
): Float32Array<ArrayBuffer> {
  const square = clipSquare(picture, fit, size)
  const plane = size * size
  const pixels = new Float32Array(3 * plane)
  for (let c = 0; c < 3; c++) {
    for (let i = 0; i < plane; i++) pixels[c * plane + i] = (square.data[3 * i + c]! / 255 - mean[c]!) / deviation[c]!
  }
  return pixels
}

/** The square of 8-bit pixels that CLIP gets to see of a picture.  -> size x size, RGB */
export function clipSquare(picture: Raster, fit: Fit, size: number): Raster {
  const opaque = fit === 'pad' ? padToSquare(onWhite(picture)) : onWhite(picture)
  const short = Math.min(opaque.width, opaque.height)
  if (Math.max(opaque.width, opaque.height) > THINNEST * short) {
    throw new ImprintError(
      'picture-invalid',
      `A reference of ${picture.width} x ${picture.height} pixels is too thin for its middle square to show anything. Use a wider one, or the fit "pad".`,
    )
  }
  const long = (side: number) => Math.trunc((size * side) / short)
  const resized = resizeBicubic(opaque, {
    width: opaque.width === short ? size : long(opaque.width),
    height: opaque.height === short ? size : long(opaque.height),
  })
  const left = Math.floor((resized.width - size) / 2)
  const top = Math.floor((resized.height - size) / 2)
  return crop(resized, { left, top, width: size, height: size })
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
