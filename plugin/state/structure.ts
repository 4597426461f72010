import type { LayerRef } from '../host/host.ts'
import { type DraftStructure, STRUCTURE } from './draft.ts'
import { guarded } from './guarded.ts'
import { refuseSelection, selectedLayers } from './selected-layers.ts'
import type { Store } from './store.ts'
import type { Surroundings } from './surroundings.ts'

/** What a person can do with the picture that holds the structure. The promises never reject. */
export interface Structure {
  /** Takes the selected layer; `controlnet` holds it, unless one was chosen before. */
  readonly take: (controlnet: string) => Promise<void>
  /** Takes the picture of its layer anew. */
  readonly refresh: () => Promise<void>
  readonly change: (change: Partial<DraftStructure>) => void
  readonly remove: () => void
}

/** The structure of the recipe, taken from a layer of Photoshop. */
export function createStructure(surroundings: Surroundings, store: Store): Structure {
  const { host } = surroundings
  const { state, dispatch } = store
  const refuse = refuseSelection(store)

  /** Takes a layer's picture for the structure there is then, if any. */
  const hold = async (layer: LayerRef, held: () => DraftStructure | undefined): Promise<void> => {
    const capture = await host.readReference(layer, 'whole')
    const thumbnail = await host.thumbnail(capture.picture, 'pad')
    const structure = held()
    if (structure !== undefined) dispatch({ type: 'structure', structure, card: { capture, thumbnail, layer: 'same' } })
  }

  return {
    take: (controlnet) =>
      guarded(store, async () => {
        const layers = selectedLayers(surroundings, store)
        if (layers === undefined) return
        const [one, ...others] = layers
        if (one === undefined || others.length > 0) {
          return refuse('Several layers or none are selected: select the one that holds the structure.')
        }
        const first = { controlnet, preprocess: usualPreprocess(controlnet) }
        await hold(one.layer, () => state().recipe.structure ?? first)
      }),
    refresh: () =>
      guarded(store, async () => {
        const layer = state().cards[STRUCTURE]?.capture.layer
        if (layer !== undefined) await hold(layer, () => state().recipe.structure)
      }),
    change(change) {
      const { structure } = state().recipe
      if (structure === undefined) return
      const isOther = change.controlnet !== undefined && change.controlnet !== structure.controlnet
      const usual = isOther ? { preprocess: usualPreprocess(change.controlnet) } : {}
      dispatch({ type: 'changed', change: { structure: { ...structure, ...usual, ...change } } })
    },
    remove: () => dispatch({ type: 'structure', structure: undefined }),
  }
}

/** Networks for edges read edges; of the others none is known by its name alone. */
const usualPreprocess = (controlnet: string): DraftStructure['preprocess'] =>
  /canny/i.test(controlnet) ? 'canny' : 'none'
