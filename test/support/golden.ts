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

/** The goldens that one test file each holds a part of the family to. */
export const GOLDEN_FILES = ['unet', 'towers', 'adapters', 'controlnet', 'loras', 't2i', 'taesd', 'quiet'] as const
type GoldenFile = (typeof GOLDEN_FILES)[number]

/** What diffusers computed: a shape, and the leading numbers of that tensor (all of them where there are few). */
interface Golden {
  readonly shape: readonly number[]
  readonly data: readonly number[]
}

/** The goldens of one file; `quiet` ones were computed from numbers of little variance. */
interface Goldens {
  /** The golden of that name. */
  readonly golden: (name: string) => Golden
  /** Names of those that nobody has asked for yet. */
  readonly unasked: () => readonly string[]
}

/** Opens the goldens of one file. */
export function openGoldens(file: GoldenFile): Goldens {
  const goldens = fixtureJson('goldens', `${file}.json`) as Readonly<Record<string, Golden>>
  const asked = new Set<string>()
  return {
    golden(name) {
      const found = goldens[name]
      if (!found) throw new Error(`${file}.json has no "${name}"`)
      asked.add(name)
      return found
    },
    unasked: () => Object.keys(goldens).filter((name) => !asked.has(name)),
  }
}
