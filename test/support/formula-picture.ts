import type { Raster } from '../../shared/raster.ts'

/** A lively RGB picture that any language makes alike from whole numbers: the goldens of faces were computed on it. */
export function formulaPicture(width: number, height: number): Raster {
  const data = Uint8Array.from({ length: 3 * width * height }, (_, i) => {
    const [c, x, y] = [i % 3, Math.floor(i / 3) % width, Math.floor(i / 3 / width)]
    const check = (Math.floor(x / 9) + Math.floor(y / 7)) % 2
    return x * 7 + y * 13 + c * 50 + ((x * y) % 31) * 5 + check * 60
  })
  return { width, height, channels: 3, data }
}
