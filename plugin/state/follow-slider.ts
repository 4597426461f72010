import { noticeOf } from './notices.ts'
import { type Painting, paint } from './paint.ts'
import { place } from './place.ts'
import { orderAgain } from './request.ts'
import { isLive, type Made } from './state.ts'
import type { Store } from './store.ts'
import type { Surroundings } from './surroundings.ts'

/** A position of the slider that wants a picture; only one the person let go of goes into the document. */
interface Wish {
  readonly weight: number
  readonly released: boolean
}

/** The companion drops a waiting picture of this slot for a newer one. */
const SLOT = 'slider'

/** Makes the newest result again for every position of the slider that it can keep up with. */
export interface SliderFollower {
  /** The slider is at `weight`: still held, or let go of. */
  readonly move: (weight: number, released: boolean) => void
  /** Stops, and leaves the layer as it is. */
  readonly stop: () => void
  /** Settles when everything wished for so far is done. */
  readonly idle: () => Promise<void>
}

/** While held, the panel shows pictures as fast as they come; the one position let go of becomes one history step. */
export function createSliderFollower(surroundings: Surroundings, store: Store): SliderFollower {
  let wish: Wish | undefined
  let painting: Painting | undefined
  /** The last picture made while the slider was held, in case it is let go of there. */
  let shown: Made | undefined
  let working: Promise<void> | undefined

  const follow = async ({ weight, released }: Wish): Promise<void> => {
    const { newest } = store.state()
    if (newest === undefined || !isLive(store.state())) return
    if (weight === newest.made.weight) return store.dispatch({ type: 'trial', trial: undefined })
    if (shown?.weight === weight && shown.recipe.seed === newest.made.recipe.seed) {
      if (released) await place(surroundings, store, shown, newest.layer)
      else store.dispatch({ type: 'trial', trial: { weight, url: shown.url } })
      return
    }
    const current = paint(surroundings, store, orderAgain(newest.made, weight), 'adjust', SLOT)
    painting = current
    try {
      shown = await current.made
      // Let go of at this very position while its picture was being made: no need to make it again.
      const letGo = wish?.released === true && wish.weight === weight
      if (letGo) wish = undefined
      if (released || letGo) {
        store.dispatch({ type: 'run-phase', id: current.id, phase: 'placing' })
        await place(surroundings, store, shown, newest.layer)
      } else {
        store.dispatch({ type: 'trial', trial: { weight, url: shown.url } })
      }
    } finally {
      painting = undefined
      current.end()
    }
  }

  const tell = (thrown: unknown): void => {
    const notice = noticeOf(thrown)
    if (notice !== undefined) store.dispatch({ type: 'notice', notice })
  }

  const work = async (): Promise<void> => {
    try {
      while (wish !== undefined) {
        const next = wish
        wish = undefined
        await follow(next).catch(tell)
      }
    } finally {
      working = undefined
    }
  }

  return {
    move(weight, released) {
      wish = { weight, released }
      if (released && painting !== undefined && painting.order.weight !== weight) painting.cancel()
      working ??= work()
    },
    stop() {
      wish = undefined
      painting?.cancel()
    },
    idle: async () => working,
  }
}
