import { closeSync, fstatSync, openSync, realpathSync } from 'node:fs'
import * as z from 'zod'
import { ImprintError } from '../../shared/errors.ts'
import { called } from './called.ts'
import { BYTES_PER_ELEMENT, isWeightDType, type WeightDType } from './dtype.ts'
import { readExactly } from './read-exactly.ts'

/** One tensor where it lies on disk: nothing is read until somebody needs the bytes. */
export interface StoredTensor {
  readonly name: string
  readonly dtype: WeightDType
  readonly shape: readonly number[]
  /** Absolute path of the file, links resolved. */
  readonly file: string
  /** Position of the first byte in the file, and the number of bytes. */
  readonly offset: number
  readonly bytes: number
  /** The bytes hold the transpose of the matrix that `shape` describes. */
  readonly transposed?: true
}

/** The header of a weights file. */
export interface WeightFile {
  readonly path: string
  readonly tensors: ReadonlyMap<string, StoredTensor>
  readonly metadata: Readonly<Record<string, string>>
}

/** Limits on a header nobody has checked yet; SDXL's whole checkpoint needs 300 kB and 2,500 tensors. */
const MAX_HEADER_BYTES = 64 * 2 ** 20
const MAX_RANK = 8

const entrySchema = z.strictObject({
  dtype: z.string(),
  shape: z.array(z.number().int().nonnegative()).max(MAX_RANK),
  data_offsets: z.tuple([z.number().int().nonnegative(), z.number().int().nonnegative()]),
})

const invalid = (path: string, what: string): ImprintError =>
  new ImprintError('model-invalid', `The weights file ${called(path)} is damaged: ${what}. Download it again.`)

/**
 * Reads and checks the header of a safetensors file; the weights stay on disk.
 * Throws `model-invalid` naming the file and the tensor for a header that is cut short, is not JSON, repeats a name,
 * has an unknown dtype, or places a tensor outside the file or over another one.
 */
export function openSafetensors(path: string): WeightFile {
  const file = realpathSync(path)
  const descriptor = openSync(file, 'r')
  try {
    const size = fstatSync(descriptor).size
    const header = readHeader(descriptor, size, path)
    const dataStart = 8 + header.length
    return { path: file, ...parseHeader(header.toString('utf8'), { path, file, dataStart, size }) }
  } finally {
    closeSync(descriptor)
  }
}

function readHeader(descriptor: number, size: number, path: string): Buffer {
  const short = () => invalid(path, `it has only ${size} bytes`)
  const headerBytes = Number(readExactly(descriptor, 0, 8, short).readBigUInt64LE())
  if (headerBytes > MAX_HEADER_BYTES || 8 + headerBytes > size) {
    throw invalid(path, `its header claims ${headerBytes} bytes of ${size} in the file`)
  }
  return readExactly(descriptor, 8, headerBytes, short)
}

function parseHeader(
  header: string,
  at: { path: string; file: string; dataStart: number; size: number },
): Pick<WeightFile, 'tensors' | 'metadata'> {
  let json: unknown
  try {
    json = JSON.parse(header)
  } catch (cause) {
    throw new ImprintError('model-invalid', invalid(at.path, 'its header is not JSON').message, { cause })
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw invalid(at.path, 'its header is no object')
  const repeated = firstRepeated(topLevelKeys(header))
  if (repeated !== undefined) throw invalid(at.path, `the tensor "${repeated}" appears twice`)

  const tensors = new Map<string, StoredTensor>()
  let metadata: Record<string, string> = {}
  for (const [name, value] of Object.entries(json)) {
    if (name === '__metadata__') metadata = z.record(z.string(), z.string()).safeParse(value).data ?? {}
    else tensors.set(name, storedTensor(name, value, at))
  }
  refuseOverlaps([...tensors.values()], at.path)
  return { tensors, metadata }
}

function storedTensor(
  name: string,
  value: unknown,
  at: { path: string; file: string; dataStart: number; size: number },
): StoredTensor {
  const entry = entrySchema.safeParse(value)
  if (!entry.success) throw invalid(at.path, `the entry of tensor "${name}" is malformed`)
  const { dtype, shape, data_offsets: offsets } = entry.data
  if (!isWeightDType(dtype)) throw invalid(at.path, `tensor "${name}" has the unknown dtype "${dtype}"`)
  const [begin, end] = offsets
  const bytes = shape.reduce((product, dim) => product * dim, 1) * BYTES_PER_ELEMENT[dtype]
  if (end - begin !== bytes) {
    throw invalid(
      at.path,
      `tensor "${name}" of shape [${shape.join(', ')}] and dtype ${dtype} should take ${bytes} bytes, not ${end - begin}`,
    )
  }
  if (at.dataStart + end > at.size) {
    throw invalid(at.path, `tensor "${name}" ends at byte ${at.dataStart + end}, but the file has only ${at.size}`)
  }
  return { name, dtype, shape, file: at.file, offset: at.dataStart + begin, bytes }
}

function refuseOverlaps(tensors: readonly StoredTensor[], path: string): void {
  const placed = tensors.filter((t) => t.bytes > 0).sort((a, b) => a.offset - b.offset)
  placed.forEach((tensor, i) => {
    const previous = placed[i - 1]
    if (previous && previous.offset + previous.bytes > tensor.offset) {
      throw invalid(path, `tensors "${previous.name}" and "${tensor.name}" overlap`)
    }
  })
}

/** The keys of the outermost object of valid JSON text; JSON.parse would silently keep the last of two equal ones. */
function topLevelKeys(json: string): string[] {
  const keys: string[] = []
  const colon = /\s*:/y
  let depth = 0
  for (let at = 0; at < json.length; at++) {
    const sign = json[at]
    if (sign === '{' || sign === '[') depth++
    if (sign === '}' || sign === ']') depth--
    if (sign !== '"') continue
    const end = endOfString(json, at)
    colon.lastIndex = end
    if (depth === 1 && colon.test(json)) keys.push(JSON.parse(json.slice(at, end)) as string)
    at = end - 1
  }
  return keys
}

/** Behind the quote that closes the string beginning at `from`; a pattern would fail on one of megabytes. */
function endOfString(json: string, from: number): number {
  let at = from + 1
  while (json[at] !== '"') at += json[at] === '\\' ? 2 : 1
  return at + 1
}

function firstRepeated(names: readonly string[]): string | undefined {
  const seen = new Set<string>()
  return names.find((name) => seen.size === seen.add(name).size)
}
