import type { Raster } from '../../../shared/raster.ts'
import { onWhite } from '../../vision/preprocess.ts'
import { resizeBicubic } from '../../vision/resize.ts'

/** Colours in Oklab (bottosson.github.io/posts/oklab), one after another: lightness 0..1 and two of about -0.4..0.4. */
type Colours = readonly (readonly [number, number, number])[]

/** Pictures are compared at this side: their colours, not their details, count. */
const SIDE = 32
/** Pixels along the edge that are taken for background. */
const EDGE = 2

/** How far apart two pictures' backgrounds are, by the middle colour along the edge: distance in Oklab, 0 to about 1. */
export function backgroundDistance(a: Raster, b: Raster): number {
  const [one, other] = [a, b].map((picture) => middle(edge(oklab(shrunk(picture)))))
  return Math.hypot(...one!.map((value, i) => value - other![i]!))
}

/**
 * How far apart two pictures' palettes are, wherever in the picture the colours stand: the mean distance in Oklab by which
 * colours would have to move, measured along some directions (sliced Wasserstein distance).
 */
export function paletteDistance(a: Raster, b: Raster): number {
  const [one, other] = [a, b].map((picture) => oklab(shrunk(picture)))
  const along = (colours: Colours, direction: readonly number[]) =>
    Float64Array.from(colours, (colour) => colour.reduce((sum, value, i) => sum + value * direction[i]!, 0)).sort()
  const distances = DIRECTIONS.map((direction) => {
    const moved = along(other!, direction)
    return average(along(one!, direction).map((value, i) => Math.abs(value - moved[i]!)))
  })
  return average(distances)
}

/** Mean difference of two pictures of one size, pixel by pixel, 0 to 1. */
export const difference = (a: Raster, b: Raster): number =>
  average(Float64Array.from(a.data, (value, i) => Math.abs(value - b.data[i]!) / 255))

/** The mean of some numbers; NaN where there are none. */
export const average = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((sum, value) => sum + value, 0) / values.length

const DIAGONAL = 1 / Math.sqrt(3)
const DIRECTIONS = [
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
  [DIAGONAL, DIAGONAL, DIAGONAL],
  [DIAGONAL, DIAGONAL, -DIAGONAL],
  [DIAGONAL, -DIAGONAL, DIAGONAL],
  [-DIAGONAL, DIAGONAL, DIAGONAL],
] as const

const shrunk = (picture: Raster): Raster => resizeBicubic(onWhite(picture), { width: SIDE, height: SIDE })

const edge = (colours: Colours): Colours =>
  colours.filter((_, i) => [i % SIDE, Math.floor(i / SIDE)].some((at) => at < EDGE || at >= SIDE - EDGE))

/** The median of each component. */
function middle(colours: Colours): number[] {
  return [0, 1, 2].map((i) => colours.map((colour) => colour[i]!).sort((a, b) => a - b)[colours.length >> 1]!)
}

function oklab({ data }: Raster): Colours {
  return Array.from({ length: data.length / 3 }, (_, i) => {
    const [r, g, b] = [data[3 * i]!, data[3 * i + 1]!, data[3 * i + 2]!].map(linear) as [number, number, number]
    const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
    const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
    const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
    return [
      0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
      1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
      0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
    ]
  })
}

/** An sRGB value of 0..255 as an amount of light, 0..1. */
function linear(value: number): number {
  const v = value / 255
  return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4
}
