import type { ResultNote } from '../host/host.ts'
import { type Following, followingOf, withFollowing } from './following.ts'
import { noticeOf } from './notices.ts'
import { oneAtATime } from './one-at-a-time.ts'
import { place } from './place.ts'
import type { Queue } from './queue.ts'
import type { Order } from './request.ts'
import type { Made } from './state.ts'
import type { Store } from './store.ts'
import type { Surroundings } from './surroundings.ts'

/** The weights that are compared; of layers the middle one is seen first. */
export const SWEPT = [0, 0.25, 0.5, 0.75, 1] as const
const SEEN = 0.5

/** One of the pictures of a sweep. */
export interface Swept {
  /** The run that makes it. */
  readonly id: number
  readonly weight: number
  /** Undefined as long as it is being made. */
  readonly made: Made | undefined
}

/** Pictures that differ in the weight of one reference alone, from the least to the most. */
export interface Sweep {
  /** Whether they are to be looked at first, or to go into the document at once. */
  readonly wants: 'choice' | 'layers'
  readonly pictures: readonly Swept[]
}

/** The picture that is swept, and whose weight. */
export interface Sweeping {
  readonly order: Order
  /** The place of the reference in the recipe. */
  readonly at: number
  readonly wants: Sweep['wants']
}

/** What a person can do with a sweep; the promises never reject. */
export interface Sweeps {
  /** Has one made instead of the one there is; settles when all of it is there, or in the document. */
  readonly make: (sweeping: Sweeping) => Promise<void>
  /** Makes a layer of one picture, and drops the others. */
  readonly choose: (id: number) => Promise<void>
  /** Makes a group of layers of all of them: one history step. */
  readonly layers: () => Promise<void>
  /** Drops all of them: the document is as it was before. */
  readonly drop: () => void
}

/** Sweeps of one weight, made picture by picture like everything else. */
export function createSweeps(surroundings: Surroundings, store: Store, queue: Queue): Sweeps {
  const { host } = surroundings
  const { state, dispatch } = store

  const drop = (): void => {
    const { sweep } = state()
    dispatch({ type: 'sweep', sweep: undefined })
    for (const { id, made } of sweep?.pictures ?? []) if (made === undefined) queue.cancel(id)
  }

  /** What of the sweep there is; undefined until all of it is. */
  const finished = () => {
    const pictures = (state().sweep?.pictures ?? []).flatMap(({ weight, made }) => (made ? [{ weight, made }] : []))
    return pictures.length === SWEPT.length ? pictures : undefined
  }

  const layers = oneAtATime(async () => {
    const pictures = finished()
    const first = pictures?.[0]?.made
    if (pictures === undefined || first === undefined) return
    const results = pictures.map(({ weight, made: { picture, note } }) => ({
      picture,
      note: noteAt(weight, note),
      visible: weight === SEEN,
    }))
    try {
      await host.insertGroup(results, `${first.note.layerName} · weights`, first.anchor)
      drop()
    } catch (thrown) {
      // They stay in the panel, where one of them can still be chosen.
      dispatch({ type: 'notice', notice: noticeOf(thrown) })
    } finally {
      dispatch({ type: 'selection', selection: host.selection() })
    }
  })

  /** Follows the references as a picture does, by their names: there may be others by now. */
  const followAs = ({ recipe }: Made): void => {
    for (const [i, change] of followingOf(recipe).entries()) {
      const image = recipe.references?.[i]?.image
      if (image !== undefined) dispatch({ type: 'reference-changed', image, change })
    }
  }

  return {
    async make({ order, at, wants }) {
      drop()
      const ordered = SWEPT.map((weight) => {
        const one = queue.add(orderAt(order, at, weight), (made) => dispatch({ type: 'swept', id: one.id, made }))
        return { ...one, weight }
      })
      const pictures = ordered.map(({ id, weight }) => ({ id, weight, made: undefined }))
      dispatch({ type: 'sweep', sweep: { wants, pictures } })
      const [first] = pictures
      const isStill = (): boolean => state().sweep?.pictures[0]?.id === first?.id
      await Promise.all(
        ordered.map(async ({ done }) => {
          // Without one of them there is nothing to compare: the rest need not be made.
          if (!(await done) && isStill()) drop()
        }),
      )
      if (wants === 'layers' && isStill()) await layers()
    },
    async choose(id) {
      const made = state().sweep?.pictures.find((one) => one.id === id)?.made
      if (made === undefined) return
      drop()
      followAs(made)
      await place(surroundings, store, made, undefined)
    },
    layers,
    drop,
  }
}

function orderAt(order: Order, at: number, weight: number): Order {
  const following = followingOf(order.recipe).map((one, i): Following => (i === at ? { ...one, weight } : one))
  return { ...order, recipe: withFollowing(order.recipe, following) }
}

const noteAt = (weight: number, note: ResultNote): ResultNote => ({ ...note, layerName: `Weight ${weight.toFixed(2)}` })
