import type { Denoise } from '../../companion/diffusion/samplers/sampler.ts'
import { SAMPLE } from '../../companion/diffusion/samplers/table.ts'
import { fromNoise } from '../../companion/diffusion/scale.ts'
import { torchNoise } from '../../companion/diffusion/noise.ts'
import type { Schedule } from '../../companion/diffusion/schedule.ts'
import type { Sampler } from '../../shared/recipe.ts'

/** All steps of a sampler from unit noise: the latents at the end and what was seen on the way; fresh noise has seed 0. */
export async function walk(
  sampler: Sampler,
  denoise: Denoise,
  noise: Float32Array,
  schedule: Schedule,
): Promise<{ latents: Float32Array; steps: { i: number; denoised: Float32Array }[] }> {
  const sampling = SAMPLE[sampler](denoise, fromNoise(sampler, noise, schedule), schedule, torchNoise(0))
  const steps = []
  let next = await sampling.next()
  for (; !next.done; next = await sampling.next()) steps.push(next.value)
  return { latents: next.value, steps }
}
