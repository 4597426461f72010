import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { StoredTensor } from '../../companion/weights/safetensors.ts'
import type { Weights } from '../../companion/weights/weights.ts'

/**
 * Weights that need no file: each number is a hash of its tensor's name and its place, so that any implementation in any
 * language has the same ones. The goldens were computed with them.
 */

/** FNV-1a of a text's UTF-8 bytes, 32 bits. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193)
  return hash >>> 0
}

/** The i-th number of a name, in -1..1: the name's hash and the place through the finaliser of MurmurHash3. */
function hashed(hash: number, i: number): number {
  let x = (hash + Math.imul(i, 0x9e3779b1)) >>> 0
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b)
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35)
  return ((x ^ (x >>> 16)) >>> 0) / 2 ** 31 - 1
}

const numbers = (name: string, length: number, of: (u: number) => number): Float32Array => {
  const hash = fnv1a(name)
  return Float32Array.from({ length }, (_, i) => of(hashed(hash, i)))
}

/** An input of unit variance, unless another scale is given. */
export const hashInput = (name: string, length: number, scale = Math.sqrt(3)): Float32Array =>
  numbers(name, length, (u) => u * scale)

/**
 * The weights of a tensor: what kind it is follows from its name and shape. A volume below 1 quietens what a norm would not
 * take out again, so that every norm sees little variance and its epsilon counts.
 */
export function hashTensor(name: string, shape: readonly number[], volume = 1): Float32Array {
  const length = shape.reduce((product, dim) => product * dim, 1)
  if (name.endsWith('.bias')) return numbers(name, length, (u) => volume * 0.05 * u)
  if (shape.length === 1 && name.endsWith('.weight')) return numbers(name, length, (u) => volume * (1 + 0.1 * u))
  if (/(latents|class_embedding)$/.test(name)) return numbers(name, length, (u) => volume * u)
  const fanIn = shape.slice(1).reduce((product, dim) => product * dim, 1)
  const loudness = /(token|position)_embedding\.weight$/.test(name) ? volume : 1
  return numbers(name, length, (u) => loudness * u * Math.sqrt(3 / fanIn))
}

interface HashWeights {
  readonly weights: Weights
  /** The tensors asked for so far, as they lie in the file. */
  readonly tensors: ReadonlyMap<string, StoredTensor>
  /** Deletes the file. */
  dispose(): void
}

/** Weights of any network: whatever tensor it asks for is made up and written to a temporary file. */
export function hashWeights(volume = 1): HashWeights {
  const folder = mkdtempSync(join(tmpdir(), 'imprint-weights-'))
  const file = join(folder, 'weights')
  const descriptor = openSync(file, 'w')
  const tensors = new Map<string, StoredTensor>()
  let end = 0

  const scope = (prefix: string): Weights => ({
    at: (...path) => scope(`${prefix}${path.join('.')}.`),
    has: () => true,
    branches: () => [],
    get(name, shape) {
      const key = prefix + name
      const known = tensors.get(key)
      if (known?.shape.join() === shape.join()) return known
      const data = hashTensor(key, shape, volume)
      writeSync(descriptor, data)
      const tensor = { name: key, dtype: 'F32', shape, file, offset: end, bytes: data.byteLength } as const
      end += data.byteLength
      tensors.set(key, tensor)
      return tensor
    },
  })

  return {
    weights: scope(''),
    tensors,
    dispose() {
      closeSync(descriptor)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
