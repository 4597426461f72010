import { roundHalfEven } from '../../shared/round-half-even.ts'
import type { Spacing } from '../../shared/recipe.ts'
import { betaQuantile } from './beta-quantile.ts'

interface Training {
  readonly trainSteps: number
  readonly stepsOffset: number
}

/** Training steps to ask the model at, most noise first, for most samplers; fractions occur with "linspace". */
export function evenTimesteps(steps: number, spacing: Spacing, { trainSteps, stepsOffset }: Training): number[] {
  if (spacing === 'leading') {
    const stride = Math.floor(trainSteps / steps)
    return Array.from({ length: steps }, (_, i) => (steps - 1 - i) * stride + stepsOffset)
  }
  if (spacing === 'trailing') return trailing(steps, trainSteps)
  return Array.from({ length: steps }, (_, i) => ((trainSteps - 1) * (steps - 1 - i)) / Math.max(steps - 1, 1))
}

/** The same for the DPM-Solver family, which spaces them over one step more and leaves out the last. */
export function dpmTimesteps(steps: number, spacing: Spacing, { trainSteps, stepsOffset }: Training): number[] {
  if (spacing === 'trailing') return trailing(steps, trainSteps)
  if (spacing === 'leading') {
    const stride = Math.floor(trainSteps / (steps + 1))
    return Array.from({ length: steps }, (_, i) => (steps - i) * stride + stepsOffset)
  }
  return Array.from({ length: steps }, (_, i) => roundHalfEven(((trainSteps - 1) * (steps - i)) / steps))
}

const trailing = (steps: number, trainSteps: number): number[] =>
  Array.from({ length: steps }, (_, i) => roundHalfEven(trainSteps - (i * trainSteps) / steps) - 1)

/** PNDM takes its second step twice. */
export const pndmTimesteps = ([first, second, ...rest]: readonly number[]): number[] =>
  [first, second, second, ...rest].filter((t) => t !== undefined)

/** Steps that consistency models were distilled over (arXiv:2310.04378). */
const DISTILLED_STEPS = 50

/** Steps for LCM and TCD: spread over the ones the model was distilled on. */
export function consistencyTimesteps(steps: number, trainSteps: number): number[] {
  const stride = trainSteps / DISTILLED_STEPS
  return Array.from({ length: steps }, (_, i) => {
    const skipped = Math.floor((i * DISTILLED_STEPS) / steps)
    return (DISTILLED_STEPS - skipped) * stride - 1
  })
}

/** Noise levels from max to min, equation (5) of arXiv:2206.00364 with ρ = 7. */
export function karras(steps: number, max: number, min: number): number[] {
  const rho = 7
  const [high, low] = [max ** (1 / rho), min ** (1 / rho)]
  return Array.from({ length: steps }, (_, i) => (high + (i / Math.max(steps - 1, 1)) * (low - high)) ** rho)
}

/** Noise levels from max to min with a constant ratio. */
export function exponential(steps: number, max: number, min: number): number[] {
  const [high, low] = [Math.log(max), Math.log(min)]
  return Array.from({ length: steps }, (_, i) => Math.exp(high + (i / Math.max(steps - 1, 1)) * (low - high)))
}

/** Shape of the distribution that "beta" levels are drawn from, the same at both ends. */
const BETA_SHAPE = 0.6

/** Noise levels from max to min at even shares of a beta distribution, so that they crowd at both ends (arXiv:2407.12173). */
export function beta(steps: number, max: number, min: number): number[] {
  const share = (i: number) => betaQuantile(1 - i / Math.max(steps - 1, 1), BETA_SHAPE)
  return Array.from({ length: steps }, (_, i) => min + share(i) * (max - min))
}
