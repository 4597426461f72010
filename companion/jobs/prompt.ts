import { clipTextGraph, clipTextPenultimateGraph, tokenEmbeddings } from '../networks/clip-text.ts'
import { textKeysValuesGraph } from '../networks/unet-conditioning.ts'
import type { Checkpoint } from '../models/checkpoint.ts'
import { stateOf } from '../models/part.ts'
import type { TextTower } from '../models/text-tower.ts'
import type { Tensor, Tensors } from '../runtime/tensor.ts'
import { readRows } from '../weights/read.ts'
import type { Keep } from './keep.ts'
import type { Networks } from './networks.ts'

type Kept = { readonly networks: Networks; readonly keep: Keep }

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

/** A prompt through the checkpoint's text towers; null stands for no prompt at all, states of zeros. */
export async function encodePrompt(
  kept: Kept,
  checkpoint: Checkpoint,
  prompt: string | null,
  clipSkip: number,
): Promise<EncodedPrompt> {
  const { unet, towers } = checkpoint
  const { states, pooled } =
    prompt === null ? zeroStates(checkpoint) : await joinedStates(kept, checkpoint, prompt, clipSkip)
  const key = `text of ${JSON.stringify(prompt)} skip ${clipSkip} by ${towers.map(stateOf).join()}`
  const keysValues = await kept.keep.get(`${key} for ${stateOf(unet)}`, () => {
    const build = () => textKeysValuesGraph(unet.ledger.weights, unet.config, states.shape[0]!, kept.networks.options)
    const network = `unet-text ${states.shape.join()} of ${unet.identity}`
    return kept.networks.run(network, build, { states }, unet.strengths)
  })
  return { key, states, keysValues, pooled }
}

/** States of one tower: `states` [77, d], and `embeds` [1, p] where it has a projection. */
export function textStates(
  { networks, keep }: Kept,
  { tokenizer, ...tower }: TextTower,
  prompt: string,
  { clipSkip, penultimate }: { clipSkip: number; penultimate: boolean },
): Promise<Tensors> {
  const { config, ledger, identity, strengths } = tower
  const ids = tokenizer.encode(prompt, config.positions)
  const graph = penultimate ? clipTextPenultimateGraph : clipTextGraph
  const what = `clip-text skip ${clipSkip}${penultimate ? ' penultimate' : ''}`
  return keep.get(`states of ${ids.join()} by ${what} of ${stateOf(tower)}`, () => {
    const embeddings: Tensor = {
      shape: [config.positions, config.hiddenSize],
      data: readRows(tokenEmbeddings(ledger.weights, config), ids),
    }
    // The first end-of-text token; padding may be the same token.
    const end: Tensor = { shape: [1, config.positions], data: oneAt(ids.indexOf(tokenizer.end), config.positions) }
    const inputs = config.projectionSize === undefined ? { embeddings } : { embeddings, end }
    const build = () => graph(ledger.weights, config, clipSkip, networks.options)
    return networks.run(`${what} of ${identity}`, build, inputs, strengths)
  })
}

type States = { readonly states: Tensor; readonly pooled: Tensor | undefined }

/** SDXL reads both towers side by side, one layer before the last; the second one also summarises. */
async function joinedStates(kept: Kept, checkpoint: Checkpoint, prompt: string, clipSkip: number): Promise<States> {
  const penultimate = checkpoint.family === 'sdxl'
  const made: Tensors[] = []
  for (const tower of checkpoint.towers) made.push(await textStates(kept, tower, prompt, { clipSkip, penultimate }))
  const states = sideBySide(made.map((tensors) => tensors['states']!))
  return { states, pooled: penultimate ? made.at(-1)!['embeds'] : undefined }
}

function zeroStates({ towers, unet }: Checkpoint): States {
  const zeros = (shape: readonly number[]): Tensor => ({ shape, data: new Float32Array(shape.reduce((a, b) => a * b)) })
  const pooledWidth = towers.at(-1)!.config.projectionSize
  return {
    states: zeros([towers[0].config.positions, unet.config.crossAttentionWidth]),
    pooled: pooledWidth === undefined ? undefined : zeros([1, pooledWidth]),
  }
}

/** Matrices of the same height joined to a wider one.  [n, a], [n, b] -> [n, a + b] */
function sideBySide(parts: readonly Tensor[]): Tensor {
  const [first, ...rest] = parts
  if (first && rest.length === 0) return first
  const rows = first!.shape[0]!
  const width = parts.reduce((sum, { shape }) => sum + shape[1]!, 0)
  const data = new Float32Array(rows * width)
  let left = 0
  for (const part of parts) {
    const own = part.shape[1]!
    for (let row = 0; row < rows; row++) data.set(part.data.subarray(row * own, (row + 1) * own), row * width + left)
    left += own
  }
  return { shape: [rows, width], data }
}

function oneAt(index: number, length: number): Float32Array<ArrayBuffer> {
  const values = new Float32Array(length)
  values[index] = 1
  return values
}
