import { clipTextGraph, tokenEmbeddings } from '../networks/clip-text.ts'
import { textKeysValuesGraph } from '../networks/unet-conditioning.ts'
import type { Checkpoint } from '../models/checkpoint.ts'
import type { Tensor, Tensors } from '../runtime/tensor.ts'
import { readRows } from '../weights/read.ts'
import type { Keep } from './keep.ts'
import type { Networks } from './networks.ts'

/** Text states of a prompt: `states` [77, d], and `embeds` [1, p] where the tower has a projection. */
export function textStates(
  { networks, keep }: { networks: Networks; keep: Keep },
  { text, tokenizer }: Checkpoint,
  prompt: string,
  clipSkip: number,
): Promise<Tensors> {
  const { config, ledger, identity } = text
  const ids = tokenizer.encode(prompt, config.positions)
  return keep.get(`states of ${ids.join()} skip ${clipSkip} by ${identity}`, () => {
    const embeddings: Tensor = {
      shape: [config.positions, config.hiddenSize],
      data: readRows(tokenEmbeddings(ledger.weights, config), ids),
    }
    // The first end-of-text token; padding may be the same token.
    const end: Tensor = { shape: [1, config.positions], data: oneAt(ids.indexOf(tokenizer.end), config.positions) }
    const inputs = config.projectionSize === undefined ? { embeddings } : { embeddings, end }
    const build = () => clipTextGraph(ledger.weights, config, clipSkip, networks.options)
    return networks.run(`clip-text skip ${clipSkip} of ${identity}`, build, inputs)
  })
}

/** Keys and values of a prompt for every cross-attention of the UNet: `k.PATH`, `v.PATH` [77, c]. */
export function promptKeysValues(
  kept: { networks: Networks; keep: Keep },
  checkpoint: Checkpoint,
  prompt: string,
  clipSkip: number,
): Promise<Tensors> {
  const { unet, text } = checkpoint
  const key = `text of ${JSON.stringify(prompt)} skip ${clipSkip} by ${text.identity} for ${unet.identity}`
  return kept.keep.get(key, async () => {
    const { states } = await textStates(kept, checkpoint, prompt, clipSkip)
    const build = () => textKeysValuesGraph(unet.ledger.weights, unet.config, states!.shape[0]!, kept.networks.options)
    return kept.networks.run(`unet-text ${states!.shape.join()} of ${unet.identity}`, build, { states: states! })
  })
}

function oneAt(index: number, length: number): Float32Array<ArrayBuffer> {
  const values = new Float32Array(length)
  values[index] = 1
  return values
}
