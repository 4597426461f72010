import { sharedRect } from './documents.ts'
import type { Rect } from './host.ts'

/** How much of what lies around a selection the model gets to see: a part of its longer side, and pixels at least. */
const CONTEXT = { share: 1 / 4, least: 32 }

/** The longer side of what the model sees in shorter ones, at most: models paint badly in strips. */
const LONGEST = 2

/** A part of the shorter side of a selection over which it fades at its edge, and pixels at most. */
const FEATHER = { share: 1 / 24, most: 32 }

/**
 * What the model gets to see for a selection: all of it, with context on every side as far as the ground reaches, and no less
 * than it fades over.
 */
export function withContext(selected: Rect, ground: Rect, feather = 0): Rect {
  const share = Math.round(Math.max(selected.width, selected.height) * CONTEXT.share)
  const margin = Math.max(CONTEXT.least, share, feather)
  const width = selected.width + 2 * margin
  const height = selected.height + 2 * margin
  const wide = Math.max(width, Math.ceil(height / LONGEST))
  const high = Math.max(height, Math.ceil(width / LONGEST))
  const across = span(selected.left, selected.width, wide, ground.left, ground.width)
  const down = span(selected.top, selected.height, high, ground.top, ground.height)
  return { left: across.start, top: down.start, width: across.length, height: down.length }
}

/** How many pixels a selection of this size fades over on either side of its edge; at least one. */
export function featherOf({ width, height }: Rect): number {
  return Math.min(FEATHER.most, Math.max(1, Math.round(Math.min(width, height) * FEATHER.share)))
}

/** A rectangle grown on all sides, as far as the ground reaches. */
export const grown = ({ left, top, width, height }: Rect, by: number, ground: Rect): Rect =>
  sharedRect({ left: left - by, top: top - by, width: width + 2 * by, height: height + 2 * by }, ground)

/** `wanted` pixels around a stretch, pushed back into the ground where they would leave it. */
function span(at: number, length: number, wanted: number, ground: number, room: number) {
  const fits = Math.min(wanted, room)
  const centred = at + Math.floor((length - fits) / 2)
  return { start: Math.max(ground, Math.min(centred, ground + room - fits)), length: fits }
}
