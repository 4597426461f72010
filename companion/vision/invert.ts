import type { Raster } from '../../shared/raster.ts'

/** The negative of a picture; how opaque a pixel is stays. */
export function invert(picture: Raster): Raster {
  const { channels } = picture
  const data = picture.data.map((value, i) => (i % channels === 3 ? value : 255 - value))
  return { ...picture, data }
}
