import { sameWeights, weightsOf } from './draft.ts'
import { noticeOf } from './notices.ts'
import { type Painting, paint } from './paint.ts'
import { place } from './place.ts'
import { orderAgain } from './request.ts'
import { isLive, type Made } from './state.ts'
import type { Store } from './store.ts'
import type { Surroundings } from './surroundings.ts'

/** Positions of the sliders that want a picture; only those the person let go of go into the document. */
interface Wish {
  readonly weights: readonly number[]
  readonly released: boolean
}

/** The companion drops a waiting picture of this slot for a newer one. */
const SLOT = 'slider'

/** Makes the newest result again for every position of the sliders that it can keep up with. */
export interface SliderFollower {
  /** The sliders are at `weights`, in the order of the references: one is still held, or was let go of. */
  readonly move: (weights: readonly number[], released: boolean) => void
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

  const follow = async ({ weights, released }: Wish): Promise<void> => {
    const { newest } = store.state()
    if (newest === undefined || !isLive(store.state())) return
    const { recipe } = newest.made
    if (sameWeights(weights, weightsOf(recipe))) return store.dispatch({ type: 'trial', trial: undefined })
    if (shown && sameWeights(weights, weightsOf(shown.recipe)) && isAgain(shown, newest.made)) {
      if (released) await place(surroundings, store, shown, newest.layer)
      else store.dispatch({ type: 'trial', trial: { weights, url: shown.url } })
      return
    }
    const current = paint(surroundings, store, orderAgain(newest.made, weights), 'adjust', SLOT)
    painting = current
    try {
      shown = await current.made
      // Let go of at this very position while its picture was being made: no need to make it again.
      const letGo = wish?.released === true && sameWeights(wish.weights, weights)
      if (letGo) wish = undefined
      if (released || letGo) {
        store.dispatch({ type: 'run-phase', id: current.id, phase: 'placing' })
        await place(surroundings, store, shown, newest.layer)
      } else {
        store.dispatch({ type: 'trial', trial: { weights, url: shown.url } })
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
    move(weights, released) {
      wish = { weights, released }
      if (released && painting && !sameWeights(weightsOf(painting.order.recipe), weights)) painting.cancel()
      working ??= work()
    },
    stop() {
      wish = undefined
      painting?.cancel()
    },
    idle: async () => working,
  }
}

/** Whether one picture is the other with other weights. */
const isAgain = (one: Made, other: Made): boolean =>
  one.recipe.seed === other.recipe.seed && one.pictures === other.pictures
