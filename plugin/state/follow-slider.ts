import { type Following, followingOf, sameFollowing } from './following.ts'
import { noticeOf } from './notices.ts'
import { type Painting, paint } from './paint.ts'
import { place } from './place.ts'
import { quickPicture } from './quick-picture.ts'
import { orderAgain } from './request.ts'
import { isLive, type Made } from './state.ts'
import type { Store } from './store.ts'
import type { Surroundings } from './surroundings.ts'

/** Where the sliders and pads are; only what the person let go of goes into the document. */
interface Wish {
  readonly following: readonly Following[]
  readonly released: boolean
}

/** A quick picture that was shown, and which picture it was of. */
interface Shown {
  readonly following: readonly Following[]
  readonly of: Made
  readonly url: string
}

/** The companion drops a waiting picture of this slot for a newer one. */
const SLOT = 'slider'

/** Makes the newest result again for every position of the sliders that it can keep up with. */
export interface SliderFollower {
  /** The references are to be followed like this, in their order: a slider is still held, or was let go of. */
  readonly move: (following: readonly Following[], released: boolean) => void
  /** Stops, and leaves the layer as it is. */
  readonly stop: () => void
  /** Settles when everything wished for so far is done. */
  readonly idle: () => Promise<void>
}

/**
 * While held, the panel shows quick pictures as fast as they come; the one position let go of becomes one history step. The
 * newest position wins: a full picture gives way to a slider that is held again, a quick one to a slider that is let go of.
 */
export function createSliderFollower(surroundings: Surroundings, store: Store): SliderFollower {
  let wish: Wish | undefined
  let painting: Painting | undefined
  let looking: AbortController | undefined
  /** In case a held slider comes back to where it was. */
  let shown: Shown | undefined
  let working: Promise<void> | undefined

  const showNone = (): void => store.dispatch({ type: 'trial', trial: undefined })

  /** Shows a quick picture; an earlier one stays until it is there. */
  const look = async (newest: Made, following: readonly Following[]): Promise<void> => {
    const isShown = shown && isAgain(shown.of, newest) && sameFollowing(shown.following, following)
    const order = orderAgain(newest, following)
    const show = (url: string, isComing: boolean): void =>
      store.dispatch({ type: 'trial', trial: { following, url, isComing } })
    if (shown && isShown) return show(shown.url, false)
    show(store.state().trial?.url ?? newest.url, true)
    const current = new AbortController()
    looking = current
    try {
      const url = await quickPicture(surroundings, order, SLOT, current.signal)
      shown = { following, of: newest, url }
      if (!current.signal.aborted) show(url, false)
    } catch (thrown) {
      // Of a slider that was let go of, what it showed stays until the full picture comes.
      if (!current.signal.aborted) showNone()
      throw thrown
    } finally {
      looking = undefined
    }
  }

  const follow = async ({ following, released }: Wish): Promise<void> => {
    const { newest } = store.state()
    if (newest === undefined || !isLive(store.state())) return showNone()
    if (sameFollowing(following, followingOf(newest.made.recipe))) return showNone()
    if (!released) return look(newest.made, following)
    const current = paint(surroundings, store, orderAgain(newest.made, following), 'adjust', SLOT)
    painting = current
    try {
      const made = await current.made
      store.dispatch({ type: 'run-phase', id: current.id, phase: 'placing' })
      await place(surroundings, store, made, newest.layer)
    } finally {
      painting = undefined
      current.end()
    }
  }

  /** What is cancelled may end a moment later, and is not under way any more. */
  const cancelPainting = (): void => {
    painting?.cancel()
    painting = undefined
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
      // What was stopped or failed on the way will not come any more.
      if (store.state().trial?.isComing) showNone()
    }
  }

  return {
    move(following, released) {
      const isUnderWay = painting !== undefined && sameFollowing(followingOf(painting.order.recipe), following)
      wish = isUnderWay ? undefined : { following, released }
      if (!isUnderWay) cancelPainting()
      if (released) looking?.abort()
      working ??= work()
    },
    stop() {
      wish = undefined
      cancelPainting()
      looking?.abort()
    },
    idle: async () => working,
  }
}

/** Whether one picture is the other, followed otherwise. */
const isAgain = (one: Made, other: Made): boolean =>
  one.recipe.seed === other.recipe.seed && one.pictures === other.pictures
