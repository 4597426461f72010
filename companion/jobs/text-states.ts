import type { Notation } from '../../shared/recipe.ts'
import type { Checkpoint } from '../models/checkpoint.ts'
import { stateOf } from '../models/part.ts'
import type { TextTower } from '../models/text-tower.ts'
import { clipTextGraph, clipTextPenultimateGraph, tokenEmbeddings } from '../networks/clip-text.ts'
import { stacked, type Tensor, type Tensors } from '../runtime/tensor.ts'
import { chunksOf, type Chunk } from '../text/chunks.ts'
import { FRAME } from '../text/tokenizer.ts'
import { weightedStates } from '../text/weighted-states.ts'
import { readRows } from '../weights/read.ts'
import type { Kept } from './workshop.ts'

/** How a prompt is read. */
export interface Reading {
  readonly notation: Notation
  readonly clipSkip: number
}

/** What the towers make of a prompt: states [tokens, width] and, of SDXL's last tower, a summary [1, p]. */
export interface States {
  readonly states: Tensor
  readonly pooled: Tensor | undefined
}

/** The chunks in which a tower reads a prompt. */
export const chunksFor = ({ tokenizer, config }: TextTower, prompt: string, notation: Notation): readonly Chunk[] =>
  chunksOf(prompt, notation, tokenizer, config.positions - FRAME)

/** States of one tower: `states` [77, d], and `embeds` [1, p] where it has a projection. */
export function textStates(kept: Kept, tower: TextTower, prompt: string, layer: Layer): Promise<Tensors> {
  return tokenStates(kept, tower, tower.tokenizer.encode(prompt, tower.config.positions), layer)
}

/** Which layer's states are read. */
interface Layer {
  readonly clipSkip: number
  readonly penultimate: boolean
}

function tokenStates(
  { networks, keep }: Kept,
  { tokenizer, ...tower }: TextTower,
  ids: readonly number[],
  { clipSkip, penultimate }: Layer,
): Promise<Tensors> {
  const { config, ledger, identity, strengths } = tower
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

/** SDXL reads both towers side by side, one layer before the last; the second one also summarises. */
export async function joinedStates(
  kept: Kept,
  checkpoint: Checkpoint,
  prompt: string,
  { notation, clipSkip }: Reading,
  least: number,
): Promise<States> {
  const penultimate = checkpoint.family === 'sdxl'
  const made: States[] = []
  for (const tower of checkpoint.towers) {
    made.push(await towerStates(kept, tower, prompt, { notation, layer: { clipSkip, penultimate }, least }))
  }
  return { states: sideBySide(made.map(({ states }) => states)), pooled: penultimate ? made.at(-1)!.pooled : undefined }
}

/** All chunks of a prompt one behind the other; the first one's summary stands for the whole. */
async function towerStates(
  kept: Kept,
  tower: TextTower,
  prompt: string,
  { notation, layer, least }: { readonly notation: Notation; readonly layer: Layer; readonly least: number },
): Promise<States> {
  const { positions } = tower.config
  const framed = (tokens: readonly number[]) => tower.tokenizer.framed(tokens, positions)
  const made: Tensors[] = []
  const chunks = chunksFor(tower, prompt, notation)
  const missing = Array.from({ length: least - chunks.length }, (): Chunk => ({ tokens: [], weights: [] }))
  for (const { tokens, weights } of [...chunks, ...missing]) {
    const told = await tokenStates(kept, tower, framed(tokens), layer)
    if (weights.every((weight) => weight === 1)) made.push(told)
    else {
      const empty = await tokenStates(kept, tower, framed([]), layer)
      const each = Array.from({ length: positions }, (_, i) => weights[i - 1] ?? 1)
      const data = weightedStates(told['states']!.data, each, notation, empty['states']!.data)
      made.push({ ...told, states: { ...told['states']!, data } })
    }
  }
  return { states: stacked(made.map(({ states }) => states!)), pooled: made[0]!['embeds'] }
}

/** States of zeros, what some models were trained with for no prompt. */
export function zeroStates({ towers, unet }: Checkpoint, chunks: number): States {
  const zeros = (shape: readonly number[]): Tensor => ({ shape, data: new Float32Array(shape.reduce((a, b) => a * b)) })
  const pooledWidth = towers.at(-1)!.config.projectionSize
  return {
    states: zeros([chunks * towers[0].config.positions, unet.config.crossAttentionWidth]),
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
