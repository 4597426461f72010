import { writeFileSync } from 'node:fs'
import type { Tensor } from '../../companion/runtime/tensor.ts'
import { safetensorsBytes } from './craft-safetensors.ts'

/** The nearest numbers of BF16, which are F32 without its last 16 bits; of two that are as near, the even one. */
export function roundedToBf16(data: Float32Array): Float32Array {
  const rounded = Float32Array.from(data)
  const bits = new Uint32Array(rounded.buffer)
  for (let i = 0; i < bits.length; i++) {
    const even = (bits[i]! >>> 16) & 1
    bits[i] = (bits[i]! + 0x7fff + even) & 0xffff0000
  }
  return rounded
}

/** Writes tensors, rounded, as a safetensors file in BF16. */
export function writeBf16(path: string, tensors: ReadonlyMap<string, Tensor>): void {
  let at = 0
  const entries = [...tensors].map(([name, { shape, data }]) => {
    const begin = at
    at += 2 * data.length
    return [name, { dtype: 'BF16', shape, data_offsets: [begin, at] }] as const
  })
  const halves = [...tensors.values()].map(({ data }) => {
    const bits = new Uint32Array(roundedToBf16(data).buffer)
    return Buffer.from(Uint16Array.from(bits, (word) => word >>> 16).buffer)
  })
  writeFileSync(path, safetensorsBytes(Object.fromEntries(entries), Buffer.concat(halves)))
}
