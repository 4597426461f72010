import { fork, type ChildProcess } from 'node:child_process'
import { ImprintError } from '../../shared/errors.ts'
import type { Channel } from '../../shared/channel.ts'
import type { DeviceReport, EngineEvent } from './engine.ts'
import type { EngineOptions, FromEngine, ToEngine } from './messages.ts'

const ENTRY = new URL('./process.ts', import.meta.url)
/** TypeScript is run as it is; newer Node versions would do without. */
const EXEC_ARGV = ['--import', import.meta.resolve('tsx')]
/** Kept of what a dying process said. */
const LAST_WORDS = 2000

/** One life of the engine's process. */
export interface Life {
  readonly child: ChildProcess
  /** Whether there ever was a process. */
  readonly started: boolean
  /** The device it chose; fails with `engine-died` when it ends before that, with its own words when none is usable. */
  readonly device: Promise<DeviceReport>
  /** Where each run's events go. */
  readonly runs: Map<number, Channel<EngineEvent>>
  /** Resolves when the process is no more. */
  readonly gone: Promise<unknown>
}

/**
 * Starts the engine's process; when it ends, every run of it fails and `onEnd` hears of it.
 * Throws `engine-died` where the system says at once that it starts none.
 */
export function startLife(options: EngineOptions, reason: string | undefined, onEnd: (life: Life) => void): Life {
  const child = forked()
  const runs = new Map<number, Channel<EngineEvent>>()
  let lastWords = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (lastWords = (lastWords + text).slice(-LAST_WORDS)))

  const ready = promised<DeviceReport>()
  const gone = promised<undefined>()
  const end = (died: ImprintError): void => {
    ready.reject(died)
    for (const events of runs.values()) events.fail(died)
    onEnd(life)
    gone.resolve(undefined)
  }
  child.on('message', (message: FromEngine) => {
    if (message.type === 'ready') ready.resolve(message.device)
    else if (message.type === 'unusable') ready.reject(new ImprintError(message.failure.code, message.failure.message))
    else relay(runs, message)
  })
  child.on('error', (cause) => {
    // A process that lives also reports what could not be sent to it.
    if (child.pid !== undefined) return
    end(notStarted(cause))
  })
  child.once('exit', (code, signal) => {
    const how = signal ?? `exit ${code ?? '?'}`
    const remedy = 'Try again, or choose a smaller size or another device.'
    end(new ImprintError('engine-died', `The engine stopped unexpectedly (${how}). ${remedy}`, { cause: lastWords }))
  })
  // Whoever asks for the device hears of a failure; nobody has to ask.
  ready.promise.catch(() => undefined)
  const life: Life = { child, started: child.pid !== undefined, device: ready.promise, runs, gone: gone.promise }
  tell(child, { type: 'start', options, reason })
  return life
}

function forked(): ChildProcess {
  try {
    return fork(ENTRY, {
      execArgv: EXEC_ARGV,
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
  } catch (cause) {
    throw notStarted(cause as Error)
  }
}

const notStarted = (cause: Error): ImprintError =>
  new ImprintError(
    'engine-died',
    `The engine could not be started: ${cause.message}. Close other programs and try again.`,
    { cause },
  )

/** A promise that somebody else settles. */
function promised<T>(): { promise: Promise<T>; resolve: (value: T) => void; reject: (error: Error) => void } {
  let settle: { resolve: (value: T) => void; reject: (error: Error) => void } | undefined
  const promise = new Promise<T>((resolve, reject) => (settle = { resolve, reject }))
  return { promise, ...settle! }
}

function relay(runs: Map<number, Channel<EngineEvent>>, message: Extract<FromEngine, { id: number }>): void {
  const events = runs.get(message.id)
  if (message.type === 'failed') {
    events?.fail(new ImprintError(message.failure.code, message.failure.message))
    return
  }
  events?.push(message.event)
  if (message.event.type === 'result') events?.end()
}

/** Says something to the engine's process; one that is gone hears nothing, its `exit` has told everybody already. */
export function tell(child: ChildProcess, message: ToEngine): void {
  if (child.connected) child.send(message, () => undefined)
}
