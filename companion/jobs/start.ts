import type { Raster } from '../../shared/raster.ts'
import type { NoiseSource } from '../diffusion/noise.ts'
import { fromNoise, withNoise } from '../diffusion/scale.ts'
import { fromStep, type Schedule } from '../diffusion/schedule.ts'
import { joined } from '../diffusion/vector.ts'
import type { Checkpoint } from '../models/checkpoint.ts'
import { latentMask, maskOf, type Mask } from '../vision/mask.ts'
import type { CompleteRecipe } from './defaults.ts'
import { pictureNamed } from './pictures.ts'
import { fitted, latentsOf } from './source-latents.ts'
import type { Workshop } from './workshop.ts'

/** Where a run begins, and what becomes of its latents after each step. */
export interface Start {
  /** Latents in the sampler's scale. */
  readonly x: Float32Array
  /** What is left of the schedule. */
  readonly schedule: Schedule
  /** Puts back what a mask keeps, after step i; undefined leaves the latents as they are. */
  readonly after: (x: Float32Array, i: number) => Float32Array | undefined
  /** What a UNet of nine channels reads behind the latents; empty for one of four. */
  readonly beside: Float32Array
}

/** What every start draws on: the whole schedule, the stream of noise, and the size of the latents. */
interface Given {
  readonly schedule: Schedule
  readonly noise: NoiseSource
  readonly size: { readonly width: number; readonly height: number }
}

/**
 * From noise alone, or from the recipe's source with noise over it (SDEdit, arXiv:2108.01073). A mask keeps the rest of the
 * source: a UNet of four channels has it put back at every step, one of nine reads it. Draws noise in diffusers' order.
 */
export async function startOf(
  shop: Workshop,
  checkpoint: Checkpoint,
  recipe: CompleteRecipe,
  pictures: Readonly<Record<string, Raster>>,
  given: Given,
): Promise<Start> {
  const { source, sampler } = recipe
  const { schedule, noise, size } = given
  const [width, height] = recipe.size
  const length = checkpoint.vae.config.latentChannels * size.width * size.height
  const mask = source?.mask === undefined ? undefined : maskOf(pictureNamed(source.mask, pictures), { width, height })
  const picture = source && fitted(pictureNamed(source.image, pictures), { width, height })
  const readsMask = checkpoint.unet.config.inChannels > checkpoint.unet.config.outChannels
  const sampled = async (pixels: Float32Array) => latentsOf(shop, checkpoint, pixels, { width, height }, noise)
  /** The latents of what is not painted anew, drawn after all other noise of the start. */
  const kept = () => sampled(keptPart(picture ?? new Float32Array(3 * width * height), mask))
  const beside = async () => (readsMask ? joined(latentMaskOr1(mask, size), await kept()) : new Float32Array())
  const untouched = () => undefined

  if (!source || !picture || (readsMask && mask && source.strength === 1)) {
    const x = fromNoise(sampler, noise.normal(length), schedule)
    return { x, schedule, after: untouched, beside: await beside() }
  }
  const clean = await sampled(picture)
  const over = noise.normal(length)
  const left = fromStep(schedule, recipe.steps - Math.min(recipe.steps, Math.trunc(recipe.steps * source.strength)))
  const noisy = withNoise(sampler, clean, over, left.sigmas[0]!)
  if (!mask || readsMask) return { x: noisy, schedule: left, after: untouched, beside: await beside() }

  // diffusers encodes the kept part here too, though only UNets of nine channels read it.
  noise.normal(length)
  const where = latentMask(mask, size)
  return {
    x: source.strength === 1 ? fromNoise(sampler, over, schedule) : noisy,
    schedule: left,
    after: (x, i) => blend(withNoise(sampler, clean, over, left.sigmas[i + 1]!), x, where),
    beside: await beside(),
  }
}

/** Two latents, the second where the mask is 1.  [c, h, w] each, mask [h, w] */
function blend(outside: Float32Array, inside: Float32Array, mask: Float32Array): Float32Array {
  return outside.map((value, i) => value + mask[i % mask.length]! * (inside[i]! - value))
}

/** A picture that is grey where it is to be painted anew: nothing of it is left where there is no mask. */
const keptPart = (pixels: Float32Array, mask: Mask | undefined): Float32Array =>
  pixels.map((value, i) => (mask === undefined || mask.data[i % mask.data.length]! >= 0.5 ? 0 : value))

const latentMaskOr1 = (mask: Mask | undefined, size: { width: number; height: number }): Float32Array =>
  mask ? latentMask(mask, size) : new Float32Array(size.width * size.height).fill(1)
