import { basename } from 'node:path'
import { ImprintError } from '../../../shared/errors.ts'
import type { StoredTensor } from '../safetensors.ts'

/** Where a stored tensor, or a part of it, belongs. */
export interface Target {
  readonly name: string
  /** Only this third of the rows: queries, keys and values are often stored as one. */
  readonly third?: 0 | 1 | 2
  /** Stored as a convolution over single pixels [o, i, 1, 1], meant as a matrix [o, i]. */
  readonly flat?: true
  /** Stored as the transpose of what is meant. */
  readonly transposed?: true
}

/** Names in the one file to names in the other; undefined for a name it does not know. */
export type KeyMap = (name: string) => readonly Target[] | undefined

/** What the parts of a module are called in the one file and in the other; `''` stands for the module itself. */
export type Parts = Readonly<Record<string, string | Omit<Target, 'third'>>>

/** One module: its path in the one file, its path in the other, and its parts where they are called otherwise. */
export type Place = readonly [from: string, to: string, parts?: Parts]

/** A module all of whose parts keep their names. */
const SAME = undefined

/** The map of a list of modules; of two whose paths begin alike the longer one counts. */
export function keyMap(places: readonly Place[]): KeyMap {
  const known = new Map(places.map(([from, ...rest]) => [from, rest]))
  return (name) => {
    for (let end = name.length; end > 0; end = name.lastIndexOf('.', end - 1)) {
      const place = known.get(name.slice(0, end))
      const target = place && within(place[0], name.slice(end + 1), place[1] ?? SAME)
      if (target) return [target]
    }
    return undefined
  }
}

/** The other way round: all that a module of the other file may be called in the one. */
export function formerNames(places: readonly Place[], module: string): readonly string[] {
  return places.flatMap(([from, to, parts = SAME]) => {
    if (!parts) return module === to || module.startsWith(`${to}.`) ? [from + module.slice(to.length)] : []
    return Object.entries(parts).flatMap(([part, how]) => {
      const name = typeof how === 'string' ? how : how.name
      return joined(to, name) === module ? [joined(from, part)] : []
    })
  })
}

const joined = (...steps: readonly string[]): string => steps.filter((step) => step !== '').join('.')

function within(to: string, rest: string, parts: Parts | undefined): Target | undefined {
  if (!parts) return { name: rest === '' ? to : `${to}.${rest}` }
  const leaf = /\.?(weight|bias)$/.exec(rest)
  const part = parts[leaf ? rest.slice(0, leaf.index) : rest]
  if (part === undefined) return undefined
  const { name, ...how } = typeof part === 'string' ? { name: part } : part
  const path = joined(to, name, ...(leaf ? [leaf[1]!] : []))
  // A bias is no matrix: it is as it is.
  return leaf?.[1] === 'bias' ? { name: path } : { name: path, ...how }
}

/** The first of several maps that knows a name. */
export const firstOf =
  (...maps: readonly KeyMap[]): KeyMap =>
  (name) => {
    for (const map of maps) {
      const targets = map(name)
      if (targets) return targets
    }
    return undefined
  }

/** For files of two ways of naming: what one map does not know keeps its name where it begins with one of these. */
export const keeping = (...beginnings: readonly string[]): KeyMap => {
  const known = beginnings.map((beginning) => `${beginning}.`)
  return (name) => (known.some((beginning) => name.startsWith(beginning)) ? [{ name }] : undefined)
}

/** The tensors under their other names, in place; throws `model-unsupported` for a name the map does not know. */
export function translate(tensors: ReadonlyMap<string, StoredTensor>, map: KeyMap): Map<string, StoredTensor> {
  const found = new Map<string, StoredTensor>()
  for (const [name, tensor] of tensors) {
    const targets = map(name)
    if (!targets) throw refusal(tensor, `is of no part that Imprint knows`)
    for (const target of targets) {
      if (found.has(target.name)) throw refusal(tensor, `and another one both stand for "${target.name}"`)
      found.set(target.name, part(tensor, target))
    }
  }
  return found
}

const refusal = ({ name, file }: StoredTensor, what: string): ImprintError =>
  new ImprintError(
    'model-unsupported',
    `In ${basename(file)} the tensor "${name}" ${what}. Choose another version of the model.`,
  )

function part(tensor: StoredTensor, { third, flat, transposed }: Target): StoredTensor {
  if (third !== undefined) return rowsThird(tensor, third)
  if (flat) return flattened(tensor)
  return transposed ? transpose(tensor) : tensor
}

function rowsThird(tensor: StoredTensor, third: number): StoredTensor {
  const [rows = 0, ...rest] = tensor.shape
  if (rows % 3 !== 0 || tensor.transposed) throw refusal(tensor, 'cannot be divided into three')
  const bytes = tensor.bytes / 3
  return {
    ...tensor,
    name: `${tensor.name}[${third}/3]`,
    shape: [rows / 3, ...rest],
    offset: tensor.offset + third * bytes,
    bytes,
  }
}

/** Newer files hold the matrix already. */
function flattened(tensor: StoredTensor): StoredTensor {
  if (tensor.shape.length === 2) return tensor
  const [out = 0, into = 0, ...kernel] = tensor.shape
  if (kernel.length !== 2 || kernel.some((side) => side !== 1)) throw refusal(tensor, 'is no convolution of one pixel')
  return { ...tensor, shape: [out, into] }
}

function transpose({ transposed, ...tensor }: StoredTensor): StoredTensor {
  if (tensor.shape.length !== 2) throw refusal(tensor, 'is no matrix')
  const turned = { ...tensor, shape: [...tensor.shape].reverse() }
  return transposed ? turned : { ...turned, transposed: true }
}
