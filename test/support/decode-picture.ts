import sharp from 'sharp'
import type { DecodePicture } from '../../plugin/studio/double/picture-document.ts'

/** Decodes PNG, JPEG and WebP files as Photoshop would. */
export const decodePicture: DecodePicture = async (bytes) => {
  const { data, info } = await sharp(bytes)
    .toColourspace('srgb')
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
  return { width: info.width, height: info.height, channels: 4, data: new Uint8Array(data) }
}
