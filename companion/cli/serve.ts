import { readFileSync } from 'node:fs'
import process from 'node:process'
import { ImprintError } from '../../shared/errors.ts'
import { DEFAULT_PORT } from '../../shared/protocol.ts'
import { createChildEngine } from '../engine/child-engine.ts'
import { findModels } from '../models/catalog.ts'
import { promptCounter } from './prompt-counter.ts'
import { pairingToken } from '../server/pairing.ts'
import { spoken } from '../server/pairing-number.ts'
import { startServer } from '../server/server.ts'
import { openHistory } from '../history/history.ts'
import { dataFolder } from './folders.ts'
import { engineOptions, ENGINE_OPTIONS, readOptions, text } from './options.ts'

/** Some thousand pictures of 1024 x 1024, with what they were made of. */
const QUOTA_MB = 4096

const OPTIONS = {
  port: { type: 'string', value: 'N', does: `port on this machine (default: ${DEFAULT_PORT}; 0 for any free one)` },
  origin: { type: 'string', value: 'URL', does: 'web page that may connect besides Photoshop' },
  quota: { type: 'string', value: 'MB', does: `room for earlier pictures on the disk (default: ${QUOTA_MB})` },
  preview: { type: 'string', value: 'linear|taesd', does: 'how unfinished pictures are shown (default: linear)' },
  ...ENGINE_OPTIONS,
  json: { type: 'boolean', does: 'print one line of JSON when ready' },
} as const

/** `imprint serve`: the companion, until it is stopped. */
export async function serve(args: readonly string[]): Promise<void> {
  const given = readOptions('serve', OPTIONS, args)
  if (!given) return
  const options = { ...engineOptions(given), preview: previewOf(text(given.preview)) }
  const [port, quota] = [portOf(text(given.port)), quotaOf(text(given.quota))]
  const engine = createChildEngine(options)
  const token = await pairingToken(dataFolder())
  const history = openHistory(dataFolder('history'), quota)
  const origin = text(given.origin)
  let number = ''
  let isOpen = false
  const server = await startServer({
    engine,
    models: () =>
      Promise.resolve(
        findModels(options.roots).map(({ missing, ...model }) => ({ ...model, missing: [...(missing ?? [])] })),
      ),
    countTokens: promptCounter(options.roots),
    folders: options.roots,
    port,
    token,
    showNumber: (next) => {
      number = next
      if (isOpen && given.json !== true)
        process.stdout.write(`A panel was paired. The next one is paired by typing ${spoken(next)} there.\n`)
    },
    history,
    allowedOrigins: origin === undefined ? [] : [origin],
    version: version(),
  })
  isOpen = true
  const close = () =>
    server
      .close()
      .then(() => engine.close())
      .finally(() => history.close())
  let stopped = false
  const stop = () => {
    stopped = true
    void close()
  }
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
  if (given.json !== true) {
    process.stdout.write(
      `Imprint's companion listens on port ${server.port} of this machine.\n` +
        `To pair a panel, type this number there once: ${spoken(number)}\n` +
        'Press Ctrl+C to stop.\n',
    )
  }
  const device = await engine.device().catch(async (cause: unknown) => {
    await close()
    if (stopped) return undefined
    throw cause
  })
  if (!device) return
  if (given.json === true) {
    process.stdout.write(`${JSON.stringify({ port: server.port, token, number, device })}\n`)
  } else {
    process.stdout.write(`Device: ${device.device} (${device.reason}).\n`)
  }
}

function portOf(given: string | undefined): number {
  const port = given === undefined ? DEFAULT_PORT : Number(given)
  if (!Number.isInteger(port) || port < 0 || port > 65535) {
    throw new ImprintError('usage-invalid', `--port: "${given ?? ''}" is no port. Give a number from 0 to 65535.`)
  }
  return port
}

function quotaOf(given: string | undefined): number {
  const megabytes = given === undefined ? QUOTA_MB : Number(given)
  if (given !== '' && Number.isFinite(megabytes) && megabytes >= 0) return megabytes * 2 ** 20
  throw new ImprintError(
    'usage-invalid',
    `--quota: "${given ?? ''}" is no size. Give megabytes, 0 to keep nothing but the newest.`,
  )
}

function previewOf(given = 'linear'): 'linear' | 'taesd' {
  if (given === 'linear' || given === 'taesd') return given
  throw new ImprintError('usage-invalid', `--preview: there is no preview "${given}". Use linear or taesd.`)
}

const version = (): string =>
  (JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }).version
