import { createHash } from 'node:crypto'
import type { Predict } from '../diffusion/denoiser.ts'
import { joined } from '../diffusion/vector.ts'
import { guidanceEmbedding, sinusoid } from '../diffusion/time-embedding.ts'
import type { Checkpoint } from '../models/checkpoint.ts'
import { timeGraph } from '../networks/unet-conditioning.ts'
import { unetGraph } from '../networks/unet.ts'
import { prefixed, type Tensor, type Tensors } from '../runtime/tensor.ts'
import type { UNetConfig } from '../networks/unet-layout.ts'
import { imagePromptInputs, type ImagePrompt } from './image-prompts.ts'
import type { EncodedPrompt } from './prompt.ts'
import type { Workshop } from './workshop.ts'

/** All that the UNet is told of one run. */
interface Conditions {
  readonly size: { readonly width: number; readonly height: number }
  /** The prompt, and with guidance the negative one. */
  readonly text: Readonly<Record<'prompt' | 'none', EncodedPrompt | undefined>>
  /** Width and height in pixels, which SDXL is told. */
  readonly picture: readonly [number, number]
  readonly references: readonly ImagePrompt[]
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
  { size, text, picture, references, timesteps, guidance, beside }: Conditions,
): { load: () => Promise<void>; predict: Predict } {
  const { networks } = shop
  const { config, ledger, identity } = checkpoint.unet
  const textTokens = checkpoint.towers[0].config.positions
  const imageTokens = references.map(({ tokens }) => tokens)
  const masked = references.map((reference) => reference.masked)
  const key = `unet ${size.width}x${size.height} ${[textTokens, ...imageTokens].join('+')} ${masked.join()} of ${identity}`
  const build = () => unetGraph(ledger.weights, config, { ...size, textTokens, imageTokens, masked }, networks.options)
  const added = {
    prompt: addedEmbedding(config, text.prompt, picture),
    none: addedEmbedding(config, text.none, picture),
  }
  return {
    load: () => networks.load(key, build),
    async predict(x, i, branch) {
      const { prediction } = await networks.run(key, build, {
        sample: { shape: [1, config.inChannels, size.height, size.width], data: joined(x, beside) },
        ...(await timeShifts(shop, checkpoint, timesteps[i]!, added[branch], guidance)),
        ...prefixed('text', text[branch]!.keysValues),
        ...imagePromptInputs(references, branch, { i, n: timesteps.length }),
      })
      return prediction!.data
    },
  }
}

/** What each resnet adds at a timestep, kept for every later run that passes through it. */
function timeShifts(
  { networks, keep }: Workshop,
  { unet }: Checkpoint,
  timestep: number,
  added: Tensor | undefined,
  strength: number,
): Promise<Tensors> {
  const width = unet.config.widths[0]!
  const { guidanceWidth } = unet.config
  const guidance = guidanceWidth !== undefined && {
    shape: [1, guidanceWidth],
    data: guidanceEmbedding(strength, guidanceWidth),
  }
  const told = added ? ` with ${createHash('sha256').update(added.data).digest('hex')}` : ''
  const about = `${told}${guidance ? ` at ${strength}` : ''}`
  return keep.get(`time ${timestep}${about} of ${unet.identity}`, async () => {
    const build = () => timeGraph(unet.ledger.weights, unet.config, networks.options)
    const made = await networks.run(`unet-time of ${unet.identity}`, build, {
      sinusoid: { shape: [1, width], data: sinusoid(timestep, width) },
      ...(added && { added }),
      ...(guidance && { guidance }),
    })
    return Object.fromEntries(Object.entries(made).filter(([name]) => name.startsWith('time.')))
  })
}

/**
 * What SDXL is told beside the time (arXiv:2307.01952, section 2.2): pooled text, and as sinusoids the height and width
 * before cropping, the crop's top and left, and the height and width aimed at.  -> [1, p + 6 · timeWidth]
 */
function addedEmbedding(
  { added }: UNetConfig,
  prompt: EncodedPrompt | undefined,
  picture: readonly [number, number],
): Tensor | undefined {
  const pooled = prompt?.pooled
  if (!added || !pooled) return undefined
  const [width, height] = picture
  const numbers = [height, width, 0, 0, height, width].map((value) => sinusoid(value, added.timeWidth))
  const data = new Float32Array(added.width)
  let at = 0
  for (const part of [pooled.data, ...numbers]) {
    data.set(part, at)
    at += part.length
  }
  return { shape: [1, added.width], data }
}
