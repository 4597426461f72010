import type { Sampler } from '../../shared/recipe.ts'
import type { NoiseSource } from './noise.ts'
import type { Schedule } from './schedule.ts'
import { combine } from './vector.ts'

/** What a model says of noisy latents: the noise in them, and what is left without it. */
export interface Prediction {
  readonly epsilon: Float32Array
  readonly denoised: Float32Array
}

/** Asks the model about variance-preserving latents √ᾱ x₀ + √(1 - ᾱ) ε before step i. */
export type Denoise = (x: Float32Array, i: number) => Promise<Prediction>

/** One step done: the model's guess of the finished latents, for previews. */
export interface Step {
  readonly i: number
  readonly denoised: Float32Array
}

/**
 * From noise to latents. Yields after each step, so that progress, preview and cancel belong to the caller; returns the
 * latents. `initial` is unit normal noise, which each sampler scales to where its schedule starts.
 */
export type Sample = (
  denoise: Denoise,
  initial: Float32Array,
  schedule: Schedule,
  noise: NoiseSource,
) => AsyncGenerator<Step, Float32Array>

/** Denoising diffusion implicit models, equation (12) of arXiv:2010.02502 with η = 0. */
export async function* ddim(...[denoise, initial, schedule]: Parameters<Sample>): ReturnType<Sample> {
  const { timesteps, alphasCumprod, noise } = schedule
  const stride = Math.floor(noise.trainSteps / timesteps.length)
  const last = noise.alphaToOne ? 1 : alphasCumprod[0]!
  let x = initial
  for (let i = 0; i < timesteps.length; i++) {
    const { epsilon, denoised } = await denoise(x, i)
    const previous = timesteps[i]! - stride
    const alpha = previous >= 0 ? alphasCumprod[previous]! : last
    x = combine([Math.sqrt(alpha), denoised], [Math.sqrt(1 - alpha), epsilon])
    yield { i, denoised }
  }
  return x
}

/** Euler's method on the probability flow, algorithm 2 of arXiv:2206.00364 without churn. */
export async function* euler(...[denoise, initial, schedule]: Parameters<Sample>): ReturnType<Sample> {
  const { timesteps, sigmas } = schedule
  let x = scaled(initial, initialSigma(schedule))
  for (let i = 0; i < timesteps.length; i++) {
    const [sigma, next] = [sigmas[i]!, sigmas[i + 1]!]
    const { epsilon, denoised } = await denoise(variancePreserving(x, sigma), i)
    x = combine([1, x], [next - sigma, epsilon])
    yield { i, denoised }
  }
  return x
}

/** Euler with fresh noise at each step (Katherine Crowson's k-diffusion, "euler ancestral"). */
export async function* eulerAncestral(...[denoise, initial, schedule, noise]: Parameters<Sample>): ReturnType<Sample> {
  const { timesteps, sigmas } = schedule
  let x = scaled(initial, initialSigma(schedule))
  for (let i = 0; i < timesteps.length; i++) {
    const [sigma, next] = [sigmas[i]!, sigmas[i + 1]!]
    const { epsilon, denoised } = await denoise(variancePreserving(x, sigma), i)
    const up = Math.sqrt((next ** 2 * (sigma ** 2 - next ** 2)) / sigma ** 2)
    const down = Math.sqrt(next ** 2 - up ** 2)
    x = combine([1, x], [down - sigma, epsilon], [up, noise.normal(x.length)])
    yield { i, denoised }
  }
  return x
}

/** DPM-Solver++(2M), algorithm 2 of arXiv:2211.01095; first order at both ends. */
export async function* dpmpp2m(...[denoise, initial, schedule]: Parameters<Sample>): ReturnType<Sample> {
  const { timesteps, sigmas } = schedule
  const level = (i: number) => {
    const alpha = 1 / Math.sqrt(1 + sigmas[i]! ** 2)
    return { alpha, sigma: sigmas[i]! * alpha, lambda: -Math.log(sigmas[i]!) } // λ = ln(α/σ)
  }
  let x = initial
  let before: Float32Array | undefined
  for (let i = 0; i < timesteps.length; i++) {
    const { denoised } = await denoise(x, i)
    const [from, to] = [level(i), level(i + 1)]
    const h = to.lambda - from.lambda // infinite on the last step, where no noise is left
    const gain = to.alpha * -Math.expm1(-h)
    const first = combine([to.sigma / from.sigma, x], [gain, denoised])
    if (before && Number.isFinite(h)) {
      const r = (from.lambda - level(i - 1).lambda) / h
      x = combine([1, first], [gain / (2 * r), denoised], [-gain / (2 * r), before])
    } else {
      x = first
    }
    before = denoised
    yield { i, denoised }
  }
  return x
}

/** The samplers by the names recipes use. */
export const SAMPLE: Readonly<Record<Sampler, Sample>> = {
  ddim,
  euler,
  euler_ancestral: eulerAncestral,
  dpmpp_2m: dpmpp2m,
}

/**
 * Latents of Euler's methods have variance 1 + σ². Leading spacing never reaches the noise of training's end, so there the
 * signal's share counts too (diffusers' init_noise_sigma).
 */
function initialSigma({ sigmas, spacing }: Schedule): number {
  const highest = Math.max(...sigmas)
  return spacing === 'leading' ? Math.sqrt(highest ** 2 + 1) : highest
}

const scaled = (x: Float32Array, factor: number): Float32Array => combine([factor, x])

const variancePreserving = (x: Float32Array, sigma: number): Float32Array => scaled(x, 1 / Math.sqrt(sigma ** 2 + 1))
