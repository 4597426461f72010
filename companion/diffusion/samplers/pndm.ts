import { combine } from '../vector.ts'
import type { Sample, Sampling } from './sampler.ts'

/**
 * Pseudo linear multistep, equations (9), (11) and (12) of arXiv:2202.09778 without Runge-Kutta steps: the second step is
 * taken twice (its timestep stands twice in the schedule), then Adams-Bashforth of rising order.
 */
export async function* pndm(...[denoise, start, schedule]: Parameters<Sample>): Sampling {
  const { timesteps, stride, alphaAt } = schedule
  let x = start
  let first = x
  const seen: Float32Array[] = []
  for (let i = 0; i < timesteps.length; i++) {
    const { epsilon, denoised } = await denoise(x, i)
    const again = i === 1
    if (!again) seen.push(epsilon)
    const from = again ? timesteps[i]! + stride : timesteps[i]!
    const slope = again ? combine([0.5, epsilon], [0.5, seen[0]!]) : adamsBashforth(seen)
    if (i === 0) first = x
    x = transfer(again ? first : x, slope, alphaAt(from), alphaAt(from - stride))
    x = (yield { i, x, denoised }) ?? x
  }
  return x
}

function adamsBashforth(seen: readonly Float32Array[]): Float32Array {
  const [e0, e1, e2, e3] = seen.slice(-4).reverse()
  if (e3) return combine([55 / 24, e0!], [-59 / 24, e1!], [37 / 24, e2!], [-9 / 24, e3])
  if (e2) return combine([23 / 12, e0!], [-16 / 12, e1!], [5 / 12, e2])
  if (e1) return combine([3 / 2, e0!], [-1 / 2, e1])
  return e0!
}

/** Equation (11): latents from the noise level ᾱ to ᾱ' along ε. */
function transfer(x: Float32Array, epsilon: Float32Array, alpha: number, next: number): Float32Array {
  const divisor = alpha * Math.sqrt(1 - next) + Math.sqrt(alpha * (1 - alpha) * next)
  return combine([Math.sqrt(next / alpha), x], [-(next - alpha) / divisor, epsilon])
}
