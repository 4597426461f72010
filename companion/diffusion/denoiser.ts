import type { Denoise } from './samplers/sampler.ts'
import { noiseLevel } from './scale.ts'
import type { Schedule } from './schedule.ts'
import { clipped, combine } from './vector.ts'

/** Asks the network what it sees in latents x at the noise level before step i, with the prompt or without it, for `step`. */
export type Predict = (x: Float32Array, i: number, branch: 'prompt' | 'none', step: number) => Promise<Float32Array>

/**
 * Classifier-free guidance (arXiv:2207.12598), e = e∅ + g (e - e∅), as two runs of one picture each; at g ≤ 1 the run
 * without prompt is left out. Turns what the model predicts into noise and noise-free latents.
 */
export function denoiser(predict: Predict, guidance: number, schedule: Schedule): Denoise {
  const guided = async (x: Float32Array, i: number, step: number): Promise<Float32Array> => {
    if (guidance <= 1) return predict(x, i, 'prompt', step)
    const none = await predict(x, i, 'none', step)
    const prompt = await predict(x, i, 'prompt', step)
    return combine([1 - guidance, none], [guidance, prompt])
  }
  return async (x, i, step = i) => {
    const { alpha, sigma: rest } = noiseLevel(schedule.sigmas[i]!)
    const output = await guided(x, i, step)
    if (schedule.prediction === 'epsilon') {
      return { epsilon: output, denoised: clipped(combine([1 / alpha, x], [-rest / alpha, output]), schedule.clip) }
    }
    const denoised = clipped(combine([alpha, x], [-rest, output]), schedule.clip)
    return { epsilon: combine([alpha, output], [rest, x]), denoised }
  }
}
