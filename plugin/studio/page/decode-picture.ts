import type { DecodePicture } from '../double/picture-document.ts'
import type { Drawable } from './draw.ts'

/** Decodes a picture file with the browser's own decoders; no larger than `most`, in its own shape, where that is given. */
export async function decodePicture(
  bytes: Uint8Array,
  most?: { readonly width: number; readonly height: number },
): Promise<Drawable & { readonly channels: 4 }> {
  const image = await createImageBitmap(new Blob([bytes.slice()]))
  const scale = most === undefined ? 1 : Math.min(1, most.width / image.width, most.height / image.height)
  const width = Math.max(1, Math.round(image.width * scale))
  const height = Math.max(1, Math.round(image.height * scale))
  const canvas = document.createElement('canvas')
  canvas.width = width
  canvas.height = height
  const context = canvas.getContext('2d')
  if (context === null) throw new Error('The browser could not decode the picture.')
  context.drawImage(image, 0, 0, width, height)
  image.close()
  return { width, height, channels: 4, data: new Uint8Array(context.getImageData(0, 0, width, height).data) }
}

/** As the double wants it: at its own size. */
export const decodeWhole: DecodePicture = (bytes) => decodePicture(bytes)
