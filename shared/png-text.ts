import { utf8Bytes, utf8Text } from './utf8.ts'

/** Texts inside PNG files (PNG specification, 11.3.3 "Textual information"), by their keywords. */

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)
/** Length, type and checksum of a chunk. */
const FRAME = 12

/** Bytes of a text that is read: more than any recipe has, and a message to the companion takes it. */
const LONGEST = 256 * 1024

/** The PNG with these texts behind its header; throws RangeError for bytes that are no PNG. */
export function withTexts(png: Uint8Array, texts: Readonly<Record<string, string>>): Uint8Array<ArrayBuffer> {
  const [header] = chunks(png)
  if (header?.type !== 'IHDR') throw new RangeError('these bytes are no PNG')
  const added = Object.entries(texts).map(([keyword, text]) => chunk('iTXt', internationalText(keyword, text)))
  const end = SIGNATURE.length + FRAME + header.data.length
  return concatenated([png.subarray(0, end), ...added, png.subarray(end)])
}

/** A PNG of these chunks, in this order. */
export const pngOfChunks = (
  chunksToBe: readonly (readonly [type: string, data: Uint8Array])[],
): Uint8Array<ArrayBuffer> => concatenated([SIGNATURE, ...chunksToBe.map(([type, data]) => chunk(type, data))])

/** The texts that stand uncompressed in a PNG, but for endless ones; none in other bytes, and those before the damage in a damaged one. */
export function textsOf(bytes: Uint8Array): Record<string, string> {
  const texts: Record<string, string> = {}
  for (const { type, data } of chunks(bytes)) {
    if (data.length > LONGEST) continue
    const [keyword, rest] = cut(data)
    if (type === 'tEXt') texts[latin1(keyword)] = latin1(rest)
    // A compression flag and method stand before two more strings.
    if (type === 'iTXt' && rest[0] === 0) texts[latin1(keyword)] = text(cut(cut(rest.subarray(2))[1])[1])
  }
  return texts
}

interface Chunk {
  readonly type: string
  readonly data: Uint8Array
}

function* chunks(bytes: Uint8Array): Generator<Chunk> {
  if (SIGNATURE.some((byte, i) => bytes[i] !== byte)) return
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let at = SIGNATURE.length; at + FRAME <= bytes.length;) {
    const length = view.getUint32(at)
    if (at + FRAME + length > bytes.length) return
    yield { type: latin1(bytes.subarray(at + 4, at + 8)), data: bytes.subarray(at + 8, at + 8 + length) }
    at += FRAME + length
  }
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const made = new Uint8Array(FRAME + data.length)
  const view = new DataView(made.buffer)
  view.setUint32(0, data.length)
  made.set(utf8Bytes(type), 4)
  made.set(data, 8)
  view.setUint32(8 + data.length, crc32(made.subarray(4, 8 + data.length)))
  return made
}

/** Uncompressed, of no language, the keyword not translated. */
const internationalText = (keyword: string, text: string): Uint8Array => utf8Bytes(`${keyword}\0\0\0\0\0${text}`)

/** What stands before the first zero byte, and behind it. */
function cut(data: Uint8Array): readonly [Uint8Array, Uint8Array] {
  const at = data.indexOf(0)
  return at < 0 ? [data, new Uint8Array()] : [data.subarray(0, at), data.subarray(at + 1)]
}

const text = (bytes: Uint8Array): string => utf8Text(bytes) ?? latin1(bytes)
const latin1 = (bytes: Uint8Array): string => Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')

/** The PNG specification's annex D. */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0)
  }
  return ~crc >>> 0
}

function concatenated(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  parts.reduce((at, part) => (whole.set(part, at), at + part.length), 0)
  return whole
}
