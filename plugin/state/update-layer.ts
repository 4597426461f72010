import { noticeOf } from './notices.ts'
import { place } from './place.ts'
import type { Queue } from './queue.ts'
import { orderFor } from './request.ts'
import { isLive } from './state.ts'
import type { Store } from './store.ts'
import type { Surroundings } from './surroundings.ts'
import { assertRegionsIn } from './where.ts'

/** Whether there is a layer to make anew: of the newest result, and the panel shows what would make another of it. */
export const canUpdate = (state: ReturnType<Store['state']>): boolean => state.newest?.exists === true && !isLive(state)

/**
 * Makes the newest result's layer anew, after what the panel shows now: same layer, same seed unless one is given, one history step.
 * Never rejects.
 */
export async function updateLayer(surroundings: Surroundings, store: Store, queue: Queue): Promise<void> {
  const { host } = surroundings
  const { newest, recipe, cards } = store.state()
  if (newest === undefined) return
  try {
    const { ground: before } = newest.made
    const isSame = recipe.startFrom === (before?.from ?? 'nothing')
    const ground = isSame ? before : await host.readGround(recipe.startFrom)
    if (ground !== undefined) assertRegionsIn(recipe, cards, ground)
    const seed = recipe.seed ?? newest.made.recipe.seed ?? 0
    const order = orderFor(recipe, cards, seed, (layer) => host.hasLayer(layer), ground)
    await queue.add(order, (made) => place(surroundings, store, made, newest.layer)).done
  } catch (thrown) {
    store.dispatch({ type: 'notice', notice: noticeOf(thrown) })
  }
}
