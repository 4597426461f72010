import type { CompanionStatus } from '../client/companion.ts'
import type { CapturedReference, LayerRef, Region, Replaced, ResultLayer, Selection } from '../host/host.ts'
import { changedDraft, withoutBroughtAlong } from './brought-along.ts'
import {
  changedReference,
  type Draft,
  type DraftChange,
  type DraftStructure,
  newReference,
  type ReferenceChange,
  STRUCTURE,
} from './draft.ts'
import type { EarlierList } from './earlier-list.ts'
import type { Following } from './following.ts'
import { changedRuns, type RunEvent } from './runs.ts'
import type { Card, Cards, Made, Notice, PanelState } from './state.ts'
import type { Sweep } from './sweep.ts'
import { type Recalled, type Taking, withoutTaken, withTaken } from './taking.ts'
import type { Variation } from './variations.ts'

/** What changes the panel's state. */
export type PanelEvent =
  | { readonly type: 'companion'; readonly status: CompanionStatus }
  | { readonly type: 'selection'; readonly selection: Selection }
  /** A picture was taken: for a new reference, or another one for a reference that is there. */
  | {
      readonly type: 'captured'
      readonly image: string
      readonly capture: CapturedReference
      readonly thumbnail: string
      /** Whether a new reference follows its layer. */
      readonly follows?: boolean
      /** No person asked for it. */
      readonly byItself?: true
    }
  | { readonly type: 'reference-changed'; readonly image: string; readonly change: ReferenceChange }
  | { readonly type: 'reference-removed'; readonly image: string }
  | { readonly type: 'thumbnail'; readonly image: string; readonly thumbnail: string }
  | { readonly type: 'reference-layer'; readonly image: string; readonly layer: Card['layer'] }
  | { readonly type: 'reference-follows'; readonly image: string; readonly follows: boolean }
  /** Where a reference acts from now on, and how the mask for that is named; everywhere where undefined. */
  | {
      readonly type: 'reference-region'
      readonly image: string
      readonly acts: { readonly mask: string; readonly region: Region } | undefined
    }
  | { readonly type: 'structure'; readonly structure: DraftStructure | undefined; readonly card?: Card }
  | { readonly type: 'target'; readonly target: PanelState['target'] }
  | { readonly type: 'followed'; readonly following: readonly Following[] }
  | { readonly type: 'changed'; readonly change: DraftChange }
  | { readonly type: 'earlier-prompts'; readonly prompts: readonly string[] }
  | RunEvent
  | { readonly type: 'variations'; readonly variations: readonly Variation[] }
  | { readonly type: 'variation-made'; readonly id: number; readonly made: Made }
  | { readonly type: 'variation-ended'; readonly id: number }
  | { readonly type: 'sweep'; readonly sweep: PanelState['sweep'] }
  | { readonly type: 'swept'; readonly id: number; readonly made: Made }
  | { readonly type: 'presets'; readonly presets: PanelState['presets'] }
  | { readonly type: 'tokens'; readonly tokens: PanelState['tokens'] }
  | { readonly type: 'trial'; readonly trial: PanelState['trial'] }
  /** `into` is the layer that was painted anew, if one was. */
  | { readonly type: 'placed'; readonly made: Made; readonly layer: ResultLayer; readonly into?: LayerRef }
  | { readonly type: 'newest-exists'; readonly exists: boolean }
  | { readonly type: 'kept'; readonly made: Made; readonly into: Replaced | undefined }
  | { readonly type: 'kept-dropped'; readonly made: Made }
  | { readonly type: 'earlier'; readonly change: Partial<EarlierList> }
  | { readonly type: 'recalled'; readonly recalled: Recalled | undefined }
  | { readonly type: 'taken'; readonly taking: Taking }
  | { readonly type: 'taken-back' }
  | { readonly type: 'taken-kept' }
  | { readonly type: 'notice'; readonly notice: Notice | undefined }
  | { readonly type: 'host-busy'; readonly isBusy: boolean }

/** What the panel shows after an event; pure. Events of a run that is over change nothing. */
export function reduce(state: PanelState, event: PanelEvent): PanelState {
  switch (event.type) {
    case 'companion':
      return {
        ...state,
        companion: event.status,
        notice:
          state.notice?.about === 'companion' && event.status.kind !== state.companion.kind ? undefined : state.notice,
      }
    case 'selection':
      if (sameSelection(state.selection, event.selection)) return state
      return {
        ...state,
        selection: event.selection,
        recalled: isSelected(event.selection, state.recalled?.layer) ? state.recalled : undefined,
        notice: state.notice?.about === 'selection' ? undefined : state.notice,
      }
    case 'captured': {
      const { references } = state.recipe
      const isNew = !references.some(({ image }) => image === event.image)
      const { region, follows = event.follows } = state.cards[event.image] ?? {}
      const card: Card = {
        capture: event.capture,
        thumbnail: event.thumbnail,
        layer: 'same',
        ...(region && { region }),
        ...(follows && { follows }),
      }
      return {
        ...withReferences(state, isNew ? [...references, newReference(event.image)] : references),
        cards: { ...state.cards, [event.image]: card },
        notice: event.byItself ? state.notice : undefined,
      }
    }
    case 'reference-changed':
      return withReferences(
        state,
        state.recipe.references.map((reference) =>
          reference.image === event.image ? changedReference(reference, event.change) : reference,
        ),
      )
    case 'reference-removed': {
      const references = state.recipe.references.filter(({ image }) => image !== event.image)
      return { ...withReferences(state, references), cards: withoutCard(state.cards, event.image) }
    }
    case 'thumbnail':
      return inCard(state, event.image, { thumbnail: event.thumbnail })
    case 'reference-layer':
      // There is nothing left to follow, and what undo may bring back is the person's to take.
      return inCard(state, event.image, { layer: event.layer, ...(event.layer === 'gone' && { follows: false }) })
    case 'reference-follows':
      return inCard(state, event.image, { follows: event.follows })
    case 'reference-region':
      return withRegion(state, event.image, event.acts)
    case 'structure': {
      return {
        ...state,
        recipe: {
          // What else holds the structure, of a recipe that came in, is let go of with it.
          ...(event.structure ? state.recipe : withoutBroughtAlong(state.recipe, ['controls'])),
          structure: event.structure,
        },
        cards: { ...withoutCard(state.cards, STRUCTURE), ...(event.card && { [STRUCTURE]: event.card }) },
        notice: undefined,
      }
    }
    case 'target':
      return JSON.stringify(state.target) === JSON.stringify(event.target) ? state : { ...state, target: event.target }
    case 'followed':
      return withReferences(
        state,
        state.recipe.references.map((reference, i) => changedReference(reference, event.following[i] ?? {})),
      )
    case 'changed':
      return { ...state, recipe: changedDraft(state.recipe, event.change) }
    case 'earlier-prompts':
      return { ...state, earlierPrompts: event.prompts }
    case 'presets':
      return { ...state, presets: event.presets }
    case 'tokens':
      return { ...state, tokens: event.tokens }
    case 'run-started':
      return {
        ...withRuns(state, event),
        notice: undefined,
        trial: event.kind === 'adjust' ? state.trial : undefined,
      }
    case 'run-phase':
    case 'run-step':
    case 'run-preview':
    case 'run-moved':
    case 'run-ended':
      return withRuns(state, event)
    case 'variations':
      return { ...state, variations: event.variations }
    case 'variation-made':
      return {
        ...state,
        variations: state.variations.map((one) => (one.id === event.id ? { ...one, made: event.made } : one)),
      }
    case 'variation-ended':
      return { ...state, variations: state.variations.filter(({ id, made }) => id !== event.id || made !== undefined) }
    case 'sweep':
      return { ...state, sweep: event.sweep }
    case 'swept':
      return { ...state, sweep: state.sweep && withSwept(state.sweep, event) }
    case 'placed':
      return {
        ...state,
        // Another layer may have been taken over meanwhile: the sliders are that one's.
        newest:
          event.into && state.newest && !isSameLayer(event.into, state.newest.layer)
            ? state.newest
            : { made: event.made, layer: event.layer, exists: true },
        // What the layer says of itself is looked up anew.
        recalled: isSameLayer(state.recalled?.layer, event.layer) ? undefined : state.recalled,
        trial: undefined,
        kept: state.kept.filter(({ made }) => made !== event.made),
        notice: isSettledBy(state, event) ? undefined : state.notice,
      }
    case 'newest-exists':
      if (state.newest === undefined || state.newest.exists === event.exists) return state
      return { ...state, newest: { ...state.newest, exists: event.exists }, trial: undefined }
    case 'kept':
      return {
        ...state,
        // The layer it was to go into is gone; any other is still there.
        newest: isSameLayer(event.into, state.newest?.layer) ? undefined : state.newest,
        trial: undefined,
        kept: [...state.kept, { made: event.made, into: event.into }],
      }
    case 'kept-dropped':
      return { ...state, kept: state.kept.filter(({ made }) => made !== event.made) }
    case 'trial':
      return { ...state, trial: event.trial }
    case 'earlier':
      return { ...state, earlier: { ...state.earlier, ...event.change } }
    case 'recalled':
      return JSON.stringify(state.recalled) === JSON.stringify(event.recalled)
        ? state
        : { ...state, recalled: event.recalled }
    case 'taken':
      return withTaken(state, event.taking)
    case 'taken-kept':
      return { ...state, takenOver: undefined }
    case 'taken-back':
      return withoutTaken(state)
    case 'notice':
      return { ...state, notice: event.notice }
    case 'host-busy':
      return event.isBusy === state.hostIsBusy ? state : { ...state, hostIsBusy: event.isBusy }
  }
}

function withRuns(state: PanelState, event: RunEvent): PanelState {
  const runs = changedRuns(state.runs, event)
  return { ...state, runs, run: runs[0] }
}

const withSwept = (sweep: Sweep, { id, made }: { readonly id: number; readonly made: Made }): Sweep => ({
  ...sweep,
  pictures: sweep.pictures.map((one) => (one.id === id ? { ...one, made } : one)),
})

/** Whether a picture that is placed now puts right what the notice is about; of others that are made it may not be. */
const isSettledBy = (
  { kept, newest }: PanelState,
  { made, layer }: { readonly made: Made; readonly layer: ResultLayer },
): boolean => newest?.layer.layerId === layer.layerId || kept.some((one) => one.made === made)

const withReferences = (state: PanelState, references: Draft['references']): PanelState => ({
  ...state,
  recipe: { ...state.recipe, references },
})

function inCard(state: PanelState, image: string, change: Partial<Card>): PanelState {
  const card = state.cards[image]
  if (card === undefined) return state
  const isSame = Object.entries(change).every(([key, value]) => card[key as keyof Card] === value)
  return isSame ? state : { ...state, cards: { ...state.cards, [image]: { ...card, ...change } } }
}

const withoutCard = (cards: Cards, image: string): Cards =>
  Object.fromEntries(Object.entries(cards).filter(([name]) => name !== image))

function withRegion(
  state: PanelState,
  image: string,
  acts: { readonly mask: string; readonly region: Region } | undefined,
): PanelState {
  const card = state.cards[image]
  if (card === undefined) return state
  const references = state.recipe.references.map((reference) =>
    reference.image === image ? { ...reference, mask: acts?.mask } : reference,
  )
  const cards = { ...state.cards, [image]: { ...card, region: acts?.region } }
  return { ...withReferences(state, references), cards }
}

/** Whether a layer is what is selected, and nothing else is. */
function isSelected(selection: Selection, layer: LayerRef | undefined): boolean {
  const [one, ...others] = selection.kind === 'layers' ? selection.layers : []
  return others.length === 0 && isSameLayer(one?.layer, layer)
}

const isSameLayer = (one: LayerRef | undefined, other: LayerRef | undefined): boolean =>
  one?.layerId === other?.layerId && one?.documentId === other?.documentId

/** Photoshop tells many times about one change; only a real one may redraw the panel. */
const sameSelection = (a: Selection, b: Selection): boolean => JSON.stringify(a) === JSON.stringify(b)
