import { combine } from '../vector.ts'
import { noiseLevel } from '../scale.ts'
import type { Sample, Sampling } from './sampler.ts'

/** DPM-Solver++(2M), algorithm 2 of arXiv:2211.01095; first order at both ends. */
export async function* dpmpp2m(...[denoise, start, schedule]: Parameters<Sample>): Sampling {
  const { sigmas } = schedule
  let x = start
  let before: Float32Array | undefined
  for (let i = 0; i + 1 < sigmas.length; i++) {
    const { denoised } = await denoise(x, i)
    const [from, to] = [noiseLevel(sigmas[i]!), noiseLevel(sigmas[i + 1]!)]
    const h = to.lambda - from.lambda // infinite on the last step, where no noise is left
    const gain = to.alpha * -Math.expm1(-h)
    x = combine([to.sigma / from.sigma, x], [gain, denoised])
    if (before && Number.isFinite(h)) {
      const r = (from.lambda - noiseLevel(sigmas[i - 1]!).lambda) / h
      x = secondOrder(x, gain / r, denoised, before)
    }
    before = denoised
    x = (yield { i, x, denoised }) ?? x
  }
  return x
}

/** SDE-DPM-Solver++(2M), section 5 of arXiv:2211.01095: the same with noise that the solver puts back at each step. */
export async function* dpmpp2mSde(...[denoise, start, schedule, noise]: Parameters<Sample>): Sampling {
  const { sigmas } = schedule
  let x = start
  let before: Float32Array | undefined
  for (let i = 0; i + 1 < sigmas.length; i++) {
    const { denoised } = await denoise(x, i)
    const [from, to] = [noiseLevel(sigmas[i]!), noiseLevel(sigmas[i + 1]!)]
    const h = to.lambda - from.lambda
    const gain = to.alpha * -Math.expm1(-2 * h)
    const fresh = to.sigma * Math.sqrt(-Math.expm1(-2 * h))
    x = combine([(to.sigma / from.sigma) * Math.exp(-h), x], [gain, denoised], [fresh, noise.normal(x.length)])
    if (before && Number.isFinite(h)) {
      const r = (from.lambda - noiseLevel(sigmas[i - 1]!).lambda) / h
      x = secondOrder(x, gain / r, denoised, before)
    }
    before = denoised
    x = (yield { i, x, denoised }) ?? x
  }
  return x
}

/** What the midpoint rule adds to a first-order step: half the slope between the last two predictions. */
const secondOrder = (x: Float32Array, slope: number, now: Float32Array, before: Float32Array): Float32Array =>
  combine([1, x], [slope / 2, now], [-slope / 2, before])
