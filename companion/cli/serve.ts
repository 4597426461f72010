import { readFileSync } from 'node:fs'
import process from 'node:process'
import { type CompanionSettings, LEAST_MEMORY, type SettingsNow } from '../../shared/companion-settings.ts'
import { ImprintError } from '../../shared/errors.ts'
import { DEFAULT_PORT } from '../../shared/protocol.ts'
import { createChildEngine } from '../engine/child-engine.ts'
import { usualMemory } from '../jobs/usual-memory.ts'
import { findModels } from '../models/catalog.ts'
import { promptCounter } from './prompt-counter.ts'
import { pairingToken } from '../server/pairing.ts'
import { spoken } from '../server/pairing-number.ts'
import { startServer } from '../server/server.ts'
import { openHistory } from '../history/history.ts'
import { openSettings } from '../server/settings.ts'
import { dataFolder, modelFoldersWith } from './folders.ts'
import { engineOptions, ENGINE_OPTIONS, type Given, readOptions, text } from './options.ts'
import { deviceOrUsual, needsEngine, restarted } from './restart.ts'

/** Some thousand pictures of 1024 x 1024, with what they were made of. */
const QUOTA_MB = 4096

const USUAL = { device: 'auto', quota: QUOTA_MB * 2 ** 20, memory: usualMemory() } as const

const OPTIONS = {
  port: { type: 'string', value: 'N', does: `port on this machine (default: ${DEFAULT_PORT}; 0 for any free one)` },
  origin: { type: 'string', value: 'URL', does: 'web page that may connect besides Photoshop' },
  quota: { type: 'string', value: 'MB', does: `room for earlier pictures on the disk (default: ${QUOTA_MB})` },
  preview: { type: 'string', value: 'linear|taesd', does: 'how unfinished pictures are shown (default: linear)' },
  memory: { type: 'string', value: 'MB', does: 'memory that loaded models may take (default: most of it)' },
  ...ENGINE_OPTIONS,
  json: { type: 'boolean', does: 'print one line of JSON when ready' },
} as const

/** `imprint serve`: the companion, until it is stopped. */
export async function serve(args: readonly string[]): Promise<void> {
  const given = readOptions('serve', OPTIONS, args)
  if (!given) return
  const [port, preview] = [portOf(text(given.port)), previewOf(text(given.preview))]
  const settings = openSettings(dataFolder(), givenSettings(given), USUAL)
  const roots = ({ folder } = settings.now()) => modelFoldersWith(text(given.models), folder)
  const optionsFor = (now: SettingsNow) => ({ roots: roots(now), device: now.device, memory: now.memory, preview })
  const engine = createChildEngine(optionsFor(settings.now()))
  const token = await pairingToken(dataFolder())
  const history = openHistory(dataFolder('history'), settings.now().quota)
  const origin = text(given.origin)
  let number = ''
  let isOpen = false
  const server = await startServer({
    engine,
    models: () =>
      Promise.resolve(
        findModels(roots()).map(({ missing, ...model }) => ({ ...model, missing: [...(missing ?? [])] })),
      ),
    countTokens: promptCounter(roots),
    folders: roots,
    settings,
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
  settings.onChange(async (wanted, before) => {
    if (needsEngine(wanted, before)) server.tellDevice(await restarted(engine, optionsFor(wanted), optionsFor(before)))
    history.setQuota(wanted.quota)
  })
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
  const device = await deviceOrUsual(engine, settings.now(), optionsFor).catch(async (cause: unknown) => {
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

/** What the start line says of what could be set in a panel as well. */
function givenSettings(given: Given<'device' | 'quota' | 'memory' | 'models'>): CompanionSettings {
  const { device, roots } = engineOptions(given)
  const quota = bytesOf('quota', text(given.quota), 0, '0 to keep nothing but the newest')
  const memory = bytesOf('memory', text(given.memory), LEAST_MEMORY, `${LEAST_MEMORY / 2 ** 20} or more`)
  return {
    ...(given.device !== undefined && { device }),
    ...(quota !== undefined && { quota }),
    ...(memory !== undefined && { memory }),
    ...(given.models !== undefined && { folder: roots[0]! }),
  }
}

function bytesOf(name: string, given: string | undefined, least: number, such: string): number | undefined {
  if (given === undefined) return undefined
  const bytes = Math.round(Number(given) * 2 ** 20)
  if (given !== '' && Number.isSafeInteger(bytes) && bytes >= least) return bytes
  throw new ImprintError('usage-invalid', `--${name}: "${given}" is no size. Give megabytes, ${such}.`)
}

function previewOf(given = 'linear'): 'linear' | 'taesd' {
  if (given === 'linear' || given === 'taesd') return given
  throw new ImprintError('usage-invalid', `--preview: there is no preview "${given}". Use linear or taesd.`)
}

const version = (): string =>
  (JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }).version
