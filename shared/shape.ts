/** Width and height, in pixels or as a ratio. */
export interface Shape {
  readonly width: number
  readonly height: number
}

/** Pixels of the shortest and the longest side a picture may have. */
const SIDE = { least: 64, most: 4096 } as const

/**
 * The sides of a picture of this shape with about as many pixels as `area`, multiples of `grid`. Of the sides next to the
 * exact ones those that bend the shape least, and of equals those nearest to the area.
 */
export function sidesOfShape({ width, height }: Shape, area: number, grid: number): [width: number, height: number] {
  const exact = Math.sqrt((area * width) / height)
  const off = ([w, h]: readonly [number, number]): number =>
    Math.abs(Math.log((w * height) / (h * width))) + Math.abs(Math.log((w * h) / area)) / 4
  const near = nextTo(exact, grid).flatMap((w) => nextTo(area / exact, grid).map((h): [number, number] => [w, h]))
  return near.reduce((best, other) => (off(other) < off(best) - Number.EPSILON ? other : best))
}

/** The multiples of `grid` right below and above a side. */
function nextTo(side: number, grid: number): number[] {
  const least = Math.ceil(SIDE.least / grid) * grid
  const most = Math.floor(SIDE.most / grid) * grid
  return [Math.floor(side / grid), Math.ceil(side / grid)].map((n) => Math.min(most, Math.max(least, n * grid)))
}
