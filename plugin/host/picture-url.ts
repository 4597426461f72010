import type { Raster } from '../../shared/raster.ts'
import type { PsImaging } from '../types/photoshop.ts'
import { HostError } from './host-error.ts'
import { SRGB } from './layer-picture.ts'
import { onWhite, premultiplied } from './pixels.ts'
import { type Plane, resize } from './resample.ts'

/** Pixels on a side of the square shown for a reference: twice its size in the panel. */
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

/** The centre square of a picture: what CLIP sees of it. */
function centreSquare({ width, height, channels, data }: Plane): Plane {
  const side = Math.min(width, height)
  const left = Math.floor((width - side) / 2)
  const top = Math.floor((height - side) / 2)
  const out = new Uint8Array(side * side * channels)
  for (let y = 0; y < side; y++) {
    const start = ((top + y) * width + left) * channels
    out.set(data.subarray(start, start + side * channels), y * side * channels)
  }
  return { width: side, height: side, channels, data: out }
}

/** The square CLIP sees of an RGB picture, small, as a data URL. */
export async function thumbnailUrl(imaging: PsImaging, picture: Plane): Promise<string> {
  const square = centreSquare(picture)
  const side = Math.min(THUMBNAIL, square.width)
  const { data } = await resize(square, side, side)
  return pictureUrl(imaging, { width: side, height: side, channels: 3, data })
}
