import type { DraftStructure } from './draft.ts'
import { guarded } from './guarded.ts'
import { refuseSelection, selectedLayers } from './selected-layers.ts'
import type { Store } from './store.ts'
import type { Surroundings } from './surroundings.ts'

/** What a person can do with the picture that holds the structure. The promises never reject. */
export interface Structure {
  /** Takes the selected layer; `controlnet` holds it, unless one was chosen before. */
  readonly take: (controlnet: string) => Promise<void>
  readonly change: (change: Partial<DraftStructure>) => void
  readonly remove: () => void
}

/** The structure of the recipe, taken from a layer of Photoshop. */
export function createStructure(surroundings: Surroundings, store: Store): Structure {
  const { host } = surroundings
  const { state, dispatch } = store
  const refuse = refuseSelection(store)
  return {
    take: (controlnet) =>
      guarded(store, async () => {
        const layers = selectedLayers(surroundings, store)
        if (layers === undefined) return
        const [one, ...others] = layers
        if (one === undefined || others.length > 0) {
          return refuse('Several layers or none are selected: select the one that holds the structure.')
        }
        const capture = await host.readReference(one.layer, 'whole')
        const thumbnail = await host.thumbnail(capture.picture, 'pad')
        const structure = state().recipe.structure ?? { controlnet, preprocess: usualPreprocess(controlnet) }
        dispatch({ type: 'structure', structure, card: { capture, thumbnail, layer: 'same' } })
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
