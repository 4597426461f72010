import type { Raster } from '../../shared/raster.ts'

/** Red, green and blue in -1..1 as a linear function of latents: a row per latent channel, and one for what is added to all. */
export type LatentToRgb = readonly (readonly [number, number, number])[]

/** A fit to Stable Diffusion 1.5's autoencoder. */
export const SD15_LATENT_TO_RGB: LatentToRgb = [
  [0.3512, 0.2297, 0.3227],
  [0.325, 0.4974, 0.235],
  [-0.2829, 0.1762, 0.2721],
  [-0.212, -0.2616, -0.7177],
  [0, 0, 0],
]

/** A fit to SDXL's autoencoder. */
export const SDXL_LATENT_TO_RGB: LatentToRgb = [
  [0.3651, 0.4232, 0.4341],
  [-0.2533, -0.0042, 0.1068],
  [0.1076, 0.1111, -0.0362],
  [-0.3165, -0.2492, -0.2188],
  [0.1084, -0.0175, -0.0011],
]

/** A rough picture of latents at their own size, without a network.  [4, h, w] -> w x h, RGB */
export function previewOf(latents: Float32Array, size: { width: number; height: number }, rows: LatentToRgb): Raster {
  const plane = size.width * size.height
  const channels = rows.slice(0, -1)
  const added = rows.at(-1)!
  const data = new Uint8Array(3 * plane)
  for (let i = 0; i < plane; i++) {
    for (let c = 0; c < 3; c++) {
      data[3 * i + c] = to8Bit(channels.reduce((sum, row, k) => sum + row[c]! * latents[k * plane + i]!, added[c]!))
    }
  }
  return { ...size, channels: 3, data }
}

/** A decoded picture in -1..1 as 8-bit pixels.  [3, H, W] -> W x H, RGB */
export function pictureOf(decoded: Float32Array, size: { width: number; height: number }): Raster {
  const plane = size.width * size.height
  const data = new Uint8Array(3 * plane)
  for (let i = 0; i < plane; i++) {
    for (let c = 0; c < 3; c++) data[3 * i + c] = to8Bit(decoded[c * plane + i]!)
  }
  return { ...size, channels: 3, data }
}

/** -1..1 to 0..1, limited: the picture before it is rounded to 8 bits. */
export const unitRange = (decoded: Float32Array): Float32Array<ArrayBuffer> =>
  Float32Array.from(decoded, (value) => Math.min(1, Math.max(0, value / 2 + 0.5)))

const to8Bit = (value: number): number => Math.round(255 * Math.min(1, Math.max(0, value / 2 + 0.5)))
