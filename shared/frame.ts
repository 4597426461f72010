import { ImprintError } from './errors.ts'
import { LIMITS } from './limits.ts'

/** One binary message: u32 LE stream, u32 LE index within the stream, then 1 byte to 1 MiB of the picture. */
export interface Part {
  readonly stream: number
  readonly index: number
  readonly payload: Uint8Array
}

export const PART_HEADER_BYTES = 8

/** A part as the bytes of one binary message. */
function encodePart({ stream, index, payload }: Part): Uint8Array<ArrayBuffer> {
  const message = new Uint8Array(PART_HEADER_BYTES + payload.length)
  const header = new DataView(message.buffer)
  header.setUint32(0, stream, true)
  header.setUint32(4, index, true)
  message.set(payload, PART_HEADER_BYTES)
  return message
}

/** The part in a binary message, its payload a view of it; throws `message-invalid` or `too-large`. */
export function decodePart(message: Uint8Array): Part {
  if (message.length <= PART_HEADER_BYTES) {
    throw new ImprintError(
      'message-invalid',
      `A binary message of ${message.length} bytes holds no pixels: it needs ${PART_HEADER_BYTES} bytes of header and at least one more.`,
    )
  }
  const payload = message.subarray(PART_HEADER_BYTES)
  if (payload.length > LIMITS.part) {
    throw new ImprintError('too-large', `A binary part of ${payload.length} bytes is over the ${LIMITS.part} allowed.`)
  }
  const header = new DataView(message.buffer, message.byteOffset, PART_HEADER_BYTES)
  return { stream: header.getUint32(0, true), index: header.getUint32(4, true), payload }
}

/** The binary messages that carry `bytes` as one stream, in order. */
export function* partsOf(stream: number, bytes: Uint8Array): Generator<Uint8Array<ArrayBuffer>, void> {
  for (let index = 0; index * LIMITS.part < bytes.length; index++) {
    const start = index * LIMITS.part
    yield encodePart({ stream, index, payload: bytes.subarray(start, start + LIMITS.part) })
  }
}
