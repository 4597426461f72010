import { combine } from '../vector.ts'
import { noiseLevel } from '../scale.ts'
import type { Sample, Sampling } from './sampler.ts'

type Level = ReturnType<typeof noiseLevel>

/** A step between two noise levels: h = λ' - λ, and UniPC's B₂(h) for data prediction. */
function stepBetween(from: Level, to: Level) {
  const h = to.lambda - from.lambda
  return { h, b: Math.expm1(-h) }
}

/**
 * UniPC of order 2 with B₂ (arXiv:2302.04867, algorithms 5 and 6): each step first corrects the latents it came with, using
 * what the model says of them, then predicts the next. First order at both ends.
 */
export async function* uniPc(...[denoise, start, schedule]: Parameters<Sample>): Sampling {
  const levels = schedule.sigmas.map(noiseLevel)
  const steps = levels.length - 1
  let x = start
  let last: { x: Float32Array; order: number } | undefined
  const seen: Float32Array[] = []
  for (let i = 0; i < steps; i++) {
    const { denoised } = await denoise(x, i)
    if (last) x = correct(last, denoised, seen, levels, i)
    seen.push(denoised)
    const order = Math.min(2, steps - i, i + 1)
    last = { x, order }
    x = predict(x, seen, levels, i, order)
    x = (yield { i, x, denoised }) ?? x
  }
  return x
}

/** From level i to level i + 1. */
function predict(
  x: Float32Array,
  seen: readonly Float32Array[],
  levels: readonly Level[],
  i: number,
  order: number,
): Float32Array {
  const [from, to] = [levels[i]!, levels[i + 1]!]
  const { h, b } = stepBetween(from, to)
  const m0 = seen.at(-1)!
  const base = combine([to.sigma / from.sigma, x], [-to.alpha * b, m0])
  if (order === 1) return base
  const r = (levels[i - 1]!.lambda - from.lambda) / h
  const half = (to.alpha * b) / (2 * r)
  return combine([1, base], [-half, seen.at(-2)!], [half, m0])
}

/** The latents at level i again, now that the model has seen them; `seen` ends with the level before. */
function correct(
  last: { x: Float32Array; order: number },
  now: Float32Array,
  seen: readonly Float32Array[],
  levels: readonly Level[],
  i: number,
): Float32Array {
  const [from, to] = [levels[i - 1]!, levels[i]!]
  const { h, b } = stepBetween(from, to)
  const m0 = seen.at(-1)!
  const gain = -to.alpha * b
  const base = combine([to.sigma / from.sigma, last.x], [gain, m0])
  if (last.order === 1) return combine([1, base], [gain / 2, now], [-gain / 2, m0])
  const r = (levels[i - 2]!.lambda - from.lambda) / h
  // [[1, 1], [r, 1]] ρ = [b₁, b₂]
  const phi1 = b / -h - 1
  const [b1, b2] = [phi1 / b, (2 * (phi1 / -h - 0.5)) / b]
  const rho1 = (b1 - b2) / (1 - r)
  const rho2 = b1 - rho1
  const slope = (gain * rho1) / r
  return combine([1, base], [slope, seen.at(-2)!], [-slope - gain * rho2, m0], [gain * rho2, now])
}
