import type { CapturedReference, Rect } from '../host/host.ts'
import type { Raster } from '../../shared/raster.ts'
import { laidOver } from './laid-over.ts'

/** Pixels on the long side of what a control sees: no model paints more at once. */
const LONGEST = 1024
const WHITE = 255

/** What was made of each picture, by where it lay and what it was for. */
const made = new WeakMap<Raster, Map<string, Raster>>()

/**
 * A layer's picture where the layer lies in `rect`, white around it, so that its lines hold the result where they are in the
 * document. What is no layer's fills `rect`. The same picture again for the same place.
 */
export function structureOver({ layer, bounds, picture }: CapturedReference, rect: Rect | undefined): Raster {
  if (layer === undefined || rect === undefined) return picture
  const known = made.get(picture) ?? new Map<string, Raster>()
  made.set(picture, known)
  const key = JSON.stringify([bounds, rect])
  const over = known.get(key) ?? laidOver(picture, bounds, rect, { longest: LONGEST, around: WHITE })
  known.set(key, over)
  return over
}
