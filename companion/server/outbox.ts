import type { WebSocket } from 'ws'
import { LIMITS } from '../../shared/limits.ts'
import { partsOf } from '../../shared/frame.ts'
import { describePicture } from '../../shared/picture-stream.ts'
import type { PictureHeader, ServerMessage } from '../../shared/protocol.ts'
import type { Raster } from '../../shared/raster.ts'

/** Sends to one panel without piling up memory: one picture at a time, one part of it in the socket's buffer at a time. */
export class Outbox {
  readonly #socket: WebSocket
  #pictures = Promise.resolve()
  #underWay = 0
  #stream = 0

  constructor(socket: WebSocket) {
    this.#socket = socket
  }

  send(message: ServerMessage): void {
    this.#socket.send(JSON.stringify(message))
  }

  /** Sends a message and the picture it announces, after those asked for before; resolves when it is in the socket. */
  sendPicture(raster: Raster, announce: (picture: PictureHeader) => ServerMessage): Promise<void> {
    this.#underWay++
    const sent = this.#pictures.then(async () => {
      try {
        const header = describePicture(raster, this.#stream++ % 2 ** 32)
        this.send(announce(header))
        for (const part of partsOf(header.stream, raster.data)) if (!(await this.#flushed(part))) break
      } finally {
        this.#underWay--
      }
    })
    // One that cannot be announced must not keep back those after it.
    this.#pictures = sent.catch(() => undefined)
    return sent
  }

  /** Sends it if the panel keeps up, drops it otherwise: a late preview is worth nothing. */
  sendPreview(raster: Raster, announce: (picture: PictureHeader) => ServerMessage): void {
    if (this.#underWay > 0 || this.#socket.bufferedAmount > LIMITS.part) return
    void this.sendPicture(raster, announce).catch(() => undefined)
  }

  #flushed(part: Uint8Array): Promise<boolean> {
    return new Promise((resolve) => this.#socket.send(part, (error) => resolve(!error)))
  }
}
