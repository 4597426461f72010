import { fork, type ChildProcess } from 'node:child_process'
import { ImprintError } from '../../shared/errors.ts'
import { createChannel, type Channel } from './channel.ts'
import type { DeviceReport, Engine, EngineEvent } from './engine.ts'
import type { EngineOptions, FromEngine, ToEngine } from './messages.ts'

const ENTRY = new URL('./process.ts', import.meta.url)
/** TypeScript is run as it is; newer Node versions would do without. */
const EXEC_ARGV = ['--import', import.meta.resolve('tsx')]
/** How long a cancelled run may take to reach the end of its step before the process is ended. */
const CANCEL_GRACE_MS = 250
/** Kept of what a dying process said. */
const LAST_WORDS = 2000

/** One life of the engine's process. */
interface Life {
  readonly child: ChildProcess
  readonly device: Promise<DeviceReport>
  readonly runs: Map<number, Channel<EngineEvent>>
}

/**
 * The engine in a child process. `session.run` blocks its thread and cannot be interrupted, and native code can take its
 * process along; so cancelling inside a step ends the process, and a new one is there for the next run.
 */
export function createChildEngine(options: EngineOptions, graceMs = CANCEL_GRACE_MS): Engine {
  let life: Life | undefined
  let closed = false
  let nextId = 0

  const alive = (): Life => {
    if (closed) throw new ImprintError('cancelled', 'The companion is closing.')
    return (life ??= spawnLife(options, (ended) => (life = life === ended ? undefined : life)))
  }

  return {
    async *generate(request, signal) {
      throwIfAborted(signal)
      const current = alive()
      const id = nextId++
      const events = createChannel<EngineEvent>()
      current.runs.set(id, events)
      let patience: NodeJS.Timeout | undefined
      let ended = false
      const abort = () => {
        tell(current.child, { type: 'cancel', id })
        patience = setTimeout(() => {
          events.fail(new ImprintError('cancelled', 'Cancelled. Nothing was changed.'))
          current.runs.delete(id)
          current.child.kill('SIGKILL')
          life = undefined
          if (!closed) alive()
        }, graceMs)
      }
      signal.addEventListener('abort', abort, { once: true })
      try {
        tell(current.child, { type: 'generate', id, request })
        yield* events
        ended = true
      } catch (thrown) {
        ended = true
        throw thrown
      } finally {
        clearTimeout(patience)
        // A caller who stops listening wants no more of it.
        if (!ended) tell(current.child, { type: 'cancel', id })
        signal.removeEventListener('abort', abort)
        current.runs.delete(id)
      }
    },
    device: () => alive().device,
    async close() {
      closed = true
      const child = life?.child
      if (!child || child.exitCode !== null) return
      const gone = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGKILL')
      await gone
    },
  }
}

function spawnLife(options: EngineOptions, onEnd: (life: Life) => void): Life {
  const child = fork(ENTRY, {
    execArgv: EXEC_ARGV,
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  const runs = new Map<number, Channel<EngineEvent>>()
  let lastWords = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (lastWords = (lastWords + text).slice(-LAST_WORDS)))

  const device = new Promise<DeviceReport>((resolve, reject) => {
    child.on('message', (message: FromEngine) => {
      if (message.type === 'ready') resolve(message.device)
      else if (message.type === 'unusable') reject(new ImprintError(message.failure.code, message.failure.message))
      else relay(runs, message)
    })
    child.once('exit', (code, signal) => {
      const died = new ImprintError(
        'engine-died',
        `The engine stopped unexpectedly (${signal ?? `exit ${code ?? '?'}`}). Try again, or choose a smaller size or another device.`,
        {
          cause: lastWords,
        },
      )
      reject(died)
      for (const events of runs.values()) events.fail(died)
      onEnd(life)
    })
  })
  // Whoever asks for the device hears of a failure; nobody has to ask.
  device.catch(() => undefined)
  const life: Life = { child, device, runs }
  tell(child, { type: 'start', options })
  return life
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

/** A process that is gone hears nothing; its `exit` has told everybody already. */
function tell(child: ChildProcess, message: ToEngine): void {
  if (child.connected) child.send(message, () => undefined)
}

function throwIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw new ImprintError('cancelled', 'Cancelled. Nothing was changed.')
}
