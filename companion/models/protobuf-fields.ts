import { readSync } from 'node:fs'

/** A file that is being looked into, and how many fields may still be met in it: a hostile one has millions. */
export interface ProtobufFile {
  readonly descriptor: number
  fieldsLeft: number
}

/** A stretch of a file that is one protobuf message. */
export interface Stretch {
  readonly file: ProtobufFile
  readonly start: number
  readonly end: number
}

/** A field of a message: its number, and either its whole number or the stretch its bytes take. */
export interface ProtobufField {
  readonly field: number
  readonly value: number
  readonly body: Stretch
}

/** Longest a variable-length number may be, in bytes. */
const MAX_VARINT = 10

/**
 * The fields of a message one after the other; what nobody looks into is passed over unread, however large.
 * Throws where the bytes are no message, or where the file has more fields than it may.
 */
export function* protobufFields({ file, start, end }: Stretch): Generator<ProtobufField> {
  let at = start
  while (at < end) {
    if (file.fieldsLeft-- === 0) throw new Error('it has too many fields')
    const head = bytesAt(file, at, Math.min(end, at + 2 * MAX_VARINT))
    const tag = varint(head, 0)
    const [field, wire] = [Math.floor(tag.value / 8), tag.value % 8]
    const inner = at + tag.length
    if (field === 0) throw new Error(`no field at byte ${at}`)
    const { value, from, to } = extent(wire, head, tag.length, inner)
    if (to > end) throw new Error(`a field at byte ${at} reaches beyond its message`)
    yield { field, value, body: { file, start: from, end: to } }
    at = to
  }
}

function extent(wire: number, head: Buffer, offset: number, at: number): { value: number; from: number; to: number } {
  if (wire === 1) return { value: 0, from: at, to: at + 8 }
  if (wire === 5) return { value: 0, from: at, to: at + 4 }
  if (wire !== 0 && wire !== 2) throw new Error(`a field of unknown kind ${wire} at byte ${at}`)
  const { value, length } = varint(head, offset)
  const from = wire === 0 ? at : at + length
  return { value, from, to: wire === 0 ? at + length : from + value }
}

function varint(bytes: Buffer, offset: number): { value: number; length: number } {
  let value = 0
  for (let i = 0; i < MAX_VARINT; i++) {
    const byte = bytes[offset + i]
    if (byte === undefined) break
    value += (byte & 0x7f) * 2 ** (7 * i)
    if (byte < 0x80) return { value, length: i + 1 }
  }
  throw new Error('a number does not end')
}

function bytesAt({ descriptor }: ProtobufFile, start: number, end: number): Buffer {
  const bytes = Buffer.alloc(end - start)
  return bytes.subarray(0, readSync(descriptor, bytes, 0, bytes.length, start))
}

/** Longest name anybody gives a tensor or an operator, in bytes. */
const MAX_NAME = 1024

/** The text a field holds. Throws where it is too long to be a name. */
export function textOf({ file, start, end }: Stretch): string {
  if (end - start > MAX_NAME) throw new Error(`a name of ${end - start} bytes`)
  return bytesAt(file, start, end).toString('utf8')
}
