import { guidanceEmbedding, sinusoid } from '../diffusion/time-embedding.ts'
import type { Graph } from '../graph/graph.ts'
import { stateOf, type Part } from '../models/part.ts'
import type { UNetConfig, WayDownConfig } from '../networks/unet-layout.ts'
import type { Tensor, Tensors } from '../runtime/tensor.ts'
import { contentKey } from './keep.ts'
import type { EncodedPrompt } from './prompt.ts'
import type { Workshop } from './workshop.ts'

/** What a network is told of a step, beside the latents. */
export interface Told {
  readonly timestep: number
  /** What SDXL is told beside the time. */
  readonly added: Tensor | undefined
  /** Told as a number to the networks that take it so. */
  readonly guidance: number
}

/** What each resnet of a network adds at a timestep, `time.PATH`, kept for every later run that passes through it. */
export function timeShifts(
  { networks, keep }: Workshop,
  part: Part<WayDownConfig & Pick<UNetConfig, 'guidanceWidth'>>,
  build: () => Graph,
  { timestep, added, guidance: strength }: Told,
): Promise<Tensors> {
  const { config, identity, strengths } = part
  const { guidanceWidth } = config
  const width = config.widths[0]!
  const guidance = guidanceWidth !== undefined && {
    shape: [1, guidanceWidth],
    data: guidanceEmbedding(strength, guidanceWidth),
  }
  const told = added ? ` with ${contentKey(added.data)}` : ''
  const about = `${told}${guidance ? ` at ${strength}` : ''}`
  return keep.get(`time ${timestep}${about} of ${stateOf(part)}`, async () => {
    const inputs = {
      sinusoid: { shape: [1, width], data: sinusoid(timestep, width) },
      ...(added && { added }),
      ...(guidance && { guidance }),
    }
    const made = await networks.run(`time of ${identity}`, build, inputs, strengths)
    return Object.fromEntries(Object.entries(made).filter(([name]) => name.startsWith('time.')))
  })
}

/**
 * What SDXL is told beside the time (arXiv:2307.01952, section 2.2): pooled text, and as sinusoids the height and width
 * before cropping, the crop's top and left, and the height and width aimed at.  -> [1, p + 6 · timeWidth]
 */
export function addedEmbedding(
  { added }: WayDownConfig,
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
