import { HostError } from '../host/host-error.ts'
import type { Held } from './held.ts'
import type { Store } from './store.ts'
import type { Surroundings } from './surroundings.ts'

/**
 * Takes the pictures of changed layers anew where a card is to follow its layer by itself: never while something is held in the
 * panel or Photoshop is busy. What fails is not tried again before the document's history moves on; the card says `changed` until then.
 */
export function createRefresher(
  { host }: Surroundings,
  { state, dispatch }: Store,
  held: Held,
): (image: string) => Promise<void> {
  /** The history of its document when a picture could not be taken anew, by the picture before. */
  const failed = new WeakMap<object, number | undefined>()

  return async (image) => {
    const card = state().cards[image]
    const layer = card?.capture.layer
    if (card === undefined || layer === undefined || card.layer !== 'changed') return
    const { capture } = card
    const history = host.historyOf(layer.documentId)
    const isWanted = (): boolean => state().cards[image]?.follows === true && !held.any()
    if (!isWanted() || (failed.has(capture) && failed.get(capture) === history)) return
    try {
      const taken = await host.readReference(layer, capture.part ?? 'whole', 'at once')
      const reference = state().recipe.references.find((one) => one.image === image)
      if (reference === undefined) return
      const thumbnail = await host.thumbnail(taken.picture, reference.fit, reference.cropAt)
      // Replaced, removed, switched off or taken hold of meanwhile.
      if (state().cards[image]?.capture !== capture || !isWanted()) return
      dispatch({ type: 'captured', image, capture: taken, thumbnail, byItself: true })
    } catch (thrown) {
      // Photoshop tells when it is no longer busy.
      if (!(thrown instanceof HostError && thrown.kind === 'busy')) failed.set(capture, history)
    }
  }
}
