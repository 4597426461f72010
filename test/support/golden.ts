import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { toFloat32 } from '../../companion/weights/dtype.ts'
import { openSafetensors } from '../../companion/weights/safetensors.ts'
import type { Tensor } from '../../companion/runtime/tensor.ts'

/** The folder of the files tests read. */
export const FIXTURES = join(import.meta.dirname, '..', 'fixtures')

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

/** What diffusers computed: a shape, and the leading numbers of that tensor (all of them up to 4096). */
export interface Golden {
  readonly shape: readonly number[]
  readonly data: readonly number[]
}

let goldens: Readonly<Record<string, Golden>> | undefined

/** The golden of that name. */
export function golden(name: string): Golden {
  goldens ??= fixtureJson('goldens', 'tensors.json') as Record<string, Golden>
  const found = goldens[name]
  if (!found) throw new Error(`no golden is called "${name}"`)
  return found
}
