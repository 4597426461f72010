import { asImprintError, ImprintError } from '../../shared/errors.ts'
import { createChannel } from '../../shared/channel.ts'
import type { DeviceReport, Engine, EngineEvent, GenerateRequest } from './engine.ts'
import { startLife, tell, type Life } from './life.ts'
import type { EngineOptions } from './messages.ts'

/** How long a cancelled run may take to reach the end of its step before the process is ended. */
const CANCEL_GRACE_MS = 250
/** The same where another process would have to load for the very next picture what this one has: a step of any model. */
const GENTLE_GRACE_MS = 60_000

const cancelled = () => new ImprintError('cancelled', 'Cancelled. Nothing was changed.')
const closing = () => new ImprintError('cancelled', 'The companion is closing.')

/** An engine that can go on with other options. */
export interface ChildEngine extends Engine {
  /**
   * Has a new process with these options take the place of this one, once no run is under way; resolves with its device, or rejects
   * as `device` does.
   */
  restart(options: EngineOptions): Promise<DeviceReport>
}

/**
 * The engine in a child process. `session.run` blocks its thread and cannot be interrupted, and native code can take its
 * process along; so cancelling inside a step ends the process, and a new one is there for the next run.
 */
export function createChildEngine(first: EngineOptions, graceMs = CANCEL_GRACE_MS): ChildEngine {
  let options = first
  let life: Life | undefined
  let closed = false
  let nextId = 0
  /** Runs that have begun, and who waits for there to be none. */
  let running = 0
  const idle: (() => void)[] = []
  /** Processes that others took the place of: that they ended says nothing. */
  const retired = new WeakSet<Life>()
  /** Why the GPU is left alone from now on. */
  let gpuFault: string | undefined

  const alive = (): Life => {
    if (closed) throw closing()
    const how = gpuFault === undefined ? options : { ...options, device: 'cpu' as const }
    return (life ??= startLife(how, gpuFault, (ended) => {
      if (life === ended) life = undefined
    }))
  }

  /** A process that has chosen its device; a GPU whose driver takes the process along is tried once. */
  const ready = async (): Promise<Life> => {
    const first = alive()
    try {
      await first.device
      return first
    } catch (thrown) {
      if (closed) throw closing()
      if (retired.has(first)) return ready()
      if (options.device !== 'auto' || !first.started || asImprintError(thrown).code !== 'engine-died') throw thrown
      gpuFault ??= 'the engine stopped while it tried the GPU, so the CPU is used'
      const second = alive()
      await second.device
      return second
    }
  }

  const replace = (stuck: Life): void => {
    stuck.child.kill('SIGKILL')
    if (life === stuck) life = undefined
    if (!closed) alive()
  }

  async function* run(request: GenerateRequest, signal: AbortSignal): AsyncGenerator<EngineEvent, void> {
    const current = await unlessAborted(ready(), signal)
    throwIfAborted(signal)
    const id = nextId++
    const events = createChannel<EngineEvent>()
    current.runs.set(id, events)
    let patience: NodeJS.Timeout | undefined
    let ended = false
    const abort = () => {
      tell(current.child, { type: 'cancel', id })
      const grace = request.gentle ? Math.max(graceMs, GENTLE_GRACE_MS) : graceMs
      patience = setTimeout(() => {
        events.fail(cancelled())
        current.runs.delete(id)
        replace(current)
      }, grace)
    }
    signal.addEventListener('abort', abort, { once: true })
    try {
      tell(current.child, { type: 'generate', id, request })
      yield* events
      ended = true
    } catch (thrown) {
      ended = true
      const error = asImprintError(thrown)
      if (error.code !== 'engine-died') throw error
      // Ctrl+C reaches every process of a terminal: the engine's may be the first to go.
      throwIfAborted(signal)
      throw closed ? closing() : error
    } finally {
      clearTimeout(patience)
      // A caller who stops listening wants no more of it.
      if (!ended) tell(current.child, { type: 'cancel', id })
      signal.removeEventListener('abort', abort)
      current.runs.delete(id)
    }
  }

  return {
    async *generate(request, signal) {
      throwIfAborted(signal)
      running++
      try {
        yield* run(request, signal)
      } finally {
        running--
        if (running === 0) for (const go of idle.splice(0)) go()
      }
    },
    restart(next) {
      return new Promise((resolve, reject) => {
        const go = (): void => {
          options = next
          gpuFault = undefined
          if (life) {
            retired.add(life)
            life.child.kill('SIGKILL')
          }
          life = undefined
          ready().then(({ device }) => resolve(device), reject)
        }
        if (running === 0) go()
        else idle.push(go)
      })
    },
    device: async () => (await ready()).device,
    async close() {
      closed = true
      if (!life) return
      const { child, gone } = life
      child.kill('SIGKILL')
      await gone
    },
  }
}

function throwIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw cancelled()
}

/** The promise, or `cancelled` as soon as the signal aborts. */
async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  let abort = (): void => undefined
  const aborted = new Promise<never>((_, reject) => (abort = () => reject(cancelled())))
  signal.addEventListener('abort', abort, { once: true })
  try {
    return await Promise.race([promise, aborted])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}
