import { CENTRE } from '../../shared/clip-view.ts'
import type { Raster } from '../../shared/raster.ts'
import type { DraftReference } from './draft.ts'

type Sides = Pick<Raster, 'width' | 'height'>

/** Where along its longer side the square of a reference lies, 0 to 1. */
export const cropOf = ({ cropAt }: Pick<DraftReference, 'cropAt'>): number => cropAt ?? CENTRE

/** Whether CLIP sees a square of the picture that could lie elsewhere. */
export const canMove = ({ fit }: Pick<DraftReference, 'fit'>, { width, height }: Sides): boolean =>
  fit === 'crop' && width !== height

/** The part of the longer side that the square takes. */
export const squareShare = ({ width, height }: Sides): number => Math.min(width, height) / Math.max(width, height)

/** Where the square lies after the picture was dragged under it, by a part of the square's side. */
export function draggedTo(from: number, by: number, { width, height }: Sides): number {
  const side = Math.min(width, height)
  return from - (by * side) / (Math.max(width, height) - side)
}
