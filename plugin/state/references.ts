import type { CapturedReference, LayerRef } from '../host/host.ts'
import { MOST_REFERENCES, type ReferenceChange } from './draft.ts'
import { noticeOf } from './notices.ts'
import type { Store } from './store.ts'
import type { Surroundings } from './surroundings.ts'

/** What a person can do with the references; each is named as in the recipe. The promises never reject. */
export interface References {
  /** Adds a reference for each selected layer; whether there is a new one. */
  readonly add: () => Promise<boolean>
  /** Takes the selected layer instead of this reference's. */
  readonly replace: (image: string) => Promise<void>
  /** Takes the picture of its layer anew. */
  readonly refresh: (image: string) => Promise<void>
  readonly change: (image: string, change: ReferenceChange) => Promise<void>
  readonly remove: (image: string) => void
}

type Part = Parameters<Surroundings['host']['readReference']>[1]

/** The references of the recipe, taken from layers of Photoshop. */
export function createReferences({ host }: Surroundings, store: Store): References {
  const { state, dispatch } = store
  let names = 0

  const refuse = (text: string): void => dispatch({ type: 'notice', notice: { text, about: 'selection' } })

  const fitOf = (image: string) =>
    state().recipe.references.find((reference) => reference.image === image)?.fit ?? 'crop'

  /** Whether it could be taken; a person is told when not. */
  const take = async (image: string, layer: LayerRef, part: Part): Promise<boolean> => {
    try {
      const capture = await host.readReference(layer, part)
      const thumbnail = await host.thumbnail(capture.picture, fitOf(image))
      dispatch({ type: 'captured', image, capture, thumbnail })
      return true
    } catch (thrown) {
      dispatch({ type: 'notice', notice: noticeOf(thrown) })
      return false
    }
  }

  const selectedLayers = () => {
    const selection = host.selection()
    dispatch({ type: 'selection', selection })
    if (selection.kind === 'layers') return selection.layers
    refuse(selection.kind === 'unusable' ? selection.why : 'No document is open: open one and select a layer.')
    return undefined
  }

  return {
    async add() {
      const layers = selectedLayers()
      if (layers === undefined) return false
      if (state().recipe.references.length + layers.length > MOST_REFERENCES) {
        refuse(`A picture follows at most ${MOST_REFERENCES} references: remove one, or select fewer layers.`)
        return false
      }
      for (const { layer } of layers) {
        if (!(await take(`reference ${++names}`, layer, 'selected'))) return false
      }
      return true
    },
    async replace(image) {
      const [layer, ...others] = selectedLayers() ?? []
      if (layer === undefined) return
      if (others.length > 0) return refuse(`${others.length + 1} layers are selected: select just one to replace this.`)
      await take(image, layer.layer, 'selected')
    },
    async refresh(image) {
      const capture: CapturedReference | undefined = state().cards[image]?.capture
      if (capture !== undefined) await take(image, capture.layer, capture.part ?? 'whole')
    },
    async change(image, change) {
      dispatch({ type: 'reference-changed', image, change })
      const card = state().cards[image]
      if (change.fit === undefined || card === undefined) return
      const thumbnail = await host.thumbnail(card.capture.picture, change.fit).catch(() => card.thumbnail)
      // Another fit may have been chosen while this one was drawn.
      if (fitOf(image) === change.fit) dispatch({ type: 'thumbnail', image, thumbnail })
    },
    remove: (image) => dispatch({ type: 'reference-removed', image }),
  }
}
