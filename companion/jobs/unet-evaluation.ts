import type { Predict } from '../diffusion/denoiser.ts'
import { joined } from '../diffusion/vector.ts'
import type { Checkpoint } from '../models/checkpoint.ts'
import { stateOf } from '../models/part.ts'
import { timeGraph } from '../networks/unet-conditioning.ts'
import { unetGraph } from '../networks/unet.ts'
import { prefixed } from '../runtime/tensor.ts'
import { controlInputs, controlKeys } from './control-residuals.ts'
import type { EncodedControl } from './controls.ts'
import { imagePromptInputs, imagePromptKeys, type ImagePrompt } from './image-prompts.ts'
import { contentKey } from './keep.ts'
import { keptPredictions } from './kept-predictions.ts'
import type { EncodedPrompt } from './prompt.ts'
import { t2iInputs, t2iKeys, type T2iFeatures } from './t2i-features.ts'
import { addedEmbedding, timeShifts } from './time-shifts.ts'
import type { Workshop } from './workshop.ts'

/** All that the UNet is told of one run. */
interface Conditions {
  readonly size: { readonly width: number; readonly height: number }
  /** The prompt, and with guidance the negative one. */
  readonly text: { readonly prompt: EncodedPrompt; readonly none: EncodedPrompt | undefined }
  /** Width and height in pixels, which SDXL is told. */
  readonly picture: readonly [number, number]
  readonly references: readonly ImagePrompt[]
  readonly controls: readonly EncodedControl[]
  /** What T2I-Adapters add to the way down. */
  readonly features: readonly T2iFeatures[]
  readonly timesteps: readonly number[]
  /** Told as a number to the models that take it so. */
  readonly guidance: number
  /** Channels that stand behind the latents at every step.  [c, h, w] */
  readonly beside: Float32Array
}

/** The UNet under the given conditions: loading it, and one evaluation of latents [1, 4, h, w] before step i. */
export function unetEvaluation(
  shop: Workshop,
  checkpoint: Checkpoint,
  { size, text, picture, references, controls, features, timesteps, guidance, beside }: Conditions,
): { load: () => Promise<void>; predict: Predict } {
  const { networks } = shop
  const { config, ledger, identity, strengths } = checkpoint.unet
  const textTokens = text.prompt.states.shape[0]!
  const imageTokens = references.map(({ prompt }) => prompt.states.shape[0]!)
  const masked = references.map((reference) => reference.masked)
  const controlled = controls.length > 0
  const adapted = features.length > 0
  const tokens = `${[textTokens, ...imageTokens].join('+')} ${masked.join()}`
  const key = `unet ${size.width}x${size.height} ${tokens}${controlled ? ' controlled' : ''}${adapted ? ' adapted' : ''} of ${identity}`
  const shape = { ...size, textTokens, imageTokens, masked, controlled, adapted }
  const build = () => unetGraph(ledger.weights, config, shape, networks.options)
  const timeBuild = () => timeGraph(ledger.weights, config, networks.options)
  const added = {
    prompt: addedEmbedding(config, text.prompt, picture),
    none: addedEmbedding(config, text.none, picture),
  }
  const n = timesteps.length
  const predict: Predict = async (x, i, branch, step) => {
    const told = { timestep: timesteps[i]!, added: added[branch] }
    const inputs = {
      sample: { shape: [1, config.inChannels, size.height, size.width], data: joined(x, beside) },
      ...(await timeShifts(shop, checkpoint.unet, timeBuild, { ...told, guidance })),
      ...prefixed('text', text[branch]!.keysValues),
      ...imagePromptInputs(references, branch, { i: step, n }),
      ...(await controlInputs(shop, controls, { config, size }, x, { i: step, n, branch }, told)),
      ...t2iInputs(features, config, size, { i: step, n }),
    }
    const { prediction } = await networks.run(key, build, inputs, strengths)
    return prediction!.data
  }
  const told = config.guidanceWidth === undefined ? '' : ` told ${guidance}`
  const always = `${key} ${stateOf(checkpoint.unet)}${told} for ${picture.join('x')} beside ${contentKey(beside)}`
  const about = (i: number, branch: 'prompt' | 'none', step: number) =>
    [
      `at ${timesteps[i]!} by ${always}`,
      text[branch]!.key,
      ...imagePromptKeys(references, branch, { i: step, n }),
      ...controlKeys(controls, { i: step, n, branch }),
      ...t2iKeys(features, { i: step, n }),
    ].join(' | ')
  return { load: () => networks.load(key, build), predict: keptPredictions(shop.keep, about, predict) }
}
