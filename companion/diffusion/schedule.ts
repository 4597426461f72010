import type { Sampler, Sigmas, Spacing } from '../../shared/recipe.ts'

/** Noise a model was trained with, from scheduler_config.json. */
export interface NoiseConfig {
  readonly trainSteps: number
  readonly betaStart: number
  readonly betaEnd: number
  readonly stepsOffset: number
  /** Whether the step before the first is free of noise; otherwise it has the first step's. */
  readonly alphaToOne: boolean
  readonly prediction: 'epsilon' | 'v_prediction'
}

/** The steps of one run: where the model is asked, and how much noise is left before each and at the end. */
export interface Schedule {
  /** Timesteps as the model takes them, most noise first; fractions occur. */
  readonly timesteps: readonly number[]
  /** Noise level σ = √((1 - ᾱ) / ᾱ) before each step, and 0 behind the last. */
  readonly sigmas: readonly number[]
  readonly spacing: Spacing
  /** ᾱ of every training step. */
  readonly alphasCumprod: Float64Array
  readonly noise: NoiseConfig
}

/** ᾱₜ = Π (1 - βᵢ) for betas whose square roots are evenly spaced ("scaled linear"), in float32 as torch computes them. */
export function alphasCumprod({ trainSteps, betaStart, betaEnd }: NoiseConfig): Float64Array {
  const [from, to] = [Math.sqrt(betaStart), Math.sqrt(betaEnd)]
  const alphas = new Float64Array(trainSteps)
  let product = 1
  for (let t = 0; t < trainSteps; t++) {
    const root = Math.fround(from + (t * (to - from)) / (trainSteps - 1))
    product = Math.fround(product * Math.fround(1 - Math.fround(root * root)))
    alphas[t] = product
  }
  return alphas
}

/** Noise level of a cumulative alpha (Karras et al. 2022, arXiv:2206.00364). */
export const sigmaOf = (alpha: number): number => Math.sqrt((1 - alpha) / alpha)

/** The steps of a run; the DPM-Solver family spaces them over one step more than the others and leaves out the last. */
export function schedule(
  steps: number,
  choice: { sampler: Sampler; spacing: Spacing; sigmas: Sigmas },
  noise: NoiseConfig,
): Schedule {
  const alphas = alphasCumprod(noise)
  const table = Array.from(alphas, sigmaOf)
  const solver = choice.sampler === 'dpmpp_2m'
  const spaced = solver ? solverTimesteps(steps, choice.spacing, noise) : timesteps(steps, choice, noise)
  const sigmas = spaced.map((t) => interpolate(t, table))
  const common = { spacing: choice.spacing, alphasCumprod: alphas, noise }
  if (choice.sigmas === 'model') return { ...common, timesteps: spaced, sigmas: [...sigmas, 0] }
  // The solver's ramp spans all of training, the others' the steps they would have taken.
  const karras = solver
    ? karrasSigmas(steps, table.at(-1)!, table[0]!)
    : karrasSigmas(steps, sigmas[0]!, sigmas.at(-1)!)
  const asked = karras.map((sigma) => timestepOf(sigma, table))
  return { ...common, timesteps: solver ? asked.map(roundHalfEven) : asked, sigmas: [...karras, 0] }
}

function timesteps(
  steps: number,
  { sampler, spacing }: { sampler: Sampler; spacing: Spacing },
  noise: NoiseConfig,
): number[] {
  const { trainSteps, stepsOffset } = noise
  if (spacing === 'leading') {
    const stride = Math.floor(trainSteps / steps)
    return Array.from({ length: steps }, (_, i) => (steps - 1 - i) * stride + stepsOffset)
  }
  if (spacing === 'trailing') return trailing(steps, trainSteps)
  const spaced = Array.from({ length: steps }, (_, i) => ((trainSteps - 1) * (steps - 1 - i)) / Math.max(steps - 1, 1))
  return sampler === 'ddim' ? spaced.map(roundHalfEven) : spaced
}

function solverTimesteps(steps: number, spacing: Spacing, { trainSteps, stepsOffset }: NoiseConfig): number[] {
  if (spacing === 'trailing') return trailing(steps, trainSteps)
  if (spacing === 'leading') {
    const stride = Math.floor(trainSteps / (steps + 1))
    return Array.from({ length: steps }, (_, i) => (steps - i) * stride + stepsOffset)
  }
  return Array.from({ length: steps }, (_, i) => roundHalfEven(((trainSteps - 1) * (steps - i)) / steps))
}

const trailing = (steps: number, trainSteps: number): number[] =>
  Array.from({ length: steps }, (_, i) => roundHalfEven(trainSteps - (i * trainSteps) / steps) - 1)

/** Equation (5) of arXiv:2206.00364 with ρ = 7. */
function karrasSigmas(steps: number, max: number, min: number): number[] {
  const rho = 7
  const [high, low] = [max ** (1 / rho), min ** (1 / rho)]
  return Array.from({ length: steps }, (_, i) => (high + (i / Math.max(steps - 1, 1)) * (low - high)) ** rho)
}

/** Linear interpolation in a table by a fractional index. */
export function interpolate(t: number, table: readonly number[]): number {
  const low = Math.min(Math.floor(t), table.length - 1)
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

/** To the nearest integer, halves to the even one, as NumPy rounds. */
export function roundHalfEven(x: number): number {
  const floor = Math.floor(x)
  if (x - floor !== 0.5) return Math.round(x)
  return floor % 2 === 0 ? floor : floor + 1
}
