import { asImprintError, ImprintError } from '../../shared/errors.ts'
import { createChannel } from '../../shared/channel.ts'
import type { Engine, EngineEvent } from './engine.ts'
import { startLife, tell, type Life } from './life.ts'
import type { EngineOptions } from './messages.ts'

/** How long a cancelled run may take to reach the end of its step before the process is ended. */
const CANCEL_GRACE_MS = 250
/** The same where another process would have to load for the very next picture what this one has: a step of any model. */
const GENTLE_GRACE_MS = 60_000

const cancelled = () => new ImprintError('cancelled', 'Cancelled. Nothing was changed.')
const closing = () => new ImprintError('cancelled', 'The companion is closing.')

/**
 * The engine in a child process. `session.run` blocks its thread and cannot be interrupted, and native code can take its
 * process along; so cancelling inside a step ends the process, and a new one is there for the next run.
 */
export function createChildEngine(options: EngineOptions, graceMs = CANCEL_GRACE_MS): Engine {
  let life: Life | undefined
  let closed = false
  let nextId = 0
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

  return {
    async *generate(request, signal) {
      throwIfAborted(signal)
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
