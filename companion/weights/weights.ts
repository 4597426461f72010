import { basename } from 'node:path'
import { ImprintError } from '../../shared/errors.ts'
import type { StoredTensor } from './safetensors.ts'

/** A place in a checkpoint: the call path of a network is the tensor's name. */
export interface Weights {
  /** The place below: `w.at('down_blocks', 0, 'resnets', 1)` is `down_blocks.0.resnets.1`. */
  at(...path: (string | number)[]): Weights
  /** Whether a tensor of that name is stored here. */
  has(name: string): boolean
  /** The tensor `name` here, marked as used; throws `model-invalid` when it is missing or its shape is another. */
  get(name: string, shape: readonly number[]): StoredTensor
}

/** A checkpoint's tensors and the book of which ones a network has asked for. */
export interface Ledger {
  readonly weights: Weights
  /** Throws `model-invalid` naming the tensors no network asked for, except those `ignored` allows. */
  finish(ignored?: readonly RegExp[]): void
}

const list = (shape: readonly number[]): string => `[${shape.join(', ')}]`

/** Opens the book over a set of tensors; `origin` names the file in error sentences. */
export function openLedger(tensors: ReadonlyMap<string, StoredTensor>, origin: string): Ledger {
  const used = new Set<string>()
  const file = basename(origin)

  const scope = (prefix: string): Weights => ({
    at: (...path) => scope(`${prefix}${path.join('.')}.`),
    has: (name) => tensors.has(prefix + name),
    get: (name, shape) => {
      const key = prefix + name
      const tensor = tensors.get(key)
      if (!tensor)
        throw new ImprintError(
          'model-invalid',
          `${file} lacks the tensor "${key}" ${list(shape)}. Use a complete file.`,
        )
      if (tensor.shape.length !== shape.length || tensor.shape.some((dim, i) => dim !== shape[i])) {
        const sizes = `${list(tensor.shape)} where the configuration asks for ${list(shape)}`
        throw new ImprintError(
          'model-invalid',
          `In ${file} the tensor "${key}" is ${sizes}. Use the configuration that belongs to it.`,
        )
      }
      used.add(key)
      return tensor
    },
  })

  return {
    weights: scope(''),
    finish(ignored = []) {
      const left = [...tensors.keys()].filter(
        (name) => !used.has(name) && !ignored.some((pattern) => pattern.test(name)),
      )
      if (left.length === 0) return
      const more = left.length > 1 ? ` and ${left.length - 1} more` : ''
      throw new ImprintError(
        'model-invalid',
        `${file} has the tensor "${left[0]!}"${more} that its configuration does not use. Use the configuration that belongs to it.`,
      )
    },
  }
}
