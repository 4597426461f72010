import { readExactly } from './read-exactly.ts'
import type { Refusals } from './refusals.ts'

/** One file inside a zip archive. */
export interface ZipEntry {
  readonly name: string
  /** Position of its first byte in the archive, and the number of bytes. */
  readonly offset: number
  readonly bytes: number
}

/** An archive on disk that is being read. */
export interface ZipSource extends Refusals {
  readonly descriptor: number
  readonly size: number
}

const END = { signature: 0x06054b50, bytes: 22, maxComment: 0xffff }
const END64 = { signature: 0x06064b50, bytes: 56, locatorSignature: 0x07064b50, locatorBytes: 20 }
const CENTRAL = { signature: 0x02014b50, bytes: 46 }
const LOCAL = { signature: 0x04034b50, bytes: 30 }
const ZIP64_EXTRA = 1
const ENCRYPTED = 1
/** The value that says "see the zip64 field instead". */
const SEE_ZIP64 = 0xffffffff

/** Limits on a directory nobody has checked yet; a whole SDXL checkpoint needs 2,500 entries in 300 kB. */
const MAX_ENTRIES = 100_000
const MAX_DIRECTORY_BYTES = 64 * 2 ** 20

/** All files of an archive whose files lie in it uncompressed, so that they can be used where they are. */
export function readZip(source: ZipSource): ReadonlyMap<string, ZipEntry> {
  const { offset, bytes, count } = findDirectory(source)
  const directory = read(source, offset, bytes)
  const entries = new Map<string, ZipEntry>()
  let at = 0
  for (let i = 0; i < count; i++) {
    const { entry, next } = readEntry(source, directory, at)
    if (entries.has(entry.name)) throw source.damaged(`its archive holds "${entry.name}" twice`)
    entries.set(entry.name, entry)
    at = next
  }
  return entries
}

function read({ descriptor, size, damaged }: ZipSource, offset: number, bytes: number): Buffer {
  if (offset < 0 || offset + bytes > size) throw damaged(`its archive points at byte ${offset + bytes} of ${size}`)
  return readExactly(descriptor, offset, bytes, () => damaged('its archive is cut short'))
}

function findDirectory(source: ZipSource): { offset: number; bytes: number; count: number } {
  const tailBytes = Math.min(source.size, END.bytes + END.maxComment)
  const tail = read(source, source.size - tailBytes, tailBytes)
  let at = tail.length - END.bytes
  while (at >= 0 && tail.readUInt32LE(at) !== END.signature) at--
  if (at < 0) throw source.damaged('its archive has no directory at its end; it may be cut short')
  const place = directory64(source, source.size - tailBytes + at) ?? {
    count: tail.readUInt16LE(at + 10),
    bytes: tail.readUInt32LE(at + 12),
    offset: tail.readUInt32LE(at + 16),
  }
  if (place.count > MAX_ENTRIES || place.bytes > MAX_DIRECTORY_BYTES)
    throw source.damaged(`its archive claims ${place.count} files listed in ${place.bytes} bytes`)
  return place
}

/** The directory's place in archives larger than 4 GB, which some writers note in smaller ones as well. */
function directory64(source: ZipSource, end: number): { offset: number; bytes: number; count: number } | undefined {
  if (end < END64.locatorBytes) return undefined
  const locator = read(source, end - END64.locatorBytes, END64.locatorBytes)
  if (locator.readUInt32LE(0) !== END64.locatorSignature) return undefined
  const record = read(source, Number(locator.readBigUInt64LE(8)), END64.bytes)
  if (record.readUInt32LE(0) !== END64.signature) throw source.damaged('its archive has a broken zip64 directory')
  const field = (at: number) => Number(record.readBigUInt64LE(at))
  return { count: field(32), bytes: field(40), offset: field(48) }
}

function readEntry(source: ZipSource, directory: Buffer, at: number): { entry: ZipEntry; next: number } {
  if (at + CENTRAL.bytes > directory.length || directory.readUInt32LE(at) !== CENTRAL.signature)
    throw source.damaged('its archive has a broken directory')
  const flags = directory.readUInt16LE(at + 8)
  const method = directory.readUInt16LE(at + 10)
  const nameBytes = directory.readUInt16LE(at + 28)
  const extraBytes = directory.readUInt16LE(at + 30)
  const next = at + CENTRAL.bytes + nameBytes + extraBytes + directory.readUInt16LE(at + 32)
  if (next > directory.length) throw source.damaged('its archive has a broken directory')
  const nameEnd = at + CENTRAL.bytes + nameBytes
  const name = directory.toString('utf8', at + CENTRAL.bytes, nameEnd)
  if (method !== 0) throw source.refuse(`its archive stores "${name}" compressed`)
  if (flags & ENCRYPTED) throw source.refuse(`its archive stores "${name}" encrypted`)
  const { bytes, header } = sizes(directory, at, directory.subarray(nameEnd, nameEnd + extraBytes))
  const local = read(source, header, LOCAL.bytes)
  if (local.readUInt32LE(0) !== LOCAL.signature) throw source.damaged(`its archive has no "${name}" where it says`)
  const offset = header + LOCAL.bytes + local.readUInt16LE(26) + local.readUInt16LE(28)
  if (offset + bytes > source.size) throw source.damaged(`its archive ends before "${name}" does`)
  return { entry: { name, offset, bytes }, next }
}

/** Size and place of an entry; the zip64 field holds, in this order, those that do not fit the fields of old. */
function sizes(directory: Buffer, at: number, extra: Buffer): { bytes: number; header: number } {
  const stored = directory.readUInt32LE(at + 20)
  const unpacked = directory.readUInt32LE(at + 24)
  const header = directory.readUInt32LE(at + 42)
  const wide = zip64Numbers(extra)
  const take = (value: number): number => (value === SEE_ZIP64 ? (wide.shift() ?? value) : value)
  const bytes = take(unpacked)
  take(stored)
  return { bytes, header: take(header) }
}

function zip64Numbers(extra: Buffer): number[] {
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) !== ZIP64_EXTRA) continue
    const field = extra.subarray(at + 4, at + 4 + extra.readUInt16LE(at + 2))
    return Array.from({ length: Math.floor(field.length / 8) }, (_, i) => Number(field.readBigUInt64LE(8 * i)))
  }
  return []
}
