import { asImprintError, ImprintError } from '../../shared/errors.ts'
import { LIMITS } from '../../shared/limits.ts'
import type { Engine, EngineEvent, GenerateRequest } from '../engine/engine.ts'

/** What a job tells its owner; the last event is either a result or a failure. */
export type JobEvent =
  /** Jobs ahead of this one, the running one included; told again when that changes. */
  | { readonly type: 'queued'; readonly ahead: number }
  | EngineEvent
  | { readonly type: 'failed'; readonly error: ImprintError }

export interface Job {
  /** Who asked: slots and numbers of different owners have nothing to do with each other. */
  readonly owner: string
  /** What its owner calls it. */
  readonly number: number
  /** A newer job takes the place of a waiting older one of the same owner and slot. */
  readonly slot?: string | undefined
  readonly request: GenerateRequest
  /** Cancels the job, waiting or running. */
  readonly signal: AbortSignal
  readonly listener: (event: JobEvent) => void
}

export interface Queue {
  /** Adds a job, whose listener hears all that becomes of it; throws `queue-full`. */
  submit(job: Job): void
  /**
   * Has an owner's waiting jobs run in the order of these numbers, those not named behind them. They change places with each
   * other alone, so that nobody else waits longer for it; numbers of no waiting job mean nothing.
   */
  order(owner: string, numbers: readonly number[]): void
}

interface Entry extends Job {
  ended: boolean
}

/** One job runs at a time, the others wait first come, first served; at most `waiting` of them. */
export function createQueue(engine: Engine, options: { readonly waiting?: number } = {}): Queue {
  const limit = options.waiting ?? LIMITS.waitingJobs
  const waiting: Entry[] = []
  let running: Entry | undefined

  const tell = (entry: Entry, event: JobEvent): void => {
    if (entry.ended) return
    entry.ended = event.type === 'result' || event.type === 'failed'
    entry.listener(event)
  }

  const fail = (entry: Entry, error: ImprintError): void => tell(entry, { type: 'failed', error })

  const tellPlaces = (from: number): void => {
    for (const [place, entry] of waiting.entries()) if (place >= from) tell(entry, { type: 'queued', ahead: place + 1 })
  }

  const runNext = (): void => {
    if (running) return
    running = waiting.shift()
    if (!running) return
    void run(running).then(() => {
      running = undefined
      runNext()
    })
    tellPlaces(0)
  }

  const run = async (entry: Entry): Promise<void> => {
    try {
      for await (const event of engine.generate(entry.request, entry.signal)) tell(entry, event)
      fail(entry, new ImprintError('engine-failed', 'The engine ended without a picture; try again.'))
    } catch (thrown) {
      fail(entry, asImprintError(thrown))
    }
  }

  const cancel = (entry: Entry): void => {
    if (entry.ended) return
    // The person is told at once; the engine may need a moment, and the next job waits for it.
    fail(entry, new ImprintError('cancelled', 'The picture was cancelled.'))
    const place = waiting.indexOf(entry)
    if (place < 0) return
    waiting.splice(place, 1)
    tellPlaces(place)
  }

  const submit = (job: Job): void => {
    const entry: Entry = { ...job, ended: false }
    const older = waiting.findIndex(({ owner, slot }) => slot !== undefined && slot === job.slot && owner === job.owner)
    const replaced = waiting[older]
    if (replaced) {
      waiting[older] = entry
      fail(replaced, new ImprintError('superseded', 'A newer request took the place of this one.'))
      tell(entry, { type: 'queued', ahead: older + 1 })
    } else {
      if (running && waiting.length >= limit) {
        throw new ImprintError(
          'queue-full',
          `${limit} pictures are waiting already; wait for one to finish or cancel one.`,
        )
      }
      waiting.push(entry)
      tell(entry, { type: 'queued', ahead: waiting.length - 1 + (running ? 1 : 0) })
      runNext()
    }
    job.signal.addEventListener('abort', () => cancel(entry), { once: true })
  }

  const order = (owner: string, numbers: readonly number[]): void => {
    const places = [...waiting.keys()].filter((place) => waiting[place]!.owner === owner)
    const rank = ({ number }: Entry): number => (numbers.includes(number) ? numbers.indexOf(number) : numbers.length)
    const own = places.map((place) => waiting[place]!).sort((a, b) => rank(a) - rank(b))
    const moved = places.filter((place, i) => waiting[place] !== own[i])
    for (const [i, place] of places.entries()) waiting[place] = own[i]!
    for (const place of moved) tell(waiting[place]!, { type: 'queued', ahead: place + 1 })
  }

  return { submit, order }
}
