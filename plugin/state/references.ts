import type { CapturedReference, LayerRef } from '../host/host.ts'
import { MOST_REFERENCES, type ReferenceChange } from './draft.ts'
import { guarded } from './guarded.ts'
import type { Held } from './held.ts'
import { noticeOf } from './notices.ts'
import { oneAtATime } from './one-at-a-time.ts'
import { newReferenceName } from './reference-names.ts'
import { refuseSelection, selectedLayers } from './selected-layers.ts'
import type { Store } from './store.ts'
import type { Surroundings } from './surroundings.ts'
import { createThumbnails } from './thumbnails.ts'
import { newRegionName } from './where.ts'

/** What a person can do with the references; each is named as in the recipe. The promises never reject. */
export interface References {
  /** Adds a reference for each selected layer; whether there is a new one. */
  readonly add: () => Promise<boolean>
  /** Adds the picture of a file that the person chooses. */
  readonly addFile: () => Promise<void>
  /** Adds a picture that is no layer's. */
  readonly addPicture: (capture: CapturedReference) => Promise<void>
  /** Takes the selected layer instead of this reference's. */
  readonly replace: (image: string) => Promise<void>
  /** Takes the picture of its layer anew. */
  readonly refresh: (image: string) => Promise<void>
  /** Has it act where the selection is, and nowhere else. */
  readonly actWhereSelected: (image: string) => Promise<void>
  readonly actEverywhere: (image: string) => void
  readonly change: (image: string, change: ReferenceChange) => Promise<void>
  /** Moves the square that is seen of it along its longer side, 0 to 1: still held, or let go of. */
  readonly reframe: (image: string, cropAt: number, released: boolean) => Promise<void>
  /** Has its picture taken anew by itself whenever its layer changed, or no longer; later references do the same. */
  readonly follow: (image: string, follows: boolean) => void
  readonly remove: (image: string) => void
}

type Part = Parameters<Surroundings['host']['readReference']>[1]

const FOLLOW = 'follow-layers'

/** The references of the recipe, taken from layers of Photoshop; `look` has the panel look at their layers. */
export function createReferences(surroundings: Surroundings, store: Store, held: Held, look: () => void): References {
  const { host, settings } = surroundings
  const { state, dispatch } = store
  const redraw = createThumbnails(surroundings, store)

  const refuse = refuseSelection(store)

  const find = (image: string) => state().recipe.references.find((reference) => reference.image === image)

  const take = (image: string, layer: LayerRef, part: Part): Promise<boolean> =>
    keep(image, () => host.readReference(layer, part))

  /** Whether it could be taken; a person is told when not. */
  const keep = async (image: string, read: () => Promise<CapturedReference | undefined>): Promise<boolean> => {
    const isNew = find(image) === undefined
    try {
      const capture = await read()
      if (capture === undefined) return false
      const { fit = 'crop', cropAt } = find(image) ?? {}
      const thumbnail = await host.thumbnail(capture.picture, fit, cropAt)
      const now = find(image)
      // Removed meanwhile: it is not to come back.
      if (!isNew && now === undefined) return false
      const follows = capture.layer !== undefined && settings.read(FOLLOW) === 'yes'
      dispatch({ type: 'captured', image, capture, thumbnail, follows })
      if (now !== undefined && (now.fit !== fit || now.cropAt !== cropAt)) await redraw(image)
      return true
    } catch (thrown) {
      dispatch({ type: 'notice', notice: noticeOf(thrown) })
      return false
    }
  }

  const hasRoom = (count: number, otherwise = ''): boolean => {
    const fits = state().recipe.references.length + count <= MOST_REFERENCES
    if (!fits) refuse(`A picture follows at most ${MOST_REFERENCES} references: remove one${otherwise}.`)
    return fits
  }

  return {
    add: oneAtATime(async () => {
      const layers = selectedLayers(surroundings, store)
      if (layers === undefined) return false
      if (!hasRoom(layers.length, ', or select fewer layers')) return false
      for (const { layer } of layers) {
        if (!(await take(newReferenceName(), layer, 'selected'))) return false
      }
      return true
    }),
    addFile: oneAtATime(async () => {
      if (hasRoom(1)) await keep(newReferenceName(), () => host.referenceFromFile())
    }),
    async addPicture(capture) {
      if (hasRoom(1)) await keep(newReferenceName(), () => Promise.resolve(capture))
    },
    async replace(image) {
      const [layer, ...others] = selectedLayers(surroundings, store) ?? []
      if (layer === undefined) return
      if (others.length > 0) return refuse(`${others.length + 1} layers are selected: select just one to replace this.`)
      await take(image, layer.layer, 'selected')
    },
    async refresh(image) {
      const capture: CapturedReference | undefined = state().cards[image]?.capture
      if (capture?.layer !== undefined) await take(image, capture.layer, capture.part ?? 'whole')
    },
    actWhereSelected: (image) =>
      guarded(store, async () => {
        const region = await host.readRegion()
        dispatch({ type: 'reference-region', image, acts: { mask: newRegionName(), region } })
      }),
    actEverywhere: (image) => dispatch({ type: 'reference-region', image, acts: undefined }),
    async change(image, change) {
      dispatch({ type: 'reference-changed', image, change })
      if (change.fit !== undefined) await redraw(image)
    },
    async reframe(image, cropAt, released) {
      dispatch({ type: 'reference-changed', image, change: { cropAt } })
      held.mark(image, released)
      await redraw(image)
    },
    follow(image, follows) {
      settings.write(FOLLOW, follows ? 'yes' : 'no')
      dispatch({ type: 'reference-follows', image, follows })
      if (follows) look()
    },
    remove(image) {
      dispatch({ type: 'reference-removed', image })
      held.drop(image)
    },
  }
}
