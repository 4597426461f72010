import type { Predict } from '../diffusion/denoiser.ts'
import { sinusoid } from '../diffusion/time-embedding.ts'
import type { Checkpoint } from '../models/checkpoint.ts'
import { timeGraph } from '../networks/unet-conditioning.ts'
import { unetGraph } from '../networks/unet.ts'
import { prefixed, type Tensors } from '../runtime/tensor.ts'
import { imagePromptInputs, type ImagePrompt } from './image-prompts.ts'
import type { Workshop } from './workshop.ts'

/** All that the UNet is told of one run. */
interface Conditions {
  readonly size: { readonly width: number; readonly height: number }
  /** Keys and values of the prompt, and of the negative one. */
  readonly text: Readonly<Record<'prompt' | 'none', Tensors>>
  readonly references: readonly ImagePrompt[]
  readonly timesteps: readonly number[]
}

/** The UNet under the given conditions: loading it, and one evaluation of latents [1, 4, h, w] before step i. */
export function unetEvaluation(
  shop: Workshop,
  checkpoint: Checkpoint,
  { size, text, references, timesteps }: Conditions,
): { load: () => Promise<void>; predict: Predict } {
  const { networks } = shop
  const { config, ledger, identity } = checkpoint.unet
  const textTokens = checkpoint.text.config.positions
  const imageTokens = references.map(({ tokens }) => tokens)
  const key = `unet ${size.width}x${size.height} ${[textTokens, ...imageTokens].join('+')} of ${identity}`
  const build = () => unetGraph(ledger.weights, config, { ...size, textTokens, imageTokens }, networks.options)
  return {
    load: () => networks.load(key, build),
    async predict(x, i, branch) {
      const { prediction } = await networks.run(key, build, {
        sample: { shape: [1, config.inChannels, size.height, size.width], data: x },
        ...(await timeShifts(shop, checkpoint, timesteps[i]!)),
        ...prefixed('text', text[branch]),
        ...imagePromptInputs(references, branch, { i, n: timesteps.length }),
      })
      return prediction!.data
    },
  }
}

/** What each resnet adds at a timestep, kept for every later run that passes through it. */
function timeShifts({ networks, keep }: Workshop, { unet }: Checkpoint, timestep: number): Promise<Tensors> {
  const width = unet.config.widths[0]!
  return keep.get(`time ${timestep} of ${unet.identity}`, async () => {
    const build = () => timeGraph(unet.ledger.weights, unet.config, networks.options)
    const made = await networks.run(`unet-time of ${unet.identity}`, build, {
      sinusoid: { shape: [1, width], data: sinusoid(timestep, width) },
    })
    return Object.fromEntries(Object.entries(made).filter(([name]) => name.startsWith('time.')))
  })
}
