import type { CompanionStatus } from '../client/companion.ts'
import type { CapturedReference, ResultLayer, Selection } from '../host/host.ts'
import { changedReference, type Draft, type DraftChange, newReference, type ReferenceChange } from './draft.ts'
import type { Following } from './following.ts'
import { advance, type Pace } from './pace.ts'
import type { Card, Made, Notice, PanelState, Run } from './state.ts'

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
    }
  | { readonly type: 'reference-changed'; readonly image: string; readonly change: ReferenceChange }
  | { readonly type: 'reference-removed'; readonly image: string }
  | { readonly type: 'thumbnail'; readonly image: string; readonly thumbnail: string }
  | { readonly type: 'reference-layer'; readonly image: string; readonly layer: Card['layer'] }
  | { readonly type: 'followed'; readonly following: readonly Following[] }
  | { readonly type: 'changed'; readonly change: DraftChange }
  | { readonly type: 'earlier-prompts'; readonly prompts: readonly string[] }
  | {
      readonly type: 'run-started'
      readonly id: number
      readonly kind: Run['kind']
      readonly weights: readonly number[]
    }
  | { readonly type: 'run-phase'; readonly id: number; readonly phase: Run['phase']; readonly ahead?: number }
  | {
      readonly type: 'run-step'
      readonly id: number
      readonly step: number
      readonly steps: number
      /** Milliseconds of a clock that only moves forward. */
      readonly at: number
    }
  | { readonly type: 'run-preview'; readonly id: number; readonly url: string }
  | { readonly type: 'run-ended'; readonly id: number }
  | { readonly type: 'trial'; readonly trial: PanelState['trial'] }
  | { readonly type: 'placed'; readonly made: Made; readonly layer: ResultLayer }
  | { readonly type: 'newest-exists'; readonly exists: boolean }
  | { readonly type: 'kept'; readonly made: Made; readonly into: ResultLayer | undefined }
  | { readonly type: 'notice'; readonly notice: Notice | undefined }

const NOT_STARTED: Pace = { step: 0, steps: 0, since: undefined, secondsLeft: undefined }

/** What the panel shows after an event; pure. Events of a run that is over change nothing. */
export function reduce(state: PanelState, event: PanelEvent): PanelState {
  switch (event.type) {
    case 'companion':
      return { ...state, companion: event.status }
    case 'selection':
      if (sameSelection(state.selection, event.selection)) return state
      return {
        ...state,
        selection: event.selection,
        notice: state.notice?.about === 'selection' ? undefined : state.notice,
      }
    case 'captured': {
      const { references } = state.recipe
      const isNew = !references.some(({ image }) => image === event.image)
      const card: Card = { capture: event.capture, thumbnail: event.thumbnail, layer: 'same' }
      return {
        ...withReferences(state, isNew ? [...references, newReference(event.image)] : references),
        cards: { ...state.cards, [event.image]: card },
        notice: undefined,
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
      const cards = Object.fromEntries(Object.entries(state.cards).filter(([image]) => image !== event.image))
      const references = state.recipe.references.filter(({ image }) => image !== event.image)
      return { ...withReferences(state, references), cards }
    }
    case 'thumbnail':
      return inCard(state, event.image, { thumbnail: event.thumbnail })
    case 'reference-layer':
      return inCard(state, event.image, { layer: event.layer })
    case 'followed':
      return withReferences(
        state,
        state.recipe.references.map((reference, i) => changedReference(reference, event.following[i] ?? {})),
      )
    case 'changed':
      return { ...state, recipe: { ...state.recipe, ...event.change } }
    case 'earlier-prompts':
      return { ...state, earlierPrompts: event.prompts }
    case 'run-started':
      return {
        ...state,
        notice: undefined,
        trial: event.kind === 'adjust' ? state.trial : undefined,
        run: {
          id: event.id,
          kind: event.kind,
          weights: event.weights,
          phase: 'sending',
          ahead: 0,
          pace: NOT_STARTED,
          preview: undefined,
        },
      }
    case 'run-phase':
      return inRun(state, event.id, { phase: event.phase, ahead: event.ahead ?? 0 })
    case 'run-step':
      return inRun(state, event.id, (run) => ({ phase: 'denoising', pace: advance(run.pace, event) }))
    case 'run-preview':
      return inRun(state, event.id, { preview: event.url })
    case 'run-ended':
      return state.run?.id === event.id ? { ...state, run: undefined } : state
    case 'placed':
      return {
        ...state,
        newest: { made: event.made, layer: event.layer, exists: true },
        trial: undefined,
        kept: undefined,
        notice: undefined,
      }
    case 'newest-exists':
      if (state.newest === undefined || state.newest.exists === event.exists) return state
      return { ...state, newest: { ...state.newest, exists: event.exists }, trial: undefined }
    case 'kept':
      return { ...state, newest: undefined, trial: undefined, kept: { made: event.made, into: event.into } }
    case 'trial':
      return { ...state, trial: event.trial }
    case 'notice':
      return { ...state, notice: event.notice }
  }
}

function inRun(state: PanelState, id: number, change: Partial<Run> | ((run: Run) => Partial<Run>)): PanelState {
  if (state.run?.id !== id) return state
  return { ...state, run: { ...state.run, ...(typeof change === 'function' ? change(state.run) : change) } }
}

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

/** Photoshop tells many times about one change; only a real one may redraw the panel. */
const sameSelection = (a: Selection, b: Selection): boolean => JSON.stringify(a) === JSON.stringify(b)
