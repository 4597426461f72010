import type { Raster } from '../../../shared/raster.ts'
import { greyOf } from '../grey.ts'
import type { Point } from './geometry.ts'

/** Grey of this much and more is selected, as in every mask. */
const SELECTED = 127.5

/** Whether a mask, stretched over a picture, is white at one of the picture's pixels; nothing is outside of it. */
export function selectionIn(mask: Raster, picture: Pick<Raster, 'width' | 'height'>): (at: Point) => boolean {
  const grey = greyOf(mask)
  return ({ x, y }) => {
    const column = Math.floor((x / picture.width) * mask.width)
    const row = Math.floor((y / picture.height) * mask.height)
    if (column < 0 || row < 0 || column >= mask.width || row >= mask.height) return false
    return grey[row * mask.width + column]! >= SELECTED
  }
}
