import { basename } from 'node:path'
import { ImprintError } from '../../../shared/errors.ts'
import { readNumber } from '../read.ts'
import type { StoredTensor, WeightFile } from '../safetensors.ts'
import type { LowRank } from '../weights.ts'
import { aliases, type LoraPart } from './aliases.ts'
import { readPeftFactor } from './peft-alpha.ts'
import { otherKind, pieceOf, type Piece } from './pieces.ts'
import { lowRank } from './low-rank.ts'

/** The tensors of each network that a LoRA may change. */
export type LoraTargets = Readonly<Partial<Record<LoraPart, ReadonlyMap<string, StoredTensor>>>>

/** What a LoRA file says of each network: the change of each of its tensors, by the tensor's name. */
export type LoraChanges = ReadonlyMap<LoraPart, ReadonlyMap<string, LowRank>>

/** A module of a network: its weight's name and the weight itself. */
interface Place {
  readonly part: LoraPart
  readonly module: string
  readonly weight: StoredTensor
}

type Pieces = Partial<Record<Piece, StoredTensor>>

/**
 * Finds the place of every tensor of a LoRA file in the networks of a checkpoint, whatever way of naming the file uses.
 * Throws `model-unsupported` naming the first tensor that has no place, fits no weight or is of another kind than LoRA.
 */
export function readLora({ path, tensors, metadata }: WeightFile, targets: LoraTargets, of: string): LoraChanges {
  if (tensors.size === 0) throw refusal(path, 'holds no tensors. Choose another file')
  const places = placesByName(targets)
  const found = new Map<Place, Pieces>()
  for (const [name, tensor] of tensors) {
    const kind = otherKind(name)
    if (kind !== undefined)
      throw refusal(path, `is ${kind} ("${name}"), which Imprint does not use. Choose a plain LoRA`)
    const piece = pieceOf(name)
    const place = piece && places.get(piece.module)
    if (!place)
      throw refusal(path, `does not fit "${of}": "${name}" matches no layer of it. Choose a LoRA made for such models`)
    const pieces = found.get(place) ?? {}
    if (pieces[piece.piece])
      throw refusal(path, `changes "${place.module}" of "${of}" twice, again by "${name}". Choose another file`)
    found.set(place, { ...pieces, [piece.piece]: tensor })
  }
  const peft = readPeftFactor(metadata)
  const changes = new Map<LoraPart, Map<string, LowRank>>()
  for (const [{ part, module, weight }, { down, up, alpha }] of found) {
    if (!down || !up)
      throw refusal(path, `is damaged: "${module}" lacks its factor "${down ? 'up' : 'down'}". Download it again`)
    const [rank = 0] = down.shape
    const factor = alpha ? readNumber(alpha) / rank : (peft?.(part, module, rank) ?? 1)
    const own = changes.get(part) ?? new Map<string, LowRank>()
    changes.set(part, own.set(`${module}.weight`, lowRank({ down, up, factor }, weight, of)))
  }
  return changes
}

/** Tables of words and positions have no layer beside which a branch could run. */
const LAYER = /^(.*(?<!embedding))\.weight$/

function placesByName(targets: LoraTargets): Map<string, Place> {
  const places = new Map<string, Place>()
  for (const part of ['unet', 'text_encoder', 'text_encoder_2'] as const) {
    for (const [name, weight] of targets[part] ?? []) {
      const module = LAYER.exec(name)?.[1]
      if (module === undefined || (weight.shape.length !== 2 && weight.shape.length !== 4)) continue
      const place: Place = { part, module, weight }
      for (const alias of aliases(part, module)) places.set(alias, place)
    }
  }
  return places
}

const refusal = (path: string, what: string): ImprintError =>
  new ImprintError('model-unsupported', `The LoRA ${basename(path)} ${what}.`)
