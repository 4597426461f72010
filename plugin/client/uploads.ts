import { partsOf } from '../../shared/frame.ts'
import { describePicture } from '../../shared/picture-stream.ts'
import type { ClientMessage } from '../../shared/protocol.ts'
import type { Raster } from '../../shared/raster.ts'
import type { Link } from './connection.ts'

/** The pictures one connection has sent: each goes over the wire once. */
export class Uploads {
  readonly #link: Link
  readonly #sent = new Map<string, Promise<boolean>>()
  #last = Promise.resolve(true)
  #stream = 0

  constructor(link: Link) {
    this.#link = link
  }

  /** Sees to it that the companion has the picture; false when the connection ended on the way. */
  send(hash: string, raster: Raster): Promise<boolean> {
    const earlier = this.#sent.get(hash)
    if (earlier) return earlier
    this.#last = this.#last.then(() => {
      const header = describePicture(raster, this.#stream++, hash)
      const message: ClientMessage = { type: 'picture', picture: header }
      this.#link.send(JSON.stringify(message))
      return this.#link.sendAll(partsOf(header.stream, raster.data))
    })
    this.#sent.set(hash, this.#last)
    return this.#last
  }

  /** The companion no longer has this one. */
  forget(hash: string): void {
    this.#sent.delete(hash)
  }
}
