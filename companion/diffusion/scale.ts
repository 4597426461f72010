import type { Sampler } from '../../shared/recipe.ts'
import type { Schedule } from './schedule.ts'
import { combine } from './vector.ts'

/**
 * Two ways to write noisy latents: variance preserving, √ᾱ x₀ + √(1 - ᾱ) ε, as models take them and most samplers keep them;
 * and variance exploding, x₀ + σ ε, as Euler's and Heun's methods do.
 */
const EXPLODING: ReadonlySet<Sampler> = new Set(['euler', 'euler_ancestral', 'heun'])

/** A noise level σ, infinite or not, as √ᾱ, √(1 - ᾱ) and λ = ln(√ᾱ / √(1 - ᾱ)), infinite where no noise is left. */
export function noiseLevel(sigma: number): { alpha: number; sigma: number; lambda: number } {
  const alpha = 1 / Math.sqrt(1 + sigma ** 2)
  return { alpha, sigma: sigma === Infinity ? 1 : sigma * alpha, lambda: -Math.log(sigma) }
}

/** x₀ + σ ε as the model takes it. */
export const variancePreserving = (x: Float32Array, sigma: number): Float32Array =>
  combine([noiseLevel(sigma).alpha, x])

/** Latents with noise at level σ, in the sampler's scale. */
export function withNoise(sampler: Sampler, clean: Float32Array, noise: Float32Array, sigma: number): Float32Array {
  if (EXPLODING.has(sampler)) return combine([1, clean], [sigma, noise])
  const level = noiseLevel(sigma)
  return combine([level.alpha, clean], [level.sigma, noise])
}

/** Unit normal noise as the sampler starts from when there is no picture to start from. */
export function fromNoise(sampler: Sampler, noise: Float32Array, schedule: Schedule): Float32Array {
  return EXPLODING.has(sampler) ? combine([initialSigma(schedule), noise]) : noise
}

/**
 * Leading spacing never reaches the noise of training's end, so there the signal's share counts too (diffusers'
 * init_noise_sigma).
 */
function initialSigma({ sigmas, spacing }: Schedule): number {
  const highest = Math.max(...sigmas)
  return spacing === 'leading' ? Math.sqrt(highest ** 2 + 1) : highest
}
