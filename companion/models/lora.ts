import type { LoraPart } from '../weights/lora/aliases.ts'
import { readLora, type LoraChanges } from '../weights/lora/read-lora.ts'
import { openWeightFile } from '../weights/weight-file.ts'
import { withBranches, type Branch } from '../weights/weights.ts'
import type { Checkpoint } from './checkpoint.ts'
import { fileIdentity, type Part } from './part.ts'

/** A LoRA, opened for one checkpoint. */
export interface Lora {
  /** Changes when the file does. */
  readonly identity: string
  readonly changes: LoraChanges
}

/** Opens a LoRA file for a checkpoint; throws `model-unsupported` for a tensor that has no place in it. */
export function openLora(path: string, { unet, towers, name }: Checkpoint): Lora {
  const [first, second] = towers
  const targets = {
    unet: unet.ledger.tensors,
    text_encoder: first.ledger.tensors,
    ...(second && { text_encoder_2: second.ledger.tensors }),
  }
  return { identity: fileIdentity(path), changes: readLora(openWeightFile(path), targets, name) }
}

/** A LoRA and how strong it is to be. */
export interface AppliedLora {
  readonly lora: Lora
  readonly weight: number
}

/**
 * A checkpoint whose networks have the branches of some LoRAs beside their weights. How strong each is stays an input of
 * their graphs, so that another strength loads nothing; a network that none of them changes stays what it was.
 */
export function applyLoras(checkpoint: Checkpoint, loras: readonly AppliedLora[]): Checkpoint {
  const [first, ...others] = checkpoint.towers
  return {
    ...checkpoint,
    unet: changed(checkpoint.unet, 'unet', loras),
    towers: [changed(first, 'text_encoder', loras), ...others.map((tower) => changed(tower, 'text_encoder_2', loras))],
  }
}

function changed<P extends Part<unknown>>(part: P, name: LoraPart, loras: readonly AppliedLora[]): P {
  // Numbered among those that change this network: what else a recipe names is no concern of its graphs.
  const own = loras.filter(({ lora }) => lora.changes.has(name))
  if (own.length === 0) return part
  const branches = new Map<string, Branch[]>()
  const strengths: Record<string, number> = {}
  own.forEach(({ lora, weight }, i) => {
    const strength = `lora.${i}.strength`
    strengths[strength] = weight
    for (const [tensor, change] of lora.changes.get(name)!) {
      branches.set(tensor, [...(branches.get(tensor) ?? []), { ...change, strength }])
    }
  })
  return {
    ...part,
    ledger: { ...part.ledger, weights: withBranches(part.ledger.weights, branches) },
    identity: [part.identity, ...own.map(({ lora }) => lora.identity)].join(' with '),
    strengths,
  }
}
