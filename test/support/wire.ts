import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { WebSocket } from 'ws'
import type { CompanionEvent, CompanionStatus } from '../../plugin/client/companion.ts'
import { RemoteCompanion, type RemoteCompanionOptions } from '../../plugin/client/remote-companion.ts'
import { openHistory, type History } from '../../companion/history/history.ts'
import { openSettings } from '../../companion/server/settings.ts'
import { startServer, type RunningServer, type ServerOptions } from '../../companion/server/server.ts'
import type { CompanionSettings } from '../../shared/companion-settings.ts'
import type { Raster } from '../../shared/raster.ts'
import { countAsClip } from './count-as-clip.ts'
import { fakeEngine } from './fake-engine.ts'

export const TOKEN = '0123-4567-89AB-CDEF'

/** A server on a free port with a fake engine, unless told otherwise. */
export function serve(options: Partial<ServerOptions> = {}): Promise<RunningServer> {
  return startServer({
    engine: fakeEngine(),
    models: () => Promise.resolve([{ name: 'fake', role: 'unet', bytes: 1 }]),
    countTokens: countAsClip,
    folders: () => ['/models'],
    settings: temporarySettings(),
    port: 0,
    token: TOKEN,
    allowedOrigins: [],
    version: '0.0.0-test',
    history: temporaryHistory(),
    ...options,
  })
}

const settingsFolder = mkdtempSync(join(tmpdir(), 'imprint-settings-'))
process.once('exit', () => rmSync(settingsFolder, { recursive: true, force: true }))
let settingsFolders = 0

/** Settings in a folder that goes with the process. */
export function temporarySettings(fixed: CompanionSettings = {}) {
  return openSettings(join(settingsFolder, String(settingsFolders++)), fixed, {
    device: 'auto',
    quota: 2 ** 30,
    memory: 2 ** 32,
  })
}

/** A history in a folder that goes with the process. */
export function temporaryHistory(quota = 2 ** 30): History {
  const folder = mkdtempSync(join(tmpdir(), 'imprint-history-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  return openHistory(folder, quota)
}

/** What the counting socket saw its client send. */
export interface Traffic {
  binary: number
  text: string[]
}

/** A WebSocket class that counts what is sent through it, as a page of this origin would open it. */
export function countingSocket(origin?: string): { WebSocket: typeof globalThis.WebSocket; traffic: Traffic } {
  const traffic: Traffic = { binary: 0, text: [] }
  class Counting extends WebSocket {
    constructor(address: string) {
      super(address, origin === undefined ? {} : { origin })
    }
    override send(data: string | Uint8Array): void {
      if (typeof data === 'string') traffic.text.push(data)
      else traffic.binary++
      super.send(data)
    }
  }
  return { WebSocket: Counting as unknown as typeof globalThis.WebSocket, traffic }
}

/** The panel's own client, paired, at a port. */
export function connect(port: number, options: Partial<RemoteCompanionOptions> = {}): RemoteCompanion {
  return new RemoteCompanion({
    WebSocket: WebSocket as unknown as typeof globalThis.WebSocket,
    port,
    token: TOKEN,
    client: { name: 'test', version: '0.0.0' },
    retryMs: [20],
    ...options,
  })
}

const PATIENCE_MS = 10_000

/** The promise, or a failure that names what did not come: without it a broken promise would hang the whole run. */
export async function within<T>(what: string, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} did not come.`)), PATIENCE_MS)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}

/** Resolves when the companion has a status of this kind. */
export function reaches<K extends CompanionStatus['kind']>(
  companion: RemoteCompanion,
  kind: K,
): Promise<Extract<CompanionStatus, { kind: K }>> {
  const reached = new Promise<Extract<CompanionStatus, { kind: K }>>((resolve) => {
    const look = (): void => {
      const { status } = companion
      if (status.kind !== kind) return
      stop()
      resolve(status as Extract<CompanionStatus, { kind: K }>)
    }
    const stop = companion.subscribe(look)
    look()
  })
  return within(`The status "${kind}"`, reached)
}

/** Every event of a job, in order. */
export async function collect(events: AsyncIterable<CompanionEvent>): Promise<CompanionEvent[]> {
  const all: CompanionEvent[] = []
  for await (const event of events) all.push(event)
  return all
}

/** A picture of one colour. */
export function plain(width: number, height: number, colour: readonly number[]): Raster {
  const channels = colour.length === 4 ? 4 : 3
  const data = Uint8Array.from({ length: width * height * channels }, (_, i) => colour[i % channels]!)
  return { width, height, channels, data }
}

/** A promise to wait on and the way to let it go. */
export function gate(): { readonly passed: Promise<void>; readonly open: () => void } {
  let open = (): void => undefined
  const passed = new Promise<void>((resolve) => (open = resolve))
  return { passed, open }
}
