import { combine } from '../vector.ts'
import { variancePreserving } from '../scale.ts'
import type { Sample, Sampling } from './sampler.ts'

/** Euler's method on the probability flow, algorithm 2 of arXiv:2206.00364 without churn. */
export async function* euler(...[denoise, start, schedule]: Parameters<Sample>): Sampling {
  const { sigmas } = schedule
  let x = start
  for (let i = 0; i + 1 < sigmas.length; i++) {
    const [sigma, next] = [sigmas[i]!, sigmas[i + 1]!]
    const { epsilon, denoised } = await denoise(variancePreserving(x, sigma), i)
    x = combine([1, x], [next - sigma, epsilon])
    x = (yield { i, x, denoised }) ?? x
  }
  return x
}

/** Euler with fresh noise at each step (Katherine Crowson's k-diffusion, "euler ancestral"). */
export async function* eulerAncestral(...[denoise, start, schedule, noise]: Parameters<Sample>): Sampling {
  const { sigmas } = schedule
  let x = start
  for (let i = 0; i + 1 < sigmas.length; i++) {
    const [sigma, next] = [sigmas[i]!, sigmas[i + 1]!]
    const { epsilon, denoised } = await denoise(variancePreserving(x, sigma), i)
    const up = Math.sqrt((next ** 2 * (sigma ** 2 - next ** 2)) / sigma ** 2)
    const down = Math.sqrt(next ** 2 - up ** 2)
    x = combine([1, x], [down - sigma, epsilon], [up, noise.normal(x.length)])
    x = (yield { i, x, denoised }) ?? x
  }
  return x
}

/** Heun's method, algorithm 1 of arXiv:2206.00364 without churn: the slope at both ends of a step, except of the last. */
export async function* heun(...[denoise, start, schedule]: Parameters<Sample>): Sampling {
  const { sigmas } = schedule
  let x = start
  for (let i = 0; i + 1 < sigmas.length; i++) {
    const [sigma, next] = [sigmas[i]!, sigmas[i + 1]!]
    const first = await denoise(variancePreserving(x, sigma), i)
    const ahead = combine([1, x], [next - sigma, first.epsilon])
    if (next === 0) {
      x = ahead
    } else {
      const { epsilon } = await denoise(variancePreserving(ahead, next), i + 1, i)
      x = combine([1, x], [(next - sigma) / 2, first.epsilon], [(next - sigma) / 2, epsilon])
    }
    x = (yield { i, x, denoised: first.denoised }) ?? x
  }
  return x
}
