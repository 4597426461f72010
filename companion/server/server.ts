import { createServer, type IncomingMessage, type Server } from 'node:http'
import { freemem, totalmem } from 'node:os'
import type { Duplex } from 'node:stream'
import { WebSocketServer, type WebSocket } from 'ws'
import { PART_HEADER_BYTES } from '../../shared/frame.ts'
import { LIMITS } from '../../shared/limits.ts'
import { CLOSE_CODES, type DeviceReport, type ModelRecord } from '../../shared/protocol.ts'
import type { Engine } from '../engine/engine.ts'
import type { History } from '../history/history.ts'
import { createQueue } from '../jobs/queue.ts'
import { refusal } from './guard.ts'
import { listenOnLoopback } from './loopback.ts'
import { createPairing } from './pairing-number.ts'
import { Session, type CountTokens } from './session.ts'
import type { Settings } from './settings.ts'

export interface ServerOptions {
  readonly engine: Engine
  readonly models: () => Promise<readonly ModelRecord[]>
  readonly countTokens: CountTokens
  /** Where models are looked for, the person's own folder first. */
  readonly folders: () => readonly string[]
  /** What panels may set. */
  readonly settings: Settings
  /** The port on 127.0.0.1 and ::1; 0 takes any free one. */
  readonly port: number
  /** What paired panels say in their hello. */
  readonly token: string
  /** Shows the person the number that lets in the next panel; called again whenever that was used. */
  readonly showNumber?: (number: string) => void
  /** Milliseconds of a clock that only moves forward. */
  readonly now?: () => number
  /** Web pages that may connect, e.g. the studio's `http://127.0.0.1:5000`. */
  readonly allowedOrigins: readonly string[]
  /** The companion's own version, told in the welcome. */
  readonly version: string
  readonly helloMs?: number
  readonly silenceMs?: number
  /** Bytes of pictures kept per panel. */
  readonly pictureBytes?: number
  readonly waitingJobs?: number
  /** Where finished pictures are kept; it stays open when the server closes. */
  readonly history: History
}

export interface RunningServer {
  readonly port: number
  /** Tells every panel where the networks run from now on. */
  tellDevice(report: DeviceReport): void
  /** Ends every connection and its jobs; the engine stays as it is. */
  close(): Promise<void>
}

/** Serves panels on the loopback addresses; throws `usage-invalid` when the port is taken. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { engine, models, countTokens, token, allowedOrigins, version, history } = options
  const queue = createQueue(engine, { waiting: options.waitingJobs ?? LIMITS.waitingJobs })
  const pairing = createPairing(token, {
    show: options.showNumber ?? (() => undefined),
    now: options.now ?? (() => performance.now()),
  })
  const sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: LIMITS.part + PART_HEADER_BYTES,
  })

  const sessions = new Set<Session>()

  const welcome = (socket: WebSocket): void => {
    const session = new Session(socket, {
      queue,
      models,
      countTokens,
      device: () => engine.device(),
      pairing,
      about: () => ({
        folders: [...options.folders()],
        memory: { free: freemem(), total: totalmem() },
        space: history.space(),
        settings: options.settings.now(),
      }),
      settings: options.settings,
      version,
      history,
      helloMs: options.helloMs ?? 5000,
      silenceMs: options.silenceMs ?? 60_000,
      pictureBytes: options.pictureBytes ?? LIMITS.pictures,
    })
    sessions.add(session)
    socket.once('close', () => sessions.delete(session))
  }

  const upgrade = (request: IncomingMessage, stream: Duplex, head: Buffer): void => {
    if (sockets.clients.size >= LIMITS.connections) {
      stream.on('error', () => stream.destroy())
      stream.end('HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\n\r\n')
      return
    }
    const reason = refusal(request.headers, request.socket.localPort, allowedOrigins)
    sockets.handleUpgrade(request, stream, head, (socket) => {
      if (reason === undefined) welcome(socket)
      else turnAway(socket, reason)
    })
  }

  const { port, servers } = await listenOnLoopback(options.port, () =>
    createServer((_, response) => {
      response.writeHead(426, { 'Content-Type': 'text/plain', Upgrade: 'websocket' })
      response.end('This is the Imprint companion; it speaks WebSocket only.\n')
    }).on('upgrade', upgrade),
  )

  const close = async (): Promise<void> => {
    for (const socket of sockets.clients) {
      socket.close(1001, 'the companion stops')
      // A panel that does not answer the close must not hold the companion back.
      setTimeout(() => socket.terminate(), 500).unref()
    }
    await Promise.all(servers.map(stop))
  }

  return {
    port,
    close,
    tellDevice(report) {
      for (const session of sessions) session.tellDevice(report)
    },
  }
}

/** Tells a foreign client why it is closed. The connection is opened for this alone: nothing it sends is looked at. */
function turnAway(socket: WebSocket, message: string): void {
  socket.on('error', () => undefined)
  socket.send(JSON.stringify({ type: 'error', code: 'foreign', message }))
  socket.close(CLOSE_CODES.foreign, 'foreign')
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
