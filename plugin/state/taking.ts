import type { LayerRef, ResultLayer } from '../host/host.ts'
import type { Draft } from './draft.ts'
import type { Memory } from './memory.ts'
import type { Cards, Made, PanelState } from './state.ts'

/** A selected layer that Imprint made, and how. */
export interface Recalled {
  readonly layer: LayerRef
  readonly name: string
  readonly memory: Memory
  /** Whether the layer itself says so, or a picture that the companion keeps looks just like it. */
  readonly by: 'memory' | 'look'
  /** What the layer itself says, as it is written there; absent where only its look says so. */
  readonly json?: string
}

/** Whether the selected layer is the one whose recipe the panel shows already; undo may have brought an earlier one back. */
export const isEdited = ({ recalled, newest }: Pick<PanelState, 'recalled' | 'newest'>): boolean =>
  newest?.exists === true &&
  newest.layer.layerId === recalled?.layer.layerId &&
  newest.layer.documentId === recalled.layer.documentId &&
  (recalled.json === undefined || recalled.json === newest.made.note.memory)

/** That the panel shows a recipe which the person did not make in it, and what it showed before. */
export interface TakenOver {
  /** What it is the recipe of. */
  readonly what: string
  /** As it came. */
  readonly recipe: Draft
  readonly before: Pick<PanelState, 'recipe' | 'cards' | 'newest'>
}

/** A recipe that comes into the panel whole. */
export interface Taking {
  readonly what: string
  readonly recipe: Draft
  readonly cards: Cards
  /** The layer it made, which the sliders are to change from now on. */
  readonly newest?: { readonly made: Made; readonly layer: ResultLayer }
}

/** The panel with another recipe, and the way back. */
export function withTaken(state: PanelState, { what, recipe, cards, newest }: Taking): PanelState {
  // Back leads to what the person made, over any number of recipes looked at since.
  const last = state.takenOver
  const before = last?.recipe === state.recipe ? last.before : pick(state)
  return {
    ...state,
    recipe,
    cards,
    newest: newest === undefined ? state.newest : { ...newest, exists: true },
    trial: undefined,
    notice: undefined,
    takenOver: { what, recipe, before },
  }
}

/** The panel as it was before a recipe came into it. */
export function withoutTaken(state: PanelState): PanelState {
  if (state.takenOver === undefined) return state
  return { ...state, ...state.takenOver.before, trial: undefined, takenOver: undefined }
}

const pick = ({ recipe, cards, newest }: PanelState): TakenOver['before'] => ({ recipe, cards, newest })
