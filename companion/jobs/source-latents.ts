import type { Raster } from '../../shared/raster.ts'
import type { NoiseSource } from '../diffusion/noise.ts'
import type { Checkpoint } from '../models/checkpoint.ts'
import { vaeEncoderGraph } from '../networks/vae.ts'
import { planesOf } from '../vision/planes.ts'
import { onWhite } from '../vision/preprocess.ts'
import { resizeLanczos } from '../vision/resize.ts'
import { contentKey } from './keep.ts'
import type { Workshop } from './workshop.ts'

/** How autoencoders take pixels: in -1..1. */
const PIXELS = { mean: 127.5, scale: 127.5 } as const

/** A picture in -1..1, on white and stretched to the size.  [3, h, w] */
export const fitted = (picture: Raster, size: { width: number; height: number }): Float32Array =>
  planesOf(resizeLanczos(onWhite(picture), size), PIXELS)

/** Latents of a picture in -1..1, drawn from their distribution.  [3, H, W] -> [4, h, w] */
export async function latentsOf(
  { networks, keep }: Workshop,
  { vae }: Checkpoint,
  pixels: Float32Array,
  { width, height }: { width: number; height: number },
  noise: NoiseSource,
): Promise<Float32Array> {
  const { mean, deviation } = await keep.get(
    `moments of ${contentKey(pixels)} at ${width}x${height} by ${vae.identity}`,
    () => {
      const build = () => vaeEncoderGraph(vae.ledger.weights, vae.config, { width, height }, networks.options)
      return networks.run(`vae-encoder ${width}x${height} of ${vae.identity}`, build, {
        picture: { shape: [1, 3, height, width], data: pixels },
      })
    },
  )
  const drawn = noise.normal(mean!.data.length)
  return mean!.data.map((value, i) => (value + deviation!.data[i]! * drawn[i]!) * vae.config.scalingFactor)
}
