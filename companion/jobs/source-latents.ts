import { createHash } from 'node:crypto'
import type { Raster } from '../../shared/raster.ts'
import type { NoiseSource } from '../diffusion/noise.ts'
import type { Checkpoint } from '../models/checkpoint.ts'
import { vaeEncoderGraph } from '../networks/vae.ts'
import { onWhite } from '../vision/preprocess.ts'
import { resizeLanczos } from '../vision/resize.ts'
import type { Workshop } from './workshop.ts'

/** A picture in -1..1, on white and stretched to the size.  [3, h, w] */
export function fitted(picture: Raster, size: { width: number; height: number }): Float32Array {
  const { data } = resizeLanczos(onWhite(picture), size)
  const plane = size.width * size.height
  return Float32Array.from({ length: 3 * plane }, (_, i) => {
    return (data[3 * (i % plane) + Math.floor(i / plane)]! / 255) * 2 - 1
  })
}

/** Latents of a picture in -1..1, drawn from their distribution.  [3, H, W] -> [4, h, w] */
export async function latentsOf(
  { networks, keep }: Workshop,
  { vae }: Checkpoint,
  pixels: Float32Array,
  { width, height }: { width: number; height: number },
  noise: NoiseSource,
): Promise<Float32Array> {
  const content = createHash('sha256').update(pixels).digest('hex')
  const { mean, deviation } = await keep.get(`moments of ${content} at ${width}x${height} by ${vae.identity}`, () => {
    const build = () => vaeEncoderGraph(vae.ledger.weights, vae.config, { width, height }, networks.options)
    return networks.run(`vae-encoder ${width}x${height} of ${vae.identity}`, build, {
      picture: { shape: [1, 3, height, width], data: pixels },
    })
  })
  const drawn = noise.normal(mean!.data.length)
  return mean!.data.map((value, i) => (value + deviation!.data[i]! * drawn[i]!) * vae.config.scalingFactor)
}
