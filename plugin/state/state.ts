import type { CompanionStatus } from '../client/companion.ts'
import type { CapturedReference, LayerRef, ResultLayer, ResultNote, Selection } from '../host/host.ts'
import type { Phase } from '../../shared/protocol.ts'
import type { Raster } from '../../shared/raster.ts'
import type { Recipe } from '../../shared/recipe.ts'
import type { Score } from '../../shared/score.ts'
import { advance, type Pace } from './pace.ts'

/** The weight a newcomer starts with, and the ends of the slider. */
export const WEIGHT = { least: 0, usual: 0.6, most: 1.5 } as const

/** A finished picture and everything that makes it again with another weight. */
export interface Made {
  /** Its seed, prompt and weight as they were asked for; pictures under the names of `pictures`. */
  readonly recipe: Recipe
  readonly pictures: Readonly<Record<string, Raster>>
  readonly reference: CapturedReference
  readonly weight: number
  readonly picture: Raster
  /** The picture for an img element. */
  readonly url: string
  readonly note: ResultNote
  /** How near it came to its reference; only pictures that were not made for the slider are held against it. */
  readonly score?: Score
}

/** A picture that could not go into the document and waits in the panel. */
export interface Kept {
  readonly made: Made
  /** The layer it should have gone into; absent for a picture that wants a new layer. */
  readonly into: ResultLayer | undefined
}

/** A picture being made. `adjust` follows the slider; `imprint` makes a new layer. */
export interface Run {
  readonly id: number
  readonly kind: 'imprint' | 'adjust'
  readonly weight: number
  readonly phase: Phase | 'sending' | 'waiting' | 'placing'
  /** Pictures of other panels that come first. */
  readonly ahead: number
  readonly pace: Pace
  /** The unfinished picture for an img element. */
  readonly preview: string | undefined
}

/** One sentence about something that went wrong or is missing, and what to do about it. */
export interface Notice {
  readonly text: string
  readonly remedy?: string
  /** Set when it is over as soon as something else is selected. */
  readonly about?: 'selection'
}

export interface PanelState {
  readonly companion: CompanionStatus
  readonly selection: Selection
  readonly reference: CapturedReference | undefined
  readonly prompt: string
  readonly negativePrompt: string
  readonly weight: number
  readonly run: Run | undefined
  /** The newest result that is in a document; the slider changes its layer. */
  readonly newest: { readonly made: Made; readonly layer: ResultLayer } | undefined
  /** The picture of a slider position that is still held; only the panel shows it. */
  readonly trial: { readonly weight: number; readonly url: string } | undefined
  readonly kept: Kept | undefined
  readonly notice: Notice | undefined
}

export type PanelEvent =
  | { readonly type: 'companion'; readonly status: CompanionStatus }
  | { readonly type: 'selection'; readonly selection: Selection }
  | { readonly type: 'reference'; readonly reference: CapturedReference }
  | { readonly type: 'prompt'; readonly text: string }
  | { readonly type: 'negative-prompt'; readonly text: string }
  | { readonly type: 'weight'; readonly weight: number }
  | { readonly type: 'run-started'; readonly id: number; readonly kind: Run['kind']; readonly weight: number }
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
  | { readonly type: 'kept'; readonly made: Made; readonly into: ResultLayer | undefined }
  | { readonly type: 'notice'; readonly notice: Notice | undefined }

/** The panel before anything is known. */
export function initialState(prompt: string, companion: CompanionStatus): PanelState {
  return {
    companion,
    selection: { kind: 'no-document' },
    reference: undefined,
    prompt,
    negativePrompt: '',
    weight: WEIGHT.usual,
    run: undefined,
    newest: undefined,
    trial: undefined,
    kept: undefined,
    notice: undefined,
  }
}

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
    case 'reference':
      return { ...state, reference: event.reference, notice: undefined }
    case 'prompt':
      return { ...state, prompt: event.text }
    case 'negative-prompt':
      return { ...state, negativePrompt: event.text }
    case 'weight':
      return { ...state, weight: Math.min(WEIGHT.most, Math.max(WEIGHT.least, event.weight)) }
    case 'run-started':
      return {
        ...state,
        notice: undefined,
        trial: event.kind === 'adjust' ? state.trial : undefined,
        run: {
          id: event.id,
          kind: event.kind,
          weight: event.weight,
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
        newest: { made: event.made, layer: event.layer },
        trial: undefined,
        kept: undefined,
        notice: undefined,
      }
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

/** Photoshop tells many times about one change; only a real one may redraw the panel. */
const sameSelection = (a: Selection, b: Selection): boolean => JSON.stringify(a) === JSON.stringify(b)

/** Whether the slider changes the newest layer: as long as all else the panel shows is what made it. */
export function isLive({ newest, reference, prompt, negativePrompt }: PanelState): boolean {
  return (
    newest !== undefined &&
    newest.made.reference === reference &&
    newest.made.recipe.prompt === prompt &&
    (newest.made.recipe.negativePrompt ?? '') === negativePrompt
  )
}

/** The layer a new result goes above. */
export const anchorOf = (made: Made): LayerRef => made.reference.layer
