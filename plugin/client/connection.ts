/** How a connection ended, or that it never came to be. */
export interface Ending {
  /** The close code of the last address tried; 1006 when nobody answered. */
  readonly code: number
  /** Whether the socket had opened. */
  readonly opened: boolean
}

/** What can be sent on one socket; once that has ended, nothing arrives any more. */
export interface Link {
  readonly send: (text: string) => void
  /** Sends binary messages, waiting while the socket is full; false when it ended on the way. */
  readonly sendAll: (messages: Iterable<Uint8Array<ArrayBuffer>>) => Promise<boolean>
}

export interface ConnectionHandlers {
  readonly opened: (link: Link) => void
  readonly text: (text: string) => void
  readonly binary: (bytes: Uint8Array) => void
  /** Called once for every attempt; the answer says whether to try again after a longer pause each time, or always after the same. */
  readonly ended: (ending: Ending) => 'retry' | 'watch'
  /** Called at every beat while open: the time to ping. */
  readonly beat: () => void
}

export interface ConnectionOptions {
  readonly WebSocket: typeof globalThis.WebSocket
  /** Tried in this order, each attempt. */
  readonly addresses: readonly string[]
  /** Pauses before the second, third, … attempt; the last one repeats. */
  readonly retryMs: readonly number[]
  readonly beatMs: number
  /** How long an address may take until `settle`. */
  readonly openMs: number
  /** The pause before an attempt that is to `watch`. */
  readonly watchMs: number
}

const OPEN = 1
const SILENT_BEATS = 3
const FULL = 1024 * 1024
const DRAIN_MS = 5

/** One socket to the companion at a time, opened again with growing pauses after it ends. */
export class Connection {
  readonly #options: ConnectionOptions
  readonly #handlers: ConnectionHandlers
  #socket: WebSocket | undefined
  /** Of the next attempt or, while open, of the next beat. */
  #timer: ReturnType<typeof setTimeout> | undefined
  #giveUp: ReturnType<typeof setTimeout> | undefined
  #failures = 0
  #silent = 0

  constructor(options: ConnectionOptions, handlers: ConnectionHandlers) {
    this.#options = options
    this.#handlers = handlers
  }

  /** Starts an attempt now, unless one is under way or open already. */
  connect(): void {
    if (this.#socket) return
    clearTimeout(this.#timer)
    this.#try(0)
  }

  /** Counts the connection as good: it may stay, and the pauses start small again. */
  settle(): void {
    clearTimeout(this.#giveUp)
    this.#failures = 0
  }

  /** Closes the open socket, which then ends like any other; `code` is 1000 or 3000 to 4999. */
  drop(code: number): void {
    this.#socket?.close(code)
  }

  /** Closes for good: no handler is called any more. */
  close(): void {
    this.#clearTimers()
    const socket = this.#socket
    this.#socket = undefined
    if (!socket) return
    release(socket)
    socket.close(1000)
  }

  #try(index: number): void {
    const address = this.#options.addresses[index]
    if (address === undefined) return this.#ended({ code: 1006, opened: false })
    let socket: WebSocket
    try {
      socket = new this.#options.WebSocket(address)
    } catch {
      // Photoshop throws for an address that the manifest does not allow.
      return this.#try(index + 1)
    }
    this.#socket = socket
    socket.binaryType = 'arraybuffer'
    let opened = false
    this.#giveUp = setTimeout(() => socket.close(), this.#options.openMs)
    socket.onopen = () => {
      opened = true
      this.#silent = 0
      this.#beat()
      this.#handlers.opened(linkTo(socket))
    }
    socket.onmessage = ({ data }: MessageEvent<unknown>) => {
      this.#silent = 0
      if (typeof data === 'string') this.#handlers.text(data)
      else this.#handlers.binary(new Uint8Array(data as ArrayBuffer))
    }
    // An error says nothing, and a close always follows it.
    socket.onerror = () => undefined
    socket.onclose = ({ code }) => {
      this.#clearTimers()
      release(socket)
      this.#socket = undefined
      if (opened) this.#ended({ code, opened })
      else this.#try(index + 1)
    }
  }

  #ended(ending: Ending): void {
    const { retryMs, watchMs } = this.#options
    if (this.#handlers.ended(ending) === 'watch') {
      this.#timer = setTimeout(() => this.connect(), watchMs)
      return
    }
    const pause = retryMs[Math.min(this.#failures, retryMs.length - 1)]
    this.#failures++
    this.#timer = setTimeout(() => this.connect(), pause)
  }

  #clearTimers(): void {
    clearTimeout(this.#timer)
    clearTimeout(this.#giveUp)
  }

  #beat(): void {
    this.#timer = setTimeout(() => {
      // Photoshop may have stopped us for longer than a beat, so that a single silent one means nothing.
      if (++this.#silent > SILENT_BEATS) return this.drop(4408)
      this.#handlers.beat()
      this.#beat()
    }, this.#options.beatMs)
  }
}

function release(socket: WebSocket): void {
  socket.onopen = socket.onmessage = socket.onclose = null
}

function linkTo(socket: WebSocket): Link {
  return {
    send: (text) => {
      if (socket.readyState === OPEN) socket.send(text)
    },
    sendAll: async (messages) => {
      for (const message of messages) {
        // A socket that is sent too much at once is closed by the host, and there is no event to wait for.
        // One that has ended stays as full as it was.
        while (socket.readyState === OPEN && socket.bufferedAmount > FULL)
          await new Promise((resolve) => setTimeout(resolve, DRAIN_MS))
        if (socket.readyState !== OPEN) return false
        socket.send(message)
      }
      return true
    },
  }
}
