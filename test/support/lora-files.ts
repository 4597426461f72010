import { readFileSync } from 'node:fs'
import { openLora } from '../../companion/models/lora.ts'
import type { Checkpoint } from '../../companion/models/checkpoint.ts'
import type { LoraChanges } from '../../companion/weights/lora/read-lora.ts'
import type { StoredTensor } from '../../companion/weights/safetensors.ts'
import { ImprintError } from '../../shared/errors.ts'
import { safetensorsBytes } from './craft-safetensors.ts'
import { hashTensor } from './hash-weights.ts'

/** A tensor of a LoRA file: numbers made of its name, unless its bytes are given. */
export interface LoraTensor {
  readonly shape: readonly number[]
  readonly dtype?: string
  readonly bytes?: Uint8Array
  /** Whose numbers it has, where they shall be the same under several names. */
  readonly as?: string
}

/** Bytes of a LoRA file. */
export function loraBytes(
  tensors: Readonly<Record<string, LoraTensor>>,
  metadata: Readonly<Record<string, string>> = {},
): Buffer {
  let at = 0
  const parts = Object.entries(tensors).map(([name, { shape, dtype = 'F32', bytes, as = name }]) => {
    const data = bytes ?? new Uint8Array(hashTensor(as, shape).buffer)
    const begin = at
    at += data.byteLength
    return { data, entry: [name, { dtype, shape, data_offsets: [begin, at] }] as const }
  })
  const header = { __metadata__: metadata, ...Object.fromEntries(parts.map(({ entry }) => entry)) }
  return safetensorsBytes(header, Buffer.concat(parts.map(({ data }) => data)))
}

/** What a LoRA file changes, a line each, with the first numbers of both factors; or why it is refused, as one line. */
export function changesOf(path: string, checkpoint: Checkpoint): readonly string[] {
  try {
    return described(openLora(path, checkpoint).changes)
  } catch (thrown) {
    if (!(thrown instanceof ImprintError)) throw thrown
    return [thrown.message]
  }
}

const described = (changes: LoraChanges): string[] =>
  [...changes].flatMap(([part, own]) =>
    [...own].map(([tensor, { down, up, factor }]) =>
      [part, tensor, factor.toFixed(6), ...[down, up].map((of) => firstNumber(of).toFixed(6))].join(' '),
    ),
  )

const firstNumber = ({ file, offset }: StoredTensor): number => readFileSync(file).readFloatLE(offset)
