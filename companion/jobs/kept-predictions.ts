import type { Predict } from '../diffusion/denoiser.ts'
import { contentKey, type Keep } from './keep.ts'

/**
 * Predictions kept by all that they depend on, so that a run passes unevaluated through the steps it shares with an earlier one:
 * those before a reference acts do not depend on its weight. What a step depends on beside the latents is for `about` to say.
 */
export const keptPredictions =
  (keep: Keep, about: (i: number, branch: 'prompt' | 'none', step: number) => string, predict: Predict): Predict =>
  async (x, i, branch, step) => {
    const { prediction } = await keep.get(`prediction from ${contentKey(x)} ${about(i, branch, step)}`, async () => {
      const data = Float32Array.from(await predict(x, i, branch, step))
      return { prediction: { shape: [data.length], data } }
    })
    return prediction!.data
  }
