import { noticeOf } from './notices.ts'
import { type Painting, paint } from './paint.ts'
import type { Order } from './request.ts'
import { isBegun, runName } from './runs.ts'
import type { Made } from './state.ts'
import type { Store } from './store.ts'
import type { Surroundings } from './surroundings.ts'

/** A picture that was ordered. */
export interface Ordered {
  readonly id: number
  /** Whether it was made and settled; never rejects. */
  readonly done: Promise<boolean>
}

/** The pictures a person ordered: one is made at a time, the others wait. */
export interface Queue {
  /** Has a picture made behind all others; `settle` does with it what it was ordered for. */
  readonly add: (order: Order, settle: (made: Made) => Promise<void> | void) => Ordered
  /** Whether any of them is not settled yet. */
  readonly isBusy: () => boolean
  readonly cancel: (id: number) => void
  readonly cancelAll: () => void
  /** Lets a waiting picture change places with the one before or behind it; false where there is none. */
  readonly move: (id: number, by: -1 | 1) => boolean
}

/** A queue over the companion's: what is ordered here is made there in the same order. */
export function createQueue(surroundings: Surroundings, store: Store): Queue {
  const { state, dispatch } = store
  const paintings = new Map<number, Painting>()

  const finish = async (painting: Painting, settle: (made: Made) => Promise<void> | void): Promise<boolean> => {
    const { id } = painting
    try {
      const made = await painting.made
      dispatch({ type: 'run-phase', id, phase: 'placing' })
      await settle(made)
      return true
    } catch (thrown) {
      const notice = noticeOf(thrown)
      if (notice !== undefined) dispatch({ type: 'notice', notice })
      return false
    } finally {
      paintings.delete(id)
      painting.end()
    }
  }

  return {
    add(order, settle) {
      const painting = paint(surroundings, store, order, 'imprint')
      paintings.set(painting.id, painting)
      return { id: painting.id, done: finish(painting, settle) }
    },
    isBusy: () => paintings.size > 0,
    cancel: (id) => paintings.get(id)?.cancel(),
    cancelAll: () => [...paintings.values()].forEach((painting) => painting.cancel()),
    move(id, by) {
      const before = state().runs
      dispatch({ type: 'run-moved', id, by })
      if (state().runs === before) return false
      const waiting = state().runs.filter((run) => !isBegun(run))
      surroundings.companion.order(waiting.map((run) => runName(run.id)))
      return true
    },
  }
}
