import jpeg from 'jpeg-js'
import type { EncodeJpeg } from './imaging.ts'

const QUALITY = 90

/** Encodes RGBA as a JPEG file in plain JavaScript. */
export const encodeJpeg: EncodeJpeg = (picture) => Promise.resolve(jpeg.encode(picture, QUALITY).data)
