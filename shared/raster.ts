/** A picture in memory: 8-bit sRGB, rows top to bottom, channels interleaved, alpha not premultiplied. */
export interface Raster {
  readonly width: number
  readonly height: number
  readonly channels: 3 | 4
  readonly data: Uint8Array
}
