import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import { ImprintError } from './errors.ts'
import { decodePart } from './frame.ts'
import { LIMITS } from './limits.ts'
import type { PictureHeader } from './protocol.ts'
import type { Raster } from './raster.ts'

const CHANNELS = { rgb8: 3, rgba8: 4 } as const

/** A hash that knows the shape too, so that two pictures of equal bytes and different shape keep different names. */
function startHash(width: number, height: number, channels: number) {
  const shape = new DataView(new ArrayBuffer(12))
  shape.setUint32(0, width, true)
  shape.setUint32(4, height, true)
  shape.setUint32(8, channels, true)
  return sha256.create().update(new Uint8Array(shape.buffer))
}

/** The name of a picture by its content: lower-case hex SHA-256 over width, height, channels (u32 LE each) and pixels. */
export function hashPicture({ width, height, channels, data }: Raster): string {
  return bytesToHex(startHash(width, height, channels).update(data).digest())
}

/** What is said of a picture before its parts follow as `stream`. */
export function describePicture(raster: Raster, stream: number, hash = hashPicture(raster)): PictureHeader {
  return {
    stream,
    sha256: hash,
    bytes: raster.data.length,
    format: raster.channels === 3 ? 'rgb8' : 'rgba8',
    width: raster.width,
    height: raster.height,
  }
}

interface Arrival {
  readonly header: PictureHeader
  readonly raster: Raster
  readonly hash: ReturnType<typeof startHash>
  received: number
  parts: number
}

/** A picture that came in whole and as announced. */
export interface ReceivedPicture {
  readonly header: PictureHeader
  readonly raster: Raster
}

/** Puts announced pictures together from their parts; everything that is not as announced is an ImprintError. */
export class PictureReceiver {
  readonly #arrivals = new Map<number, Arrival>()

  /** Makes room for a picture; throws `too-large`, `picture-invalid` or `message-invalid`. */
  announce(header: PictureHeader): void {
    const { stream, width, height, bytes } = header
    const channels = CHANNELS[header.format]
    if (bytes > LIMITS.picture) {
      throw new ImprintError('too-large', `A picture of ${bytes} bytes is over the ${LIMITS.picture} allowed.`)
    }
    if (bytes !== width * height * channels) {
      throw new ImprintError(
        'picture-invalid',
        `A ${header.format} picture of ${width} x ${height} has ${width * height * channels} bytes, not the ${bytes} announced.`,
      )
    }
    if (this.#arrivals.has(stream)) {
      throw new ImprintError('message-invalid', `Stream ${stream} already carries a picture that is not complete.`)
    }
    if (this.#arrivals.size >= LIMITS.streams) {
      throw new ImprintError('too-large', `More than ${LIMITS.streams} pictures are on their way at the same time.`)
    }
    const raster = { width, height, channels, data: new Uint8Array(bytes) }
    this.#arrivals.set(stream, { header, raster, hash: startHash(width, height, channels), received: 0, parts: 0 })
  }

  /** Takes one binary message; returns the picture it completes. Throws `message-invalid` or `picture-invalid`. */
  take(message: Uint8Array): ReceivedPicture | undefined {
    const { stream, index, payload } = decodePart(message)
    const arrival = this.#arrivals.get(stream)
    if (!arrival) {
      throw new ImprintError('message-invalid', `A binary part names stream ${stream}, which no picture announced.`)
    }
    const { header, raster, hash } = arrival
    if (index !== arrival.parts) {
      throw new ImprintError(
        'message-invalid',
        `Part ${index} of stream ${stream} came where part ${arrival.parts} was due.`,
      )
    }
    if (arrival.received + payload.length > header.bytes) {
      throw new ImprintError(
        'message-invalid',
        `Stream ${stream} carries more than the ${header.bytes} bytes announced.`,
      )
    }
    raster.data.set(payload, arrival.received)
    hash.update(payload)
    arrival.received += payload.length
    arrival.parts++
    if (arrival.received < header.bytes) return undefined

    this.#arrivals.delete(stream)
    if (bytesToHex(hash.digest()) !== header.sha256) {
      throw new ImprintError('picture-invalid', `The picture on stream ${stream} does not have the SHA-256 announced.`)
    }
    return { header, raster }
  }
}
