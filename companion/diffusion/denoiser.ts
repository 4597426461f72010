import type { Denoise } from './samplers/sampler.ts'
import { noiseLevel } from './scale.ts'
import type { Schedule } from './schedule.ts'
import { combine } from './vector.ts'

/** Asks the network what it sees in latents x before step i, with the prompt or without it. */
export type Predict = (x: Float32Array, i: number, branch: 'prompt' | 'none') => Promise<Float32Array>

/**
 * Classifier-free guidance (arXiv:2207.12598), e = e∅ + g (e - e∅), as two runs of one picture each; at g ≤ 1 the run
 * without prompt is left out. Turns what the model predicts into noise and noise-free latents.
 */
export function denoiser(predict: Predict, guidance: number, schedule: Schedule): Denoise {
  const guided = async (x: Float32Array, i: number): Promise<Float32Array> => {
    if (guidance <= 1) return predict(x, i, 'prompt')
    const none = await predict(x, i, 'none')
    const prompt = await predict(x, i, 'prompt')
    return combine([1 - guidance, none], [guidance, prompt])
  }
  return async (x, i) => {
    const { alpha, sigma: rest } = noiseLevel(schedule.sigmas[i]!)
    const output = await guided(x, i)
    if (schedule.prediction === 'epsilon') {
      return { epsilon: output, denoised: combine([1 / alpha, x], [-rest / alpha, output]) }
    }
    return { epsilon: combine([alpha, output], [rest, x]), denoised: combine([alpha, x], [-rest, output]) }
  }
}
