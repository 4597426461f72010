/** A card's thumbnail is what CLIP gets to see: the squares the companion cuts, for every fit and shape. */
import assert from 'node:assert/strict'
import jpeg from 'jpeg-js'
import { test } from 'node:test'
import { clipSquares } from '../../companion/vision/preprocess.ts'
import { clipView } from '../../shared/clip-view.ts'
import type { Raster } from '../../shared/raster.ts'
import { FITS } from '../../shared/recipe.ts'
import { openDesk } from '../support/desk.ts'

/** Colours that run smoothly over the picture, so that a shifted or stretched view shows. */
function slopes(width: number, height: number): Raster {
  const data = new Uint8Array(3 * width * height)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) data.set([(255 * x) / width, (255 * y) / height, 128], 3 * (y * width + x))
  }
  return { width, height, channels: 3, data }
}

function decoded(url: string): { width: number; height: number; data: Uint8Array } {
  return jpeg.decode(Buffer.from(url.slice(url.indexOf(',') + 1), 'base64'), { useTArray: true, formatAsRGBA: false })
}

const part = ({ width, data }: { width: number; data: Uint8Array }, left: number, top: number, side: number) =>
  Uint8Array.from({ length: 3 * side * side }, (_, i) => {
    const [x, y] = [Math.floor(i / 3) % side, Math.floor(i / 3 / side)]
    return data[3 * ((top + y) * width + left + x) + (i % 3)]!
  })

for (const [width, height] of [
  [300, 200],
  [160, 480],
  [90, 90],
] as const) {
  for (const fit of FITS) {
    test(`${fit} of ${width} x ${height}`, async () => {
      const picture = slopes(width, height)
      const seen = decoded(await openDesk().host.thumbnail(picture, fit))
      const side = Math.min(seen.width, seen.height)
      const squares = clipSquares(picture, fit, side)
      const { corners } = clipView(picture, fit, side)
      assert.equal(corners.length, squares.length)
      squares.forEach(({ data }, i) => {
        const { left, top } = squares.length === 1 ? { left: 0, top: 0 } : corners[i]!
        const shown = part(seen, left, top, side)
        const apart = shown.reduce((sum, value, at) => sum + Math.abs(value - data[at]!), 0) / shown.length
        assert.ok(apart < 4, `${apart.toFixed(2)} levels apart`)
      })
    })
  }
}
