import { hostError } from './host-error.ts'
import { createImageData, type ImageData, pixelsOf, readIn } from './image-data.ts'
import { getLayerMask, getPixels, getSelection, type ReadOptions, type ReadResult } from './pixel-reads.ts'
import { putLayerMask, putPixels, putSelection, type WriteOptions } from './pixel-writes.ts'
import { enter, type Session } from './session.ts'
import { samples, toDepth } from './surface.ts'

/** Encodes RGBA rows as a JPEG file. */
export type EncodeJpeg = (picture: { width: number; height: number; data: Uint8Array }) => Promise<Uint8Array>

/** `photoshop.imaging`. */
export interface Imaging {
  getPixels(options: ReadOptions): Promise<ReadResult>
  getLayerMask(options: ReadOptions): Promise<ReadResult>
  getSelection(options?: ReadOptions): Promise<ReadResult>
  putPixels(options: WriteOptions): Promise<void>
  putLayerMask(options: WriteOptions): Promise<void>
  putSelection(options: Omit<WriteOptions, 'layerID'>): Promise<void>
  createImageDataFromBuffer(buffer: unknown, options: object): Promise<ImageData>
  encodeImageData(options: { imageData: unknown; base64?: boolean }): Promise<number[] | string>
}

/** Makes `photoshop.imaging` over the documents of a session. */
export const createImaging = (session: Session, encodeJpeg: EncodeJpeg): Imaging => ({
  getPixels: (options) => getPixels(session, options),
  getLayerMask: (options) => getLayerMask(session, options),
  getSelection: (options = {}) => getSelection(session, options),
  putPixels: (options) => putPixels(session, options),
  putLayerMask: (options) => putLayerMask(session, options),
  putSelection: (options) => putSelection(session, { ...options, layerID: -1 }),
  async createImageDataFromBuffer(buffer, options) {
    await Promise.resolve()
    enter(session)
    return createImageData(session, readIn(buffer, { ...options }))
  },
  async encodeImageData({ imageData, base64 = false }) {
    await Promise.resolve()
    enter(session)
    const { width, height, components, colorSpace, data } = pixelsOf(session, imageData)
    if (colorSpace !== 'RGB') throw hostError('encodeImageData only supports the RGB color space.')
    const rgba = samples(8, width * height * 4)
    const bytes = toDepth(data, 8)
    for (let i = 0; i < width * height; i++) {
      for (let c = 0; c < 3; c++) rgba[i * 4 + c] = bytes[i * components + c]!
      rgba[i * 4 + 3] = 255
    }
    const file = await encodeJpeg({ width, height, data: rgba as Uint8Array })
    return base64 ? toBase64(file) : [...file]
  },
})

function toBase64(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return btoa(text)
}
