import { HostError } from '../host/host-error.ts'
import { noticeOf } from './notices.ts'
import { place } from './place.ts'
import type { Queue } from './queue.ts'
import { orderFor, startsAlike } from './request.ts'
import { isLive, type PanelState } from './state.ts'
import type { Store } from './store.ts'
import type { Surroundings } from './surroundings.ts'
import { assertRegionsIn } from './where.ts'

/** Whether there is a layer to make anew: of the newest result, and the panel shows what would make another of it. */
export const canUpdate = (state: PanelState): boolean => state.newest?.exists === true && !isLive(state)

const NO_SELECTION =
  'Nothing is selected any more, and this layer filled a selection: select its place again, or put back what it starts from and its feather.'

/**
 * Makes the newest result's layer anew, after what the panel shows now: same layer, same seed unless one is given, one history step.
 * Asked again for what is being made already, it makes nothing. Never rejects.
 */
export function createUpdate(surroundings: Surroundings, store: Store, queue: Queue): () => Promise<void> {
  const { host } = surroundings
  const going = new Set<string>()

  const update = async ({ made, layer }: NonNullable<PanelState['newest']>): Promise<void> => {
    const { recipe, cards } = store.state()
    const { ground: before } = made
    const ground = startsAlike(recipe, before) ? before : await host.readGround(recipe.startFrom, recipe.feather)
    if (before?.place.cover !== undefined && ground?.place.cover === undefined)
      throw new HostError('host', NO_SELECTION)
    if (ground !== undefined) assertRegionsIn(recipe, cards, ground)
    const seed = recipe.seed ?? made.recipe.seed ?? 0
    const order = orderFor(recipe, cards, seed, (one) => host.hasLayer(one), ground)
    const { documentId, layerId } = layer
    const into = ground === before ? layer : { documentId, layerId }
    await queue.add(order, (again) => place(surroundings, store, again, into)).done
  }

  return async () => {
    const { newest, recipe } = store.state()
    if (newest === undefined) return
    const asked = JSON.stringify([newest.layer, recipe])
    if (going.has(asked)) return
    going.add(asked)
    try {
      await update(newest)
    } catch (thrown) {
      store.dispatch({ type: 'notice', notice: noticeOf(thrown) })
    } finally {
      going.delete(asked)
    }
  }
}
