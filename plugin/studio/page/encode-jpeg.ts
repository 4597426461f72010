import type { EncodeJpeg } from '../double/imaging.ts'
import { type Drawable, drawnOn } from './draw.ts'

const QUALITY = 0.9

/** Encodes RGBA as a JPEG file with the browser's own encoder. */
export const encodeJpeg: EncodeJpeg = async (picture: Drawable) => {
  const canvas = drawnOn(document.createElement('canvas'), picture)
  const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/jpeg', QUALITY))
  if (blob === null) throw new Error('The browser could not encode the picture.')
  return new Uint8Array(await blob.arrayBuffer())
}
