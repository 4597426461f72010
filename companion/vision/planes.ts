import type { Raster } from '../../shared/raster.ts'

/** An RGB picture as a network takes it, each value v as (v - mean) / scale, black beyond its edges.  -> [3, h, w] */
export function planesOf(
  { width, height, channels, data }: Raster,
  { mean, scale }: { readonly mean: number; readonly scale: number },
  size: Pick<Raster, 'width' | 'height'> = { width, height },
): Float32Array<ArrayBuffer> {
  const plane = size.width * size.height
  const pixels = new Float32Array(3 * plane).fill(-mean / scale)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < 3; c++) {
        pixels[c * plane + y * size.width + x] = (data[(y * width + x) * channels + c]! - mean) / scale
      }
    }
  }
  return pixels
}
