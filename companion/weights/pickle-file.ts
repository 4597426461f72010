import { closeSync, fstatSync, openSync, realpathSync } from 'node:fs'
import { ImprintError } from '../../shared/errors.ts'
import { called } from './called.ts'
import { BYTES_PER_ELEMENT, type WeightDType } from './dtype.ts'
import { readPickle, type PickleTensor, type PickleValue } from './pickle.ts'
import type { Refusals } from './refusals.ts'
import type { StoredTensor, WeightFile } from './safetensors.ts'
import { readZip, type ZipEntry } from './zip.ts'
import { readExactly } from './read-exactly.ts'

const DTYPES: Readonly<Record<string, WeightDType>> = {
  'torch DoubleStorage': 'F64',
  'torch FloatStorage': 'F32',
  'torch HalfStorage': 'F16',
  'torch BFloat16Storage': 'BF16',
  'torch LongStorage': 'I64',
  'torch IntStorage': 'I32',
  'torch ShortStorage': 'I16',
  'torch CharStorage': 'I8',
  'torch ByteStorage': 'U8',
  'torch BoolStorage': 'BOOL',
}

/** Limits on a file nobody has checked yet; a whole SDXL checkpoint's pickle takes 400 kB. */
const MAX_PICKLE_BYTES = 64 * 2 ** 20
const MAX_DEPTH = 8
const MAX_VALUES = 100_000

/**
 * Reads and checks the pickle of a PyTorch archive (.bin, .pt, .pth, .ckpt); it runs nothing, and the weights stay on
 * disk. Nested dictionaries become names with dots. Throws `model-invalid` or `model-unsupported` naming the file.
 */
export function openPickle(path: string): WeightFile {
  const file = realpathSync(path)
  const descriptor = openSync(file, 'r')
  const name = called(path)
  const damaged = (what: string) =>
    new ImprintError('model-invalid', `The weights file ${name} is damaged: ${what}. Download it again.`)
  const refuse = (what: string) =>
    new ImprintError(
      'model-unsupported',
      `The weights file ${name} cannot be used: ${what}. Use its .safetensors version.`,
    )
  try {
    const entries = readZip({ descriptor, size: fstatSync(descriptor).size, damaged, refuse })
    const pickle = [...entries.values()].find((entry) => /^[^/]+\/data\.pkl$/.test(entry.name))
    if (!pickle) throw refuse('it is a zip archive without weights')
    const root = pickle.name.slice(0, -'data.pkl'.length)
    const content = (entry: ZipEntry): Buffer => {
      if (entry.bytes > MAX_PICKLE_BYTES) throw refuse(`its "${entry.name}" takes ${entry.bytes} bytes`)
      return readExactly(descriptor, entry.offset, entry.bytes, () => damaged(`it ends inside "${entry.name}"`))
    }
    const order = entries.get(`${root}byteorder`)
    if (order && content(order).toString().trim() !== 'little') throw refuse('its numbers are big-endian')
    const value = unwrap(readPickle(content(pickle), { damaged, refuse }))
    const tensors = new Map<string, StoredTensor>()
    for (const [key, tensor] of flatten(value, refuse)) {
      if (tensors.has(key)) throw damaged(`the tensor "${key}" appears twice`)
      const entry = entries.get(`${root}data/${tensor.storage.key}`)
      if (!entry) throw damaged(`the numbers of tensor "${key}" are missing`)
      tensors.set(key, place(key, tensor, { ...entry, file }, { damaged, refuse }))
    }
    return { path: file, tensors, metadata: {} }
  } finally {
    closeSync(descriptor)
  }
}

/** Training programs keep the weights beside other things under this name. */
function unwrap(value: PickleValue): PickleValue {
  const inner = isDict(value) ? value.items.get('state_dict') : undefined
  return inner !== undefined && isDict(inner) ? inner : value
}

const isDict = (value: PickleValue): value is Extract<PickleValue, { kind: 'dict' }> =>
  typeof value === 'object' && value !== null && value.kind === 'dict'

/** All tensors with their names; lists, numbers and texts are no weights. */
function flatten(value: PickleValue, refuse: Refusals['refuse']): [string, PickleTensor][] {
  const found: [string, PickleTensor][] = []
  let seen = 0
  const walk = (inner: PickleValue, path: readonly string[]): void => {
    // One dictionary may stand in many places, so the walk can be longer than the file.
    if (++seen > MAX_VALUES || path.length > MAX_DEPTH) throw refuse('its dictionaries are nested beyond all use')
    if (typeof inner !== 'object' || inner === null) return
    if (inner.kind === 'tensor') found.push([path.join('.'), inner])
    if (inner.kind === 'dict') for (const [key, item] of inner.items) walk(item, [...path, String(key)])
  }
  walk(value, [])
  return found
}

function place(
  name: string,
  { storage, offset: first, shape, strides }: PickleTensor,
  entry: ZipEntry & { readonly file: string },
  { damaged, refuse }: Refusals,
): StoredTensor {
  const dtype = DTYPES[storage.format]
  if (!dtype) throw refuse(`the tensor "${name}" is stored as ${storage.format}`)
  const size = BYTES_PER_ELEMENT[dtype]
  const bytes = shape.reduce((product, dim) => product * dim, size)
  if (storage.elements * size > entry.bytes || first * size + bytes > storage.elements * size)
    throw damaged(`tensor "${name}" lies outside its ${entry.bytes} bytes`)
  const stored = { name, dtype, shape, file: entry.file, offset: entry.offset + first * size, bytes }
  if (bytes === 0 || isRowMajor(shape, strides)) return stored
  if (shape.length === 2 && isRowMajor([...shape].reverse(), [...strides].reverse()))
    return { ...stored, transposed: true }
  throw refuse(`the tensor "${name}" is a view with gaps`)
}

/** Whether a tensor's numbers lie one after the other, the last index fastest; an index of one value steps nowhere. */
function isRowMajor(shape: readonly number[], strides: readonly number[]): boolean {
  let step = 1
  for (let i = shape.length - 1; i >= 0; i--) {
    if (shape[i] !== 1 && strides[i] !== step) return false
    step *= shape[i]!
  }
  return true
}
