import { clipView } from '../../shared/clip-view.ts'
import type { Raster } from '../../shared/raster.ts'
import type { Fit } from '../../shared/recipe.ts'
import type { PsImaging } from '../types/photoshop.ts'
import { HostError } from './host-error.ts'
import { SRGB } from './pixel-read.ts'
import { onWhite, premultiplied } from './pixels.ts'
import { blit, type Plane, resize } from './resample.ts'

/** Pixels on the short side of what is shown for a reference: twice its size in the panel. */
const THUMBNAIL = 144

/** A picture as RGB, with whatever is transparent over white. */
export const opaque = (picture: Raster): Plane => (picture.channels === 3 ? picture : onWhite(premultiplied(picture)))

/** A picture as a JPEG data URL, encoded by Photoshop because UXP's canvas cannot. */
export async function pictureUrl(imaging: PsImaging, picture: Raster): Promise<string> {
  const { width, height, channels, data } = opaque(picture)
  const imageData = await imaging.createImageDataFromBuffer(data, {
    width,
    height,
    components: channels,
    colorSpace: 'RGB',
    colorProfile: SRGB,
  })
  try {
    const encoded = await imaging.encodeImageData({ imageData, base64: true })
    if (typeof encoded !== 'string') throw new HostError('host', 'Photoshop gave a picture in an unexpected form.')
    return `data:image/jpeg;base64,${encoded}`
  } finally {
    imageData.dispose()
  }
}

/** What CLIP gets to see of an RGB picture, small, as a data URL: its square, or all its tiles in one piece. */
export async function thumbnailUrl(imaging: PsImaging, picture: Raster, fit: Fit, cropAt?: number): Promise<string> {
  const size = Math.min(THUMBNAIL, picture.width, picture.height)
  const { part, resized, corners } = clipView(picture, fit, size, cropAt)
  const [corner] = corners
  const isSquare = corners.length === 1 && corner !== undefined
  const side = Math.min(part.width, part.height)
  const scale = side / size
  const seen = isSquare
    ? {
        left: part.left + Math.floor(corner.left * scale),
        top: part.top + Math.floor(corner.top * scale),
        width: side,
        height: side,
      }
    : part
  const white: Plane = {
    width: seen.width,
    height: seen.height,
    channels: 3,
    data: new Uint8Array(seen.width * seen.height * 3).fill(255),
  }
  blit(white, opaque(picture), -seen.left, -seen.top)
  const target = isSquare ? { width: size, height: size } : resized
  const { data } = await resize(white, target.width, target.height)
  return pictureUrl(imaging, { ...target, channels: 3, data })
}
