import type { Raster } from '../../shared/raster.ts'

/** Pictures that are a formula, the same one as in test/fixtures/make. */

const draw =
  (at: (x: number, y: number, c: number, width: number, height: number) => number) =>
  (width: number, height: number): Raster => {
    const data = new Uint8Array(3 * width * height)
    for (let i = 0; i < data.length; i++) {
      const pixel = Math.floor(i / 3)
      data[i] = at(pixel % width, Math.floor(pixel / width), i % 3, width, height)
    }
    return { width, height, channels: 3, data }
  }

/** Hard edges, where a kernel overshoots, between slow waves. */
export const pixels = draw((x, y, c) =>
  (Math.floor(x / 3) + Math.floor(y / 2)) % 4 === 0 ? 255 * (x % 2) : (x * 37 + y * 59 + c * 83 + x * y * 7) % 256,
)

/** A disc of slow colours before other slow colours: edges of many directions. */
export const scene = draw((x, y, c, width, height) => {
  const apart = (2 * x + 1 - width) ** 2 + (2 * y + 1 - height) ** 2
  const inside = 100 * apart < 49 * Math.min(width, height) ** 2
  const value = inside ? 5 * x + 40 * c + y : 255 - 2 * y - 13 * c + x
  return ((value % 256) + 256) % 256
})
