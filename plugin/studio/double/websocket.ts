import { denial, type Domains, isAllowed } from './allow-list.ts'

/** The events of a platform's socket that UXP's socket passes on. */
export interface SocketEvent {
  readonly data?: unknown
  readonly code?: number
  readonly reason?: string
  readonly wasClean?: boolean
}

/** What the double needs of a platform's WebSocket (the browser's, or the `ws` package's). */
export interface PlatformSocket {
  binaryType: string
  readonly readyState: number
  readonly bufferedAmount: number
  readonly protocol: string
  send(data: string | ArrayBuffer | ArrayBufferView): void
  close(code?: number, reason?: string): void
  addEventListener(type: 'open' | 'message' | 'close' | 'error', heard: (event: SocketEvent) => void): void
}

export type PlatformSocketClass = new (url: string, protocols?: string | string[]) => PlatformSocket

type SocketEventName = 'open' | 'message' | 'close' | 'error'
type Listener = (event: SocketEvent & { readonly type: string }) => void

/** When the double lets the panel hear from its sockets, and what it lets through. */
export interface SocketRules {
  readonly domains: Domains
  readonly numericLoopbackRefused: () => boolean
  /** A send that would leave more than this unsent closes the socket, as a full buffer does in UXP. */
  readonly bufferCapBytes: number
  /** While set, Photoshop holds the script thread: events wait for it. */
  readonly held: () => Promise<void> | null
}

/** UXP's WebSocket over a platform's: the manifest decides what can be reached, errors tell nothing. */
export function createWebSocketClass(Platform: PlatformSocketClass, rules: SocketRules) {
  return class UxpWebSocket {
    static readonly CONNECTING = 0
    static readonly OPEN = 1
    static readonly CLOSING = 2
    static readonly CLOSED = 3
    readonly CONNECTING = 0
    readonly OPEN = 1
    readonly CLOSING = 2
    readonly CLOSED = 3
    onopen: Listener | null = null
    onmessage: Listener | null = null
    onclose: Listener | null = null
    onerror: Listener | null = null
    readonly url: string
    readonly #socket: PlatformSocket
    readonly #listeners: { readonly type: string; readonly heard: Listener }[] = []
    #delivered: Promise<void> = Promise.resolve()
    #waiting = false

    constructor(url: string, protocols?: string | string[]) {
      if (!URL.canParse(url) || !/^wss?:$/.test(new URL(url).protocol)) throw new Error(`Invalid url: ${url}`)
      if (!isAllowed(new URL(url), rules.domains, rules.numericLoopbackRefused())) throw denial(url)
      this.url = url
      this.#socket = new Platform(url, protocols ?? [])
      this.#socket.binaryType = typeof Blob === 'undefined' ? 'arraybuffer' : 'blob'
      this.#socket.addEventListener('open', () => this.#deliver('open', {}))
      this.#socket.addEventListener('message', ({ data }) => this.#deliver('message', { data }))
      this.#socket.addEventListener('error', () => this.#deliver('error', {}))
      this.#socket.addEventListener('close', ({ code = 1006, reason = '', wasClean = false }) =>
        this.#deliver('close', { code, reason, wasClean }),
      )
    }

    get readyState(): number {
      return this.#socket.readyState
    }

    get bufferedAmount(): number {
      return this.#socket.bufferedAmount
    }

    get protocol(): string {
      return this.#socket.protocol
    }

    get binaryType(): string {
      return this.#socket.binaryType
    }

    set binaryType(type: string) {
      this.#socket.binaryType = type
    }

    send(data: string | ArrayBuffer | ArrayBufferView): void {
      if (typeof data !== 'string' && !(data instanceof ArrayBuffer) && !ArrayBuffer.isView(data))
        throw new TypeError('send takes a string, an ArrayBuffer or a view of one.')
      const size = typeof data === 'string' ? data.length : data.byteLength
      if (this.#socket.bufferedAmount + size > rules.bufferCapBytes) this.#socket.close()
      else this.#socket.send(data)
    }

    close(code = 1000, reason = ''): void {
      if (code !== 1000 && (code < 3000 || code > 4999)) throw new Error(`Invalid close code: ${code}`)
      this.#socket.close(code, reason)
    }

    addEventListener(type: SocketEventName, heard: Listener): void {
      this.#listeners.push({ type, heard })
    }

    removeEventListener(type: SocketEventName, heard: Listener): void {
      const at = this.#listeners.findIndex((known) => known.type === type && known.heard === heard)
      if (at >= 0) this.#listeners.splice(at, 1)
    }

    #deliver(type: SocketEventName, event: SocketEvent): void {
      const call = () => {
        const told = { ...event, type, target: this }
        this[`on${type}`]?.(told)
        for (const { type: wanted, heard } of [...this.#listeners]) if (wanted === type) heard(told)
      }
      if (rules.held() === null && !this.#waiting) return call()
      this.#waiting = true
      this.#delivered = this.#delivered
        .then(() => rules.held())
        .then(() => {
          call()
          this.#waiting = rules.held() !== null
        })
    }
  }
}
