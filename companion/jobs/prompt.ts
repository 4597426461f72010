import type { Checkpoint } from '../models/checkpoint.ts'
import { stateOf } from '../models/part.ts'
import { textKeysValuesGraph } from '../networks/unet-conditioning.ts'
import type { Tensor, Tensors } from '../runtime/tensor.ts'
import type { CompleteRecipe } from './defaults.ts'
import { chunksFor, joinedStates, zeroStates, type Reading } from './text-states.ts'
import type { Kept } from './workshop.ts'

/** What cross-attentions read, before they make keys and values of it; equal keys stand for equal states. */
export interface KeyedStates {
  readonly key: string
  /** [tokens, width] */
  readonly states: Tensor
}

/** A prompt as the UNet takes it, and as a ControlNet does, which makes keys and values of its own. */
export interface EncodedPrompt extends KeyedStates {
  /** Keys and values for every cross-attention: `k.PATH`, `v.PATH` [77, c]. */
  readonly keysValues: Tensors
  /** The last tower's summary of the prompt, which SDXL adds to the time embedding. */
  readonly pooled: Tensor | undefined
}

/** Both prompts as long as each other, as guidance has them; the second is left out where nothing is guided. */
export async function encodePrompts(
  kept: Kept,
  checkpoint: Checkpoint,
  { prompt, negativePrompt, notation, clipSkip }: CompleteRecipe,
  { guided }: { readonly guided: boolean },
): Promise<{ readonly prompt: EncodedPrompt; readonly none: EncodedPrompt | undefined }> {
  const chunks = (text: string | null) => (text === null ? 1 : chunksFor(checkpoint.towers[0], text, notation).length)
  const least = Math.max(chunks(prompt), guided ? chunks(negativePrompt) : 1)
  return {
    prompt: await encodePrompt(kept, checkpoint, prompt, { notation, clipSkip }, least),
    // Clip skip is for the prompt alone, as in diffusers.
    none: guided ? await encodePrompt(kept, checkpoint, negativePrompt, { notation, clipSkip: 0 }, least) : undefined,
  }
}

/** A prompt through the checkpoint's text towers, in at least so many chunks; null stands for no prompt at all, states of zeros. */
export async function encodePrompt(
  kept: Kept,
  checkpoint: Checkpoint,
  prompt: string | null,
  reading: Reading,
  least = 1,
): Promise<EncodedPrompt> {
  const { unet, towers } = checkpoint
  const { states, pooled } =
    prompt === null ? zeroStates(checkpoint, least) : await joinedStates(kept, checkpoint, prompt, reading, least)
  const how = `${reading.notation} skip ${reading.clipSkip} in ${states.shape[0]!} by ${towers.map(stateOf).join()}`
  const key = `text of ${JSON.stringify(prompt)} ${how}`
  const keysValues = await kept.keep.get(`${key} for ${stateOf(unet)}`, () => {
    const build = () => textKeysValuesGraph(unet.ledger.weights, unet.config, states.shape[0]!, kept.networks.options)
    const network = `unet-text ${states.shape.join()} of ${unet.identity}`
    return kept.networks.run(network, build, { states }, unet.strengths)
  })
  return { key, states, keysValues, pooled }
}
