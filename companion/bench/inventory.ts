import { closeSync, openSync, writeSync } from 'node:fs'
import type { StoredTensor } from '../weights/safetensors.ts'
import type { Weights } from '../weights/weights.ts'

/** The names and shapes a network asks for, in a file yet to be written. */
export interface Inventory {
  /** Hands out a place for every tensor asked for. */
  readonly weights: Weights
  readonly shapes: ReadonlyMap<string, readonly number[]>
}

/** Weights that exist only as a list: build a network over them to learn what its checkpoint must hold. */
export function takeInventory(): Inventory {
  const shapes = new Map<string, readonly number[]>()
  const scope = (prefix: string): Weights => ({
    at: (...path) => scope(`${prefix}${path.join('.')}.`),
    has: () => true,
    branches: () => [],
    get(name, shape): StoredTensor {
      shapes.set(prefix + name, shape)
      return { name: prefix + name, dtype: 'F32', shape, file: '', offset: 0, bytes: 0 }
    },
  })
  return { weights: scope(''), shapes }
}

/** Half-precision numbers written at once. */
const CHUNK = 2 ** 20

/**
 * Writes a safetensors file in F16 with random weights of the given shapes, scaled so that activations neither grow nor
 * vanish through the layers: biases 0, norms 1, matrices with variance 1 / fan-in.
 */
export function writeRandomWeights(path: string, shapes: ReadonlyMap<string, readonly number[]>): void {
  let at = 0
  const entries = [...shapes].map(([name, shape]) => {
    const begin = at
    at += 2 * elements(shape)
    return [name, { dtype: 'F16', shape, data_offsets: [begin, at] }] as const
  })
  const header = Buffer.from(JSON.stringify(Object.fromEntries(entries)))
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(header.length))
  const file = openSync(path, 'w')
  try {
    writeSync(file, length)
    writeSync(file, header)
    for (const [name, shape] of shapes) writeTensor(file, name, shape)
  } finally {
    closeSync(file)
  }
}

const elements = (shape: readonly number[]): number => shape.reduce((product, dim) => product * dim, 1)

function writeTensor(file: number, name: string, shape: readonly number[]): void {
  const values = new Uint16Array(Math.min(CHUNK, elements(shape)))
  const spread = Math.sqrt(3 / elements(shape.slice(1)))
  for (let i = 0; i < values.length; i++) {
    if (name.endsWith('.bias')) values[i] = 0
    else values[i] = half(shape.length === 1 ? 1 : (2 * Math.random() - 1) * spread)
  }
  // A chunk repeats itself in a large tensor: speed and memory do not depend on the numbers.
  for (let left = elements(shape); left > 0; left -= values.length) {
    writeSync(file, values.subarray(0, Math.min(left, values.length)))
  }
}

const scratch = new Float32Array(1)
const bits = new Uint32Array(scratch.buffer)

/** A small number as half precision bits, the rest of the mantissa cut off; too small ones become 0. */
function half(value: number): number {
  scratch[0] = value
  const exponent = ((bits[0]! >>> 23) & 255) - 112
  if (exponent <= 0) return 0
  return ((bits[0]! >>> 16) & 0x8000) | (exponent << 10) | ((bits[0]! >>> 13) & 1023)
}
