import { combine } from '../vector.ts'
import type { Sample, Sampling } from './sampler.ts'

/** Denoising diffusion implicit models, equation (12) of arXiv:2010.02502 with η = 0. */
export async function* ddim(...[denoise, start, schedule]: Parameters<Sample>): Sampling {
  const { timesteps, stride, alphaAt } = schedule
  let x = start
  for (let i = 0; i < timesteps.length; i++) {
    const { epsilon, denoised } = await denoise(x, i)
    const alpha = alphaAt(timesteps[i]! - stride)
    x = combine([Math.sqrt(alpha), denoised], [Math.sqrt(1 - alpha), epsilon])
    x = (yield { i, x, denoised }) ?? x
  }
  return x
}
