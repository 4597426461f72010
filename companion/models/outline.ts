import type { StoredTensor } from '../weights/safetensors.ts'

/** What of a file's tensors says what they are: their names and shapes. */
export interface Outline {
  readonly names: readonly string[]
  has(name: string): boolean
  /** The shape of a tensor; empty where there is none of that name. */
  shape(name: string): readonly number[]
  /** The first name like this. */
  find(like: RegExp): string | undefined
  /** Only what begins with this, without it. */
  below(prefix: string): Outline
}

/** Tensors by what they are called and how large they are. */
export function outline(tensors: ReadonlyMap<string, Pick<StoredTensor, 'shape'>>): Outline {
  const names = [...tensors.keys()]
  return {
    names,
    has: (name) => tensors.has(name),
    shape: (name) => tensors.get(name)?.shape ?? [],
    find: (like) => names.find((name) => like.test(name)),
    below: (prefix) =>
      outline(
        new Map(
          [...tensors].flatMap(([name, tensor]) =>
            name.startsWith(prefix) ? [[name.slice(prefix.length), tensor] as const] : [],
          ),
        ),
      ),
  }
}
