import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { toFloat32 } from '../../companion/weights/dtype.ts'
import { openSafetensors } from '../../companion/weights/safetensors.ts'
import type { Tensor } from '../../companion/runtime/tensor.ts'

/** The folder of the files tests read. */
const FIXTURES = join(import.meta.dirname, '..', 'fixtures')

/** A file among the fixtures. */
export const fixture = (...path: string[]): string => join(FIXTURES, ...path)

/** A JSON file among the fixtures, as the caller knows it to be. */
export const fixtureJson = (...path: string[]): unknown => JSON.parse(readFileSync(fixture(...path), 'utf8'))

/** Every tensor of a safetensors file in F32, F16 or BF16, as floats. */
export function readTensors(path: string): ReadonlyMap<string, Tensor> {
  const file = readFileSync(path)
  const tensors = [...openSafetensors(path).tensors.values()]
  return new Map(
    tensors.map(({ name, shape, dtype, offset, bytes }) => {
      const data = toFloat32(file.subarray(offset, offset + bytes), dtype)
      if (!data) throw new Error(`${name} is stored as ${dtype}`)
      return [name, { shape, data }]
    }),
  )
}

/** What diffusers computed: a shape, and the leading numbers of that tensor (all of them where there are few). */
interface Golden {
  readonly shape: readonly number[]
  readonly data: readonly number[]
}

const read = new Map<string, Readonly<Record<string, Golden>>>()

/** The golden of that name; `quiet` ones were computed from numbers of little variance. */
export function golden(name: string, file: 'tensors' | 'quiet' | 'adapters' | 'controlnet' = 'tensors'): Golden {
  const goldens = read.get(file) ?? (fixtureJson('goldens', `${file}.json`) as Record<string, Golden>)
  read.set(file, goldens)
  const found = goldens[name]
  if (!found) throw new Error(`${file}.json has no "${name}"`)
  return found
}
