import { WebSocket, type ClientOptions } from 'ws'
import { PROTOCOL_VERSION, serverMessageSchema, type ServerMessage } from '../../shared/protocol.ts'
import { describePicture } from '../../shared/picture-stream.ts'
import { TOKEN, plain, within } from './wire.ts'

export const HELLO = {
  type: 'hello',
  protocol: PROTOCOL_VERSION,
  token: TOKEN,
  client: { name: 'raw', version: '0.0.0' },
}

/** A small picture and what announces it on stream 0. */
export const PICTURE = plain(4, 2, [1, 2, 3])
export const ANNOUNCED = describePicture(PICTURE, 0)

/** The bytes of a binary message, written without the code under test. */
export function part(stream: number, index: number, payload: Uint8Array): Buffer {
  const header = Buffer.alloc(8)
  header.writeUInt32LE(stream, 0)
  header.writeUInt32LE(index, 4)
  return Buffer.concat([header, payload])
}

export interface Farewell {
  readonly code: number
  /** The error the companion sent before it closed. */
  readonly error: Extract<ServerMessage, { type: 'error' }> | undefined
}

/** A client that sends whatever it is told to, valid or not. */
export interface RawPanel {
  readonly socket: WebSocket
  /** Sends text and bytes as they are, anything else as JSON. */
  send(...messages: readonly unknown[]): void
  /** The next message of this type that was not asked for before. */
  next<T extends ServerMessage['type']>(type: T): Promise<Extract<ServerMessage, { type: T }>>
  /** How the companion closed the connection. */
  closed(): Promise<Farewell>
  /** Every message so far. */
  readonly heard: readonly ServerMessage[]
}

/** Opens a raw panel; it has said nothing yet. */
export async function openRaw(port: number, options: ClientOptions = {}): Promise<RawPanel> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}`, options)
  const heard: ServerMessage[] = []
  const unread: ServerMessage[] = []
  let wake = (): void => undefined
  socket.on('message', (data, isBinary) => {
    if (isBinary) return
    const message = serverMessageSchema.parse(JSON.parse((data as Buffer).toString()))
    heard.push(message)
    unread.push(message)
    wake()
  })
  const closed = new Promise<Farewell>((resolve) =>
    socket.on('close', (code) => {
      wake()
      resolve({ code, error: heard.find((message) => message.type === 'error') })
    }),
  )
  await new Promise<void>((resolve, reject) => socket.once('open', resolve).once('error', reject))
  socket.on('error', () => undefined)

  const send = (...messages: readonly unknown[]): void => {
    for (const message of messages) {
      socket.send(typeof message === 'string' || message instanceof Uint8Array ? message : JSON.stringify(message))
    }
  }
  const next = async <T extends ServerMessage['type']>(type: T): Promise<Extract<ServerMessage, { type: T }>> => {
    for (;;) {
      const place = unread.findIndex((message) => message.type === type)
      if (place >= 0) return unread.splice(place, 1)[0] as Extract<ServerMessage, { type: T }>
      if (socket.readyState === WebSocket.CLOSED) {
        throw new Error(`The connection closed while waiting for "${type}"; heard ${JSON.stringify(heard)}`)
      }
      await within(`The message "${type}"`, new Promise<void>((resolve) => (wake = resolve)))
    }
  }
  return { socket, send, next, heard, closed: () => within('The close', closed) }
}

/** Opens a raw panel and pairs it. */
export async function openPaired(port: number): Promise<RawPanel> {
  const panel = await openRaw(port)
  panel.send(HELLO)
  await panel.next('welcome')
  return panel
}
