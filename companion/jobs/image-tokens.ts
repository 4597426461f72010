import type { Checkpoint } from '../models/checkpoint.ts'
import type { AdapterWithEncoder } from '../models/library.ts'
import { ipAdapterGraph } from '../networks/ip-adapter.ts'
import { crossAttentions, unetLayout } from '../networks/unet-layout.ts'
import { stacked, type Tensors } from '../runtime/tensor.ts'
import type { KeyedStates } from './prompt.ts'
import type { Workshop } from './workshop.ts'

/** What an adapter is given of one picture or face: its graph's inputs; equal keys stand for equal inputs. */
export interface AdapterInput {
  readonly key: string
  readonly inputs: Tensors
}

/** Image tokens of a reference, and their keys and values for every cross-attention: `k.PATH`, `v.PATH` [tokens, c]. */
export interface ImageTokens extends KeyedStates {
  readonly keysValues: Tensors
}

/**
 * Image tokens of pictures or faces. Those of several stand one behind the other, so that one softmax weighs them all.
 */
export async function imageTokens(
  shop: Workshop,
  from: AdapterWithEncoder & { readonly checkpoint: Checkpoint },
  given: readonly AdapterInput[],
): Promise<ImageTokens> {
  const each: Tensors[] = []
  for (const input of given) each.push(await tokensOf(shop, from, input))
  const { tokens, ...keysValues } = concatenated(each)
  const keys = given.map(({ key }) => key).join(' and ')
  return { key: `tokens of ${keys} by ${from.adapter.identity}`, states: tokens!, keysValues }
}

function tokensOf(
  { networks, keep }: Workshop,
  { adapter, checkpoint }: AdapterWithEncoder & { readonly checkpoint: Checkpoint },
  { key, inputs }: AdapterInput,
): Promise<Tensors> {
  const { config, ledger, identity } = adapter
  const { unet } = checkpoint
  const rows = inputs['features']?.shape[0] ?? 0
  const build = () =>
    ipAdapterGraph(ledger.weights, config, crossAttentions(unetLayout(unet.config)), rows, networks.options)
  return keep.get(`tokens of ${key} by ${identity} for ${unet.identity}`, () =>
    networks.run(`ip-adapter ${rows} of ${identity}`, build, inputs),
  )
}

/** Tensors of the same names, those of one part below those of the part before. */
function concatenated(parts: readonly Tensors[]): Tensors {
  return Object.fromEntries(
    Object.keys(parts[0] ?? {}).map((name) => [name, stacked(parts.map((part) => part[name]!))]),
  )
}
