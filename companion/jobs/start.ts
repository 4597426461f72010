import type { Raster } from '../../shared/raster.ts'
import type { NoiseSource } from '../diffusion/noise.ts'
import { fromNoise, withNoise } from '../diffusion/scale.ts'
import { fromStep, type Schedule } from '../diffusion/schedule.ts'
import type { Checkpoint } from '../models/checkpoint.ts'
import { vaeEncoderGraph } from '../networks/vae.ts'
import type { Tensor } from '../runtime/tensor.ts'
import { latentMask, maskOf } from '../vision/mask.ts'
import { onWhite } from '../vision/preprocess.ts'
import { resizeLanczos } from '../vision/resize.ts'
import type { CompleteRecipe } from './defaults.ts'
import { pictureKey } from './keep.ts'
import { pictureNamed } from './pictures.ts'
import type { Workshop } from './workshop.ts'

/** Where a run begins, and what becomes of its latents after each step. */
export interface Start {
  /** Latents in the sampler's scale. */
  readonly x: Float32Array
  /** What is left of the schedule. */
  readonly schedule: Schedule
  /** Puts back what a mask keeps, after step i; undefined leaves the latents as they are. */
  readonly after: (x: Float32Array, i: number) => Float32Array | undefined
}

/**
 * From noise alone, or from the recipe's source with noise over it (SDEdit, arXiv:2108.01073); a mask keeps the rest of the
 * source at every step (as diffusers does with UNets of four channels). Draws noise in diffusers' order; `size` is the latents'.
 */
export async function startOf(
  shop: Workshop,
  checkpoint: Checkpoint,
  recipe: CompleteRecipe,
  pictures: Readonly<Record<string, Raster>>,
  { schedule, noise, size }: { schedule: Schedule; noise: NoiseSource; size: { width: number; height: number } },
): Promise<Start> {
  const { source, sampler } = recipe
  const length = checkpoint.vae.config.latentChannels * size.width * size.height
  if (!source) return { x: fromNoise(sampler, noise.normal(length), schedule), schedule, after: () => undefined }

  const { mean, deviation } = await moments(shop, checkpoint, pictureNamed(source.image, pictures), recipe.size)
  const drawn = noise.normal(length)
  const clean = mean.data.map(
    (value, i) => (value + deviation.data[i]! * drawn[i]!) * checkpoint.vae.config.scalingFactor,
  )
  const over = noise.normal(length)
  const left = fromStep(schedule, recipe.steps - Math.min(recipe.steps, Math.trunc(recipe.steps * source.strength)))
  const noisy = withNoise(sampler, clean, over, left.sigmas[0]!)
  if (source.mask === undefined) return { x: noisy, schedule: left, after: () => undefined }

  // diffusers encodes the masked picture too, whose latents only UNets of nine channels read.
  noise.normal(length)
  const mask = latentMask(
    maskOf(pictureNamed(source.mask, pictures), { width: recipe.size[0], height: recipe.size[1] }),
    size,
  )
  return {
    x: source.strength === 1 ? fromNoise(sampler, over, schedule) : noisy,
    schedule: left,
    after: (x, i) => blend(withNoise(sampler, clean, over, left.sigmas[i + 1]!), x, mask),
  }
}

/** Two latents, the second where the mask is 1.  [c, h, w] each, mask [h, w] */
function blend(outside: Float32Array, inside: Float32Array, mask: Float32Array): Float32Array {
  return outside.map((value, i) => value + mask[i % mask.length]! * (inside[i]! - value))
}

/** Mean and deviation of a picture's latents, the picture stretched to the size.  [1, 4, h, w] each */
async function moments(
  { networks, keep }: Workshop,
  { vae }: Checkpoint,
  picture: Raster,
  [width, height]: readonly [number, number],
): Promise<{ mean: Tensor; deviation: Tensor }> {
  const key = `moments of ${pictureKey(picture)} at ${width}x${height} by ${vae.identity}`
  const { mean, deviation } = await keep.get(key, () => {
    const { data } = resizeLanczos(onWhite(picture), { width, height })
    const plane = width * height
    const pixels = Float32Array.from({ length: 3 * plane }, (_, i) => {
      return (data[3 * (i % plane) + Math.floor(i / plane)]! / 255) * 2 - 1
    })
    const build = () => vaeEncoderGraph(vae.ledger.weights, vae.config, { width, height }, networks.options)
    return networks.run(`vae-encoder ${width}x${height} of ${vae.identity}`, build, {
      picture: { shape: [1, 3, height, width], data: pixels },
    })
  })
  return { mean: mean!, deviation: deviation! }
}
