import { hashPicture } from './picture-stream.ts'
import type { Raster } from './raster.ts'

const hashes = new WeakMap<Raster, string>()

/** The hash of a picture, worked out once for each raster; one that was hashed must not change. */
export function hashOnce(raster: Raster): string {
  const hash = hashes.get(raster) ?? hashPicture(raster)
  hashes.set(raster, hash)
  return hash
}
