import type { CompanionStatus } from '../client/companion.ts'
import type { CapturedReference, LayerNow, ResultLayer, ResultNote, Selection } from '../host/host.ts'
import type { Phase } from '../../shared/protocol.ts'
import type { Raster } from '../../shared/raster.ts'
import type { Score } from '../../shared/score.ts'
import type { Following } from './following.ts'
import type { Draft } from './draft.ts'
import type { Pace } from './pace.ts'
import { isOf, type Order } from './request.ts'

/** A finished picture and everything that makes it again with other weights. */
export interface Made extends Order {
  readonly picture: Raster
  /** The picture for an img element. */
  readonly url: string
  readonly note: ResultNote
  /** How near it came to its first reference; only pictures that were not made for the slider are held against it. */
  readonly score?: Score
}

/** What the panel knows of a reference beside its place in the recipe. */
export interface Card {
  readonly capture: CapturedReference
  /** What CLIP gets to see of it, as a data URL. */
  readonly thumbnail: string
  /** Whether its layer still looks as it did when the picture was taken. */
  readonly layer: LayerNow
}

/** Cards by the name of their reference in the recipe. */
export type Cards = Readonly<Record<string, Card>>

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
  readonly weights: readonly number[]
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
  /** What is being edited, and what the next picture will be made of. */
  readonly recipe: Draft
  readonly cards: Cards
  /** Prompts that pictures were made of, newest first. */
  readonly earlierPrompts: readonly string[]
  readonly run: Run | undefined
  /** The newest result that went into a document; the sliders change its layer as long as that `exists`. */
  readonly newest: { readonly made: Made; readonly layer: ResultLayer; readonly exists: boolean } | undefined
  /** What a slider that is held would make: a quick picture, or while it is coming the one before; only the panel shows it. */
  readonly trial:
    { readonly following: readonly Following[]; readonly url: string; readonly isComing: boolean } | undefined
  readonly kept: Kept | undefined
  readonly notice: Notice | undefined
}

/** The panel before anything is known, with what it remembers from last time. */
export function initialState(
  { prompt, earlierPrompts }: { readonly prompt: string; readonly earlierPrompts: readonly string[] },
  companion: CompanionStatus,
): PanelState {
  return {
    companion,
    selection: { kind: 'no-document' },
    recipe: { prompt, negativePrompt: '', size: undefined, steps: undefined, seed: undefined, references: [] },
    cards: {},
    earlierPrompts,
    run: undefined,
    newest: undefined,
    trial: undefined,
    kept: undefined,
    notice: undefined,
  }
}

/** Whether the sliders change the newest layer: as long as it is there and all else the panel shows is what made it. */
export function isLive({ newest, recipe, cards }: PanelState): boolean {
  return newest !== undefined && newest.exists && isOf(newest.made, recipe, cards)
}
