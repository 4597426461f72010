import { ImprintError } from '../../shared/errors.ts'
import { called } from './called.ts'
import { COMPUTED, notComputed } from './dtype.ts'
import type { StoredTensor } from './safetensors.ts'

/** A place in a checkpoint: the call path of a network is the tensor's name. */
export interface Weights {
  /** The place below: `w.at('down_blocks', 0, 'resnets', 1)` is `down_blocks.0.resnets.1`. */
  at(...path: (string | number)[]): Weights
  /** Whether a tensor of that name is stored here. */
  has(name: string): boolean
  /**
   * The tensor `name` here, marked as used; throws `model-invalid` when it is missing or its shape is another, and
   * `model-unsupported` when its numbers are of a format that is not computed with.
   */
  get(name: string, shape: readonly number[]): StoredTensor
  /** The low-rank branches beside the tensor `name` here; mostly there are none. */
  branches(name: string): readonly Branch[]
}

/**
 * A low-rank branch beside a stored weight (LoRA, arXiv:2106.09685): strength · factor · up(down(x)) is added to what the
 * weight makes of x, so that no changed copy of the weight is ever made.
 */
export interface Branch extends LowRank {
  /** The input of a graph that says how strong it is.  [1] */
  readonly strength: string
}

/** Two factors of a change of a weight: down [rank, in] and up [out, rank], or convolutions with a kernel in down alone. */
export interface LowRank {
  readonly down: StoredTensor
  readonly up: StoredTensor
  /** What the product is multiplied by, whatever the strength. */
  readonly factor: number
}

/** A checkpoint's tensors and the book of which ones a network has asked for. */
export interface Ledger {
  readonly weights: Weights
  /** All of them by name, used or not. */
  readonly tensors: ReadonlyMap<string, StoredTensor>
  /** Throws `model-invalid` naming the tensors no network asked for, except those `ignored` allows. */
  finish(ignored?: readonly RegExp[]): void
}

const list = (shape: readonly number[]): string => `[${shape.join(', ')}]`

/** Opens the book over a set of tensors; `origin` names the file in error sentences. */
export function openLedger(tensors: ReadonlyMap<string, StoredTensor>, origin: string): Ledger {
  const used = new Set<string>()
  const file = called(origin)

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
      if (!COMPUTED.has(tensor.dtype)) throw notComputed(file, key, tensor.dtype)
      used.add(key)
      return tensor
    },
    branches: () => [],
  })

  return {
    weights: scope(''),
    tensors,
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

/** The same weights with branches beside some of them, by the tensor's whole name. */
export function withBranches(weights: Weights, branches: ReadonlyMap<string, readonly Branch[]>, prefix = ''): Weights {
  return {
    at: (...path) => withBranches(weights.at(...path), branches, `${prefix}${path.join('.')}.`),
    has: (name) => weights.has(name),
    get: (name, shape) => weights.get(name, shape),
    branches: (name) => [...weights.branches(name), ...(branches.get(prefix + name) ?? [])],
  }
}
