import { STRUCTURE } from './draft.ts'
import { createRecallFollower } from './follow-recalled.ts'
import { createTargetFollower } from './follow-target.ts'
import type { Held } from './held.ts'
import { createRefresher } from './refresh-by-itself.ts'
import type { Store } from './store.ts'
import type { Surroundings } from './surroundings.ts'

/** Keeps what the panel says about layers true, after every change that Photoshop tells of. */
export interface DocumentFollower {
  /** Something may have changed in Photoshop. */
  readonly look: () => void
  /** Settles when everything told of so far has been looked at. */
  readonly idle: () => Promise<void>
}

/**
 * Follows the selection, whether the newest result's layer still exists, and whether the layers of the references and of the
 * structure still look as they did: references that are to follow are taken anew. Looking at pixels ends in a notification of its own, so that is only done after the document's history moved on.
 */
export function createDocumentFollower(surroundings: Surroundings, store: Store, held: Held): DocumentFollower {
  const { host } = surroundings
  const { state, dispatch } = store
  /** The history of its document when a reference's layer was last looked at, by the picture that was taken of it. */
  const seen = new WeakMap<object, number>()
  const followTarget = createTargetFollower(surroundings, store)
  const recall = createRecallFollower(surroundings, store)
  const refresh = createRefresher(surroundings, store, held)
  let again = false
  let working: Promise<void> | undefined

  const followLayerOf = async (image: string): Promise<void> => {
    const capture = state().cards[image]?.capture
    if (capture === undefined) return
    const { layer, print } = capture
    if (layer === undefined || print === undefined) return
    if (!host.hasLayer(layer)) {
      // Undo may bring it back, and the history with it to where it was looked at.
      seen.delete(capture)
      return dispatch({ type: 'reference-layer', image, layer: 'gone' })
    }
    if (seen.get(capture) === host.historyOf(layer.documentId)) return
    const now = await host.looksAs(layer, print)
    if (state().cards[image]?.capture !== capture) return
    dispatch({ type: 'reference-layer', image, layer: now })
    const history = host.historyOf(layer.documentId)
    if (history !== undefined) seen.set(capture, history)
  }

  const lookAtLayers = (): void => {
    followTarget()
    dispatch({ type: 'selection', selection: host.selection() })
    const { newest } = state()
    if (newest !== undefined) dispatch({ type: 'newest-exists', exists: host.hasLayer(newest.layer) })
  }

  const work = async (): Promise<void> => {
    // Without references there is nothing to wait for, and `working` has to be set before it is cleared.
    await Promise.resolve()
    try {
      while (again) {
        again = false
        // Photoshop tells once more when it is no longer busy.
        await recall.look()
        for (const { image } of state().recipe.references) {
          await followLayerOf(image).catch(() => undefined)
          await refresh(image)
        }
        await followLayerOf(STRUCTURE).catch(() => undefined)
      }
    } finally {
      working = undefined
    }
  }

  return {
    look() {
      try {
        lookAtLayers()
      } catch {
        // Whoever tells of a change is not to fail because Photoshop does; it is looked at again at the next one.
      }
      again = true
      working ??= work()
    },
    idle: async () => working,
  }
}
