import { roundHalfEven } from '../../shared/round-half-even.ts'
import type { Sampler, Sigmas, Spacing } from '../../shared/recipe.ts'
import {
  beta,
  consistencyTimesteps,
  dpmTimesteps,
  evenTimesteps,
  exponential,
  karras,
  pndmTimesteps,
} from './spacing.ts'

/** Noise a model was trained with, from scheduler_config.json. */
export interface NoiseConfig {
  readonly trainSteps: number
  readonly betaStart: number
  readonly betaEnd: number
  readonly stepsOffset: number
  /** Whether the step before the first is free of noise, or has the first step's; undefined: as the sampler's own. */
  readonly alphaToOne: boolean | undefined
  /** Whether training ended in noise alone (arXiv:2305.08891). */
  readonly zeroSnr: boolean
  readonly prediction: 'epsilon' | 'v_prediction'
  /** Beyond this, up and down, nothing of noise-free latents lies (diffusers' `clip_sample`). */
  readonly clip: number
}

/** The steps of one run: where the model is asked, and how much noise is left before each and at the end. */
export interface Schedule {
  /** Timesteps as the model takes them, most noise first; fractions occur. */
  readonly timesteps: readonly number[]
  /** Noise level σ = √((1 - ᾱ) / ᾱ) before each step, infinite where there is noise alone, and 0 behind the last. */
  readonly sigmas: readonly number[]
  readonly spacing: Spacing
  /** Training steps between two steps of the whole run, part of which may be left out. */
  readonly stride: number
  /** ᾱ of a training step; before the first, what the model's configuration says. */
  readonly alphaAt: (timestep: number) => number
  readonly prediction: NoiseConfig['prediction']
  /** As in the configuration for the samplers that keep to it, infinite for the others. */
  readonly clip: number
}

/** How a sampler wants its steps spaced. */
const SOLVERS: ReadonlySet<Sampler> = new Set(['dpmpp_2m', 'dpmpp_2m_sde', 'unipc'])
const CONSISTENCY: ReadonlySet<Sampler> = new Set(['lcm', 'tcd'])
/** Samplers that never divide by the signal's share. */
const FROM_NOISE_ALONE: ReadonlySet<Sampler> = new Set(['ddim', ...CONSISTENCY])
/** Samplers that clip, in diffusers. */
const CLIPS: ReadonlySet<Sampler> = new Set(['ddim', 'lcm'])
/** Samplers that walk on noise levels, so that these may be chosen. */
export const CHOOSES_SIGMAS: ReadonlySet<Sampler> = new Set([...SOLVERS, 'euler', 'euler_ancestral', 'heun'])

/** The spacing a sampler has in diffusers where nothing is said of it. */
export const ownSpacing = (sampler: Sampler): Spacing => (CHOOSES_SIGMAS.has(sampler) ? 'linspace' : 'leading')

/** The steps of a run with the given sampler. */
export function schedule(
  steps: number,
  choice: { sampler: Sampler; spacing: Spacing; sigmas: Sigmas },
  noise: NoiseConfig,
): Schedule {
  const alphas = alphasCumprod(noise)
  // Only these get along without a signal, and only if the model does.
  if (!(FROM_NOISE_ALONE.has(choice.sampler) && noise.prediction === 'v_prediction')) keepSomeSignal(alphas)
  const table = Array.from(alphas, sigmaOf)
  const alphaToOne = noise.alphaToOne ?? choice.sampler !== 'pndm'
  const common = {
    spacing: choice.spacing,
    stride: Math.floor(noise.trainSteps / steps),
    alphaAt: (t: number) => (t >= 0 ? alphas[t]! : alphaToOne ? 1 : alphas[0]!),
    prediction: noise.prediction,
    clip: CLIPS.has(choice.sampler) ? noise.clip : Infinity,
  }
  const spaced = spacedTimesteps(steps, choice, noise)
  const sigmas = spaced.map((t) => interpolate(t, table))
  if (choice.sigmas === 'model') return { ...common, timesteps: spaced, sigmas: [...sigmas, 0] }
  const solver = SOLVERS.has(choice.sampler)
  // The solvers' ramps span all of training, the others' the steps they would have taken.
  const [max, min] = solver ? [table.at(-1)!, table[0]!] : [sigmas[0]!, sigmas.at(-1)!]
  const chosen = RAMPS[choice.sigmas](steps, max, min)
  const asked = chosen.map((sigma) => timestepOf(sigma, table))
  const timesteps = solver ? asked.map(choice.sigmas === 'karras' ? roundHalfEven : cutOff) : asked
  return { ...common, timesteps, sigmas: [...chosen, 0] }
}

const RAMPS = { karras, exponential, beta } as const

/** A solver's timesteps are whole: diffusers rounds Karras' and cuts off the others. A step that rounding missed is not lost. */
const cutOff = (timestep: number): number => Math.floor(timestep + 1e-6)

function spacedTimesteps(
  steps: number,
  { sampler, spacing }: { sampler: Sampler; spacing: Spacing },
  noise: NoiseConfig,
): readonly number[] {
  if (CONSISTENCY.has(sampler)) return consistencyTimesteps(steps, noise.trainSteps)
  if (SOLVERS.has(sampler)) return dpmTimesteps(steps, spacing, noise)
  const fractional = CHOOSES_SIGMAS.has(sampler)
  const even = evenTimesteps(steps, spacing, noise).map((t) => (fractional ? t : roundHalfEven(t)))
  return sampler === 'pndm' ? pndmTimesteps(even) : even
}

/** The last part of a schedule, from step `start` on: what is left to do for a picture that is there already. */
export const fromStep = (schedule: Schedule, start: number): Schedule => ({
  ...schedule,
  timesteps: schedule.timesteps.slice(start),
  sigmas: schedule.sigmas.slice(start),
})

/**
 * ᾱₜ = Π (1 - βᵢ) for betas whose square roots are evenly spaced ("scaled linear"). To the bit as torch computes it: the
 * roots from both ends towards the middle and the betas in float32, the product in float64.
 */
export function alphasCumprod({ trainSteps, betaStart, betaEnd, zeroSnr }: NoiseConfig): Float64Array {
  const [from, to] = [Math.fround(Math.sqrt(betaStart)), Math.fround(Math.sqrt(betaEnd))]
  const step = Math.fround((to - from) / (trainSteps - 1))
  const alphas = new Float64Array(trainSteps)
  let product = 1
  for (let t = 0; t < trainSteps; t++) {
    const root = Math.fround(t < Math.floor(trainSteps / 2) ? from + step * t : to - step * (trainSteps - 1 - t))
    product *= Math.fround(1 - Math.fround(root * root))
    alphas[t] = Math.fround(product)
  }
  return zeroSnr ? endingInNoise(alphas) : alphas
}

/** Algorithm 1 of arXiv:2305.08891: √ᾱ shifted to end at 0 and scaled to begin where it did. */
function endingInNoise(alphas: Float64Array): Float64Array {
  const [first, last] = [Math.sqrt(alphas[0]!), Math.sqrt(alphas.at(-1)!)]
  return alphas.map((alpha) => Math.fround((((Math.sqrt(alpha) - last) * first) / (first - last)) ** 2))
}

/** Where ᾱ is 0, the noise level would be infinite; diffusers' samplers take this instead. */
const LEAST_SIGNAL = 2 ** -24

function keepSomeSignal(alphas: Float64Array): void {
  alphas.forEach((alpha, t) => (alphas[t] = Math.max(alpha, LEAST_SIGNAL)))
}

/** Noise level of a cumulative alpha (Karras et al. 2022, arXiv:2206.00364). */
export const sigmaOf = (alpha: number): number => Math.sqrt((1 - alpha) / alpha)

/** Linear interpolation in a table by a fractional index. */
export function interpolate(t: number, table: readonly number[]): number {
  const low = Math.min(Math.floor(t), table.length - 1)
  // Between two infinite levels there is no number.
  if (low === t) return table[low]!
  const high = Math.min(low + 1, table.length - 1)
  return table[low]! + (t - low) * (table[high]! - table[low]!)
}

/** The fractional training step with the given noise level, linear in log σ. */
export function timestepOf(sigma: number, table: readonly number[]): number {
  const log = Math.log(sigma)
  let low = 0
  while (low < table.length - 2 && Math.log(table[low + 1]!) <= log) low++
  const [from, to] = [Math.log(table[low]!), Math.log(table[low + 1]!)]
  return low + Math.min(1, Math.max(0, (log - from) / (to - from)))
}
