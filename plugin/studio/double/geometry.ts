/** A half-open rectangle in document pixels: `right` and `bottom` are the first column and row outside. */
export interface Bounds {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

export const EMPTY: Bounds = { left: 0, top: 0, right: 0, bottom: 0 }

/** Width in pixels, never below zero. */
export const widthOf = (b: Bounds): number => Math.max(0, b.right - b.left)

/** Height in pixels, never below zero. */
export const heightOf = (b: Bounds): number => Math.max(0, b.bottom - b.top)

/** True when no pixel lies inside. */
export const isEmpty = (b: Bounds): boolean => widthOf(b) === 0 || heightOf(b) === 0

/** What two rectangles share; `EMPTY` when nothing. */
export function intersect(a: Bounds, b: Bounds): Bounds {
  const shared = {
    left: Math.max(a.left, b.left),
    top: Math.max(a.top, b.top),
    right: Math.min(a.right, b.right),
    bottom: Math.min(a.bottom, b.bottom),
  }
  return isEmpty(shared) ? EMPTY : shared
}

/** The smallest rectangle around both; an empty one counts for nothing. */
export function union(a: Bounds, b: Bounds): Bounds {
  if (isEmpty(a)) return b
  if (isEmpty(b)) return a
  return {
    left: Math.min(a.left, b.left),
    top: Math.min(a.top, b.top),
    right: Math.max(a.right, b.right),
    bottom: Math.max(a.bottom, b.bottom),
  }
}

/** The rectangle of a picture whose upper left corner lies at `left`, `top`. */
export const boundsAt = (left: number, top: number, width: number, height: number): Bounds => ({
  left,
  top,
  right: left + width,
  bottom: top + height,
})

/** Reads either form Photoshop takes, `right`/`bottom` or `width`/`height`; null when a number is missing. */
export function readBounds(value: unknown): Bounds | null {
  if (typeof value !== 'object' || value === null) return null
  const raw = value as Record<string, unknown>
  const { left, top, width, height } = raw
  const right = raw['right'] ?? (isNumber(left) && isNumber(width) ? left + width : undefined)
  const bottom = raw['bottom'] ?? (isNumber(top) && isNumber(height) ? top + height : undefined)
  return isNumber(left) && isNumber(top) && isNumber(right) && isNumber(bottom) ? { left, top, right, bottom } : null
}

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value)
