import { ImprintError } from '../../../shared/errors.ts'
import type { Raster } from '../../../shared/raster.ts'
import type { Point } from './geometry.ts'
import { warp, type Affine } from './warp.ts'

/** Where ArcFace wants eyes, nose and corners of the mouth in a square of 112 pixels. */
const TEMPLATE: readonly Point[] = [
  { x: 38.2946, y: 51.6963 },
  { x: 73.5318, y: 51.5014 },
  { x: 56.0252, y: 71.7366 },
  { x: 41.5493, y: 92.3655 },
  { x: 70.7299, y: 92.2041 },
]

/** Squares a face is cut out to: 112 and 224 frame it alike, 256 leaves more room at the sides. */
export type CropSide = 112 | 224 | 256

/** The template in a square of that many pixels. */
function templateFor(side: CropSide): readonly Point[] {
  const ratio = side === 256 ? side / 128 : side / 112
  const shift = side === 256 ? 8 * ratio : 0
  return TEMPLATE.map(({ x, y }) => ({ x: x * ratio + shift, y: y * ratio }))
}

const meanOf = (points: readonly Point[]): Point => ({
  x: points.reduce((sum, { x }) => sum + x, 0) / points.length,
  y: points.reduce((sum, { y }) => sum + y, 0) / points.length,
})

/**
 * The rotation, scale and shift that bring points nearest to others (least squares over complex numbers).
 * Throws `picture-invalid` where all points are one.
 */
export function similarity(from: readonly Point[], to: readonly Point[]): Affine {
  const [start, end] = [meanOf(from), meanOf(to)]
  let [real, imaginary, square] = [0, 0, 0]
  from.forEach((point, i) => {
    const [px, py] = [point.x - start.x, point.y - start.y]
    const [qx, qy] = [to[i]!.x - end.x, to[i]!.y - end.y]
    real += px * qx + py * qy
    imaginary += px * qy - py * qx
    square += px * px + py * py
  })
  if (!(square > 0) || (real === 0 && imaginary === 0)) {
    throw new ImprintError('picture-invalid', 'The face in the reference has no extent; use a larger picture of it.')
  }
  const [a, b] = [real / square, imaginary / square]
  return [a, -b, end.x - (a * start.x - b * start.y), b, a, end.y - (b * start.x + a * start.y)]
}

/** A face cut out upright, eyes, nose and mouth where networks expect them; black beyond the picture.  -> side x side */
export const cropFace = (picture: Raster, keyPoints: readonly Point[], side: CropSide): Raster =>
  warp(picture, similarity(keyPoints, templateFor(side)), { width: side, height: side })
