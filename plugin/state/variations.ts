import { SEEDS } from './draft.ts'
import { place } from './place.ts'
import type { Queue } from './queue.ts'
import type { Order } from './request.ts'
import type { Made } from './state.ts'
import type { Store } from './store.ts'
import type { Surroundings } from './surroundings.ts'

/** As many pictures as there are to choose from. */
const COUNT = 4

/** One of some pictures that differ in their seed alone. */
export interface Variation {
  /** The run that makes it. */
  readonly id: number
  readonly seed: number
  /** Undefined as long as it is being made. */
  readonly made: Made | undefined
}

/** Pictures to choose from before anything goes into the document. */
export interface Variations {
  /** Has four made, of this seed and the three behind it, instead of those there are; settles when all are there. */
  readonly make: (seed: number, orderWith: (seed: number) => Order) => Promise<void>
  /** Makes layers of these, one history step each, and drops the others. */
  readonly choose: (ids: readonly number[]) => Promise<void>
  /** Drops all of them; those that are finished stay in the companion's history. */
  readonly drop: () => void
}

/** Four variations at a time, made one after the other like everything else. */
export function createVariations(surroundings: Surroundings, store: Store, queue: Queue): Variations {
  const { state, dispatch } = store

  const drop = (): void => {
    const { variations } = state()
    dispatch({ type: 'variations', variations: [] })
    for (const { id, made } of variations) if (made === undefined) queue.cancel(id)
  }

  return {
    async make(first, orderWith) {
      drop()
      const ordered = Array.from({ length: COUNT }, (_, i) => {
        const seed = (first + i) % SEEDS
        const one = queue.add(orderWith(seed), (made) => dispatch({ type: 'variation-made', id: one.id, made }))
        return { ...one, seed }
      })
      const variations = ordered.map(({ id, seed }) => ({ id, seed, made: undefined }))
      dispatch({ type: 'variations', variations })
      await Promise.all(
        ordered.map(async ({ id, done }) => {
          if (!(await done)) dispatch({ type: 'variation-ended', id })
        }),
      )
    },
    async choose(ids) {
      const chosen = state().variations.flatMap(({ id, made }) => (ids.includes(id) && made ? [made] : []))
      if (chosen.length === 0) return
      drop()
      for (const made of chosen) await place(surroundings, store, made, undefined)
      // A seed that is held on to is now the one of what was chosen.
      const seed = chosen.at(-1)?.recipe.seed
      if (state().recipe.seed !== undefined && seed !== undefined) dispatch({ type: 'changed', change: { seed } })
    },
    drop,
  }
}
