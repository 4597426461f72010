/** Are the distances of colours what Oklab says? Expected coordinates are those published with it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Raster } from '../../shared/raster.ts'
import { backgroundDistance, difference, paletteDistance } from '../../companion/starter/evaluate/colours.ts'

type Colour = readonly number[]
const BLACK = [0, 0, 0]
const WHITE = [255, 255, 255]

/** Oklab of the corners of sRGB. */
const KNOWN = [
  { colour: WHITE, lab: [1, 0, 0] },
  { colour: [255, 0, 0], lab: [0.62796, 0.22486, 0.12585] },
  { colour: [0, 255, 0], lab: [0.86644, -0.23389, 0.1795] },
  { colour: [0, 0, 255], lab: [0.45201, -0.03246, -0.31153] },
  { colour: [128, 128, 128], lab: [0.59987, 0, 0] },
]

function drawn(side: number, colour: (x: number, y: number) => Colour): Raster {
  const data = Uint8Array.from(
    Array.from({ length: side * side }, (_, i) => colour(i % side, Math.floor(i / side))).flat(),
  )
  return { width: side, height: side, channels: 3, data }
}
const flat = (colour: Colour): Raster => drawn(40, () => colour)
const near = (actual: number, expected: number) =>
  assert.ok(Math.abs(actual - expected) < 5e-5, `${actual}, not ${expected}`)

for (const { colour, lab } of KNOWN) {
  test(`black is as far from ${colour.join()} as Oklab says`, () => {
    near(backgroundDistance(flat(colour), flat(BLACK)), Math.hypot(...lab))
    const [l, a, b] = lab as [number, number, number]
    const diagonals = [l + a + b, l + a - b, l - a + b, -l + a + b].map((sum) => Math.abs(sum) / Math.sqrt(3))
    const along = [Math.abs(l), Math.abs(a), Math.abs(b), ...diagonals]
    near(paletteDistance(flat(colour), flat(BLACK)), along.reduce((sum, value) => sum + value, 0) / 7)
  })
}

test('the background is what lies along the edge', () => {
  const framed = (inner: Colour) =>
    drawn(64, (x, y) => (Math.max(Math.abs(x - 31.5), Math.abs(y - 31.5)) > 24 ? WHITE : inner))
  near(backgroundDistance(framed(BLACK), framed([255, 0, 0])), 0)
  assert.ok(paletteDistance(framed(BLACK), framed([255, 0, 0])) > 0.1)
})

test('a palette is the same wherever its colours stand, and counts how much of each there is', () => {
  const split = (at: number, first: Colour, second: Colour) => drawn(64, (x) => (x < at ? first : second))
  near(paletteDistance(split(32, BLACK, WHITE), split(32, WHITE, BLACK)), 0)
  const quarter = paletteDistance(split(16, BLACK, WHITE), flat(WHITE))
  const half = paletteDistance(split(32, BLACK, WHITE), flat(WHITE))
  assert.ok(quarter > 0.1 && half > 1.8 * quarter, `${quarter} and ${half}`)
})

test('what is transparent counts as white', () => {
  const clear: Raster = { width: 40, height: 40, channels: 4, data: new Uint8Array(4 * 40 * 40) }
  near(backgroundDistance(clear, flat(WHITE)), 0)
})

test('the difference of two pictures is from 0 to 1', () => {
  assert.equal(difference(flat(BLACK), flat(WHITE)), 1)
  near(difference(flat(BLACK), flat([51, 51, 51])), 0.2)
})
