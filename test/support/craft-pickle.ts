/** Pickles and archives written byte by byte, so that tests can say exactly what a file holds. */

/** A file in an archive; `method` 8 claims that it is compressed. */
export interface ZipFile {
  readonly name: string
  readonly data: Uint8Array
  readonly method?: number
}

/** An archive of uncompressed files; with `zip64` every size and place is written where large archives have it. */
export function zipBytes(files: readonly ZipFile[], zip64 = false): Buffer {
  const locals: Buffer[] = []
  const directory: Buffer[] = []
  let at = 0
  for (const { name, data, method = 0 } of files) {
    const title = Buffer.from(name)
    // Data begins at a multiple of 64 bytes, as PyTorch has it.
    const padding = (64 - ((at + 30 + title.length) % 64)) % 64
    const local = Buffer.alloc(30 + title.length + padding)
    local.writeUInt32LE(0x04034b50)
    local.writeUInt16LE(method, 8)
    local.writeUInt16LE(title.length, 26)
    local.writeUInt16LE(padding, 28)
    title.copy(local, 30)
    locals.push(local, Buffer.from(data))
    directory.push(centralEntry(title, data.length, at, method, zip64))
    at += local.length + data.length
  }
  const list = Buffer.concat(directory)
  return Buffer.concat([...locals, list, zipEnd(files.length, list.length, at, zip64)])
}

function centralEntry(title: Buffer, size: number, at: number, method: number, zip64: boolean): Buffer {
  const extra = zip64
    ? numbers([0x0018_0001n, 4], [BigInt(size), 8], [BigInt(size), 8], [BigInt(at), 8])
    : Buffer.alloc(0)
  const entry = Buffer.alloc(46)
  entry.writeUInt32LE(0x02014b50)
  entry.writeUInt16LE(method, 10)
  for (const [place, value] of [
    [20, size],
    [24, size],
    [42, at],
  ] as const)
    entry.writeUInt32LE(zip64 ? 0xffffffff : value, place)
  entry.writeUInt16LE(title.length, 28)
  entry.writeUInt16LE(extra.length, 30)
  return Buffer.concat([entry, title, extra])
}

function zipEnd(count: number, bytes: number, at: number, zip64: boolean): Buffer {
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50)
  end.writeUInt16LE(zip64 ? 0xffff : count, 10)
  end.writeUInt32LE(zip64 ? 0xffffffff : bytes, 12)
  end.writeUInt32LE(zip64 ? 0xffffffff : at, 16)
  if (!zip64) return end
  const record = Buffer.alloc(56)
  record.writeUInt32LE(0x06064b50)
  ;[count, bytes, at].forEach((value, i) => record.writeBigUInt64LE(BigInt(value), 32 + 8 * i))
  const locator = Buffer.alloc(20)
  locator.writeUInt32LE(0x07064b50)
  locator.writeBigUInt64LE(BigInt(at + bytes), 8)
  return Buffer.concat([record, locator, end])
}

const numbers = (...fields: [value: bigint, bytes: number][]): Buffer =>
  Buffer.concat(
    fields.map(([value, bytes]) => {
      const field = Buffer.alloc(8)
      field.writeBigUInt64LE(BigInt.asUintN(64, value))
      return field.subarray(0, bytes)
    }),
  )

/** Opcodes one after the other; texts are taken as bytes. */
export const stream = (...parts: readonly (string | number | Uint8Array)[]): Buffer =>
  Buffer.concat(parts.map((part) => (typeof part === 'number' ? Buffer.from([part]) : Buffer.from(part))))

const int = (value: number): Buffer => {
  const bytes = Buffer.alloc(5)
  bytes.write('J')
  bytes.writeInt32LE(value, 1)
  return bytes
}

/** A text in a pickle. */
export const word = (value: string): Buffer => {
  const length = Buffer.alloc(4)
  length.writeUInt32LE(Buffer.byteLength(value))
  return stream('X', length, value)
}

const tuple = (values: readonly number[]): Buffer => stream('(', ...values.map(int), 't')

/** A tensor in a pickle: a view of a storage of that many elements; offset and strides count elements. */
export interface PickledTensor {
  readonly key: string
  readonly format?: string
  readonly elements: number
  readonly offset?: number
  readonly shape: readonly number[]
  readonly strides: readonly number[]
}

/** A tensor as PyTorch pickles it. */
export const tensorStream = ({ key, format = 'FloatStorage', elements, offset = 0, shape, strides }: PickledTensor) =>
  stream(
    'ctorch._utils\n_rebuild_tensor_v2\n((',
    word('storage'),
    `ctorch\n${format}\n`,
    word(key),
    word('cpu'),
    int(elements),
    'tQ',
    int(offset),
    tuple(shape),
    tuple(strides),
    0x89,
    'ccollections\nOrderedDict\n)RtR',
  )

/** A dictionary in a pickle, of values already pickled. */
export const dictStream = (items: Readonly<Record<string, Uint8Array>>): Buffer =>
  stream('}(', ...Object.entries(items).flatMap(([key, value]) => [word(key), value]), 'u')

/** The archive PyTorch makes of a pickled value and its storages. */
export const archive = (
  value: Uint8Array,
  storages: Readonly<Record<string, Uint8Array>> = {},
  more: readonly ZipFile[] = [],
  zip64 = false,
): Buffer =>
  zipBytes(
    [
      { name: 'archive/data.pkl', data: stream(0x80, 2, value, '.') },
      ...more,
      ...Object.entries(storages).map(([key, data]) => ({ name: `archive/data/${key}`, data })),
    ],
    zip64,
  )
