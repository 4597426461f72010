import sharp from 'sharp'
import type { Raster } from '../../shared/raster.ts'

/** Pixels as the bytes of a PNG file. */
export const pngOf = ({ width, height, channels, data }: Raster): Promise<Buffer> =>
  sharp(data, { raw: { width, height, channels } }).png().toBuffer()
