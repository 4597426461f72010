import { combine } from '../vector.ts'
import type { Sample, Sampling } from './sampler.ts'

/** Boundary conditions of latent consistency models (arXiv:2310.04378, section 4.1): σ of the data, and time's scale. */
const DATA_SIGMA = 0.5
const TIMESTEP_SCALING = 10

/** Latent consistency model: straight to the end, then back to the next noise level. */
export async function* lcm(...[denoise, start, schedule, noise]: Parameters<Sample>): Sampling {
  const { timesteps, alphaAt } = schedule
  let x = start
  for (let i = 0; i < timesteps.length; i++) {
    const { denoised } = await denoise(x, i)
    const s = TIMESTEP_SCALING * timesteps[i]!
    const skip = DATA_SIGMA ** 2 / (s ** 2 + DATA_SIGMA ** 2)
    const out = s / Math.sqrt(s ** 2 + DATA_SIGMA ** 2)
    const clean = combine([out, denoised], [skip, x])
    const last = i === timesteps.length - 1
    const alpha = last ? 1 : alphaAt(timesteps[i + 1]!)
    x = last ? clean : combine([Math.sqrt(alpha), clean], [Math.sqrt(1 - alpha), noise.normal(x.length)])
    x = (yield { i, x, denoised: clean }) ?? x
  }
  return x
}

/** How much of the way back is noise (γ of arXiv:2402.19159); the published default. */
const TCD_ETA = 0.3

/** Trajectory consistency distillation, algorithm 4 of arXiv:2402.19159. */
export async function* tcd(...[denoise, start, schedule, noise]: Parameters<Sample>): Sampling {
  const { timesteps, alphaAt } = schedule
  let x = start
  for (let i = 0; i < timesteps.length; i++) {
    const { epsilon, denoised } = await denoise(x, i)
    const last = i === timesteps.length - 1
    const next = last ? 0 : timesteps[i + 1]!
    const between = alphaAt(Math.floor((1 - TCD_ETA) * next))
    x = combine([Math.sqrt(between), denoised], [Math.sqrt(1 - between), epsilon])
    if (!last) {
      const ratio = alphaAt(next) / between
      x = combine([Math.sqrt(ratio), x], [Math.sqrt(1 - ratio), noise.normal(x.length)])
    }
    x = (yield { i, x, denoised }) ?? x
  }
  return x
}
