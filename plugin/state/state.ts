import type { CompanionStatus, TokenCount } from '../client/companion.ts'
import type {
  CapturedReference,
  LayerNow,
  Region,
  Replaced,
  ResultLayer,
  ResultNote,
  Selection,
  Target,
} from '../host/host.ts'
import type { Raster } from '../../shared/raster.ts'
import type { Score } from '../../shared/score.ts'
import { type Draft, STRENGTH } from './draft.ts'
import { CLOSED_LIST, type EarlierList } from './earlier-list.ts'
import type { Following } from './following.ts'
import type { Preset } from './presets.ts'
import { isOf, type Order } from './request.ts'
import type { Run } from './runs.ts'
import type { Sweep } from './sweep.ts'
import type { Recalled, TakenOver } from './taking.ts'
import type { Variation } from './variations.ts'

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
  /** Whether its picture is taken anew by itself when that changed. */
  readonly follows?: boolean
  /** Where it acts; everywhere where absent. */
  readonly region?: Region | undefined
}

/** Cards by the name of their reference in the recipe. */
export type Cards = Readonly<Record<string, Card>>

/** A picture that could not go into the document and waits in the panel. */
export interface Kept {
  readonly made: Made
  /** The layer it should have gone into; absent for a picture that wants a new layer. */
  readonly into: Replaced | undefined
}

/** One sentence about something that went wrong or is missing, and what to do about it. */
export interface Notice {
  readonly text: string
  readonly remedy?: string
  /** Set when it is over as soon as something else is selected, or the companion is otherwise. */
  readonly about?: 'selection' | 'companion'
}

export interface PanelState {
  readonly companion: CompanionStatus
  readonly selection: Selection
  /** Where the next picture goes, and a small picture of that where it is not the whole. */
  readonly target: { readonly where: Target; readonly map?: string } | undefined
  /** What is being edited, and what the next picture will be made of. */
  readonly recipe: Draft
  readonly cards: Cards
  /** Prompts that pictures were made of, newest first. */
  readonly earlierPrompts: readonly string[]
  /** Named prompts to take again, oldest first. */
  readonly presets: readonly Preset[]
  /** How long the prompt is for the model; undefined before it is known. */
  readonly tokens: TokenCount | undefined
  /** All pictures being made or waiting for their turn, in the order they are made. */
  readonly runs: readonly Run[]
  /** The first of them: the one that is shown. */
  readonly run: Run | undefined
  /** Pictures of other seeds to choose from, none of them in the document yet. */
  readonly variations: readonly Variation[]
  /** Pictures of other weights to compare, none of them in the document yet. */
  readonly sweep: Sweep | undefined
  /** The newest result that went into a document; the sliders change its layer as long as that `exists`. */
  readonly newest: { readonly made: Made; readonly layer: ResultLayer; readonly exists: boolean } | undefined
  /** What a slider that is held would make: a quick picture, or while it is coming the one before; only the panel shows it. */
  readonly trial:
    { readonly following: readonly Following[]; readonly url: string; readonly isComing: boolean } | undefined
  /** Pictures that could not go into their documents, oldest first. */
  readonly kept: readonly Kept[]
  readonly notice: Notice | undefined
  /** Whether something waits until Photoshop is no longer busy. */
  readonly hostIsBusy: boolean
  readonly earlier: EarlierList
  /** How the selected layer was made, where Imprint made it. */
  readonly recalled: Recalled | undefined
  /** Where the recipe being edited comes from, when it came whole, and the way back. */
  readonly takenOver: TakenOver | undefined
}

/** What the panel remembers from one session to the next. */
export interface Remembered extends Pick<PanelState, 'earlierPrompts' | 'presets'> {
  readonly prompt: string
}

/** The panel before anything is known, with what it remembers from last time. */
export function initialState({ prompt, earlierPrompts, presets }: Remembered, companion: CompanionStatus): PanelState {
  return {
    companion,
    selection: { kind: 'no-document' },
    target: undefined,
    recipe: {
      prompt,
      negativePrompt: '',
      size: undefined,
      steps: undefined,
      seed: undefined,
      references: [],
      startFrom: 'nothing',
      strength: STRENGTH.usual,
    },
    cards: {},
    earlierPrompts,
    presets,
    tokens: undefined,
    runs: [],
    run: undefined,
    variations: [],
    sweep: undefined,
    newest: undefined,
    trial: undefined,
    kept: [],
    notice: undefined,
    hostIsBusy: false,
    earlier: CLOSED_LIST,
    recalled: undefined,
    takenOver: undefined,
  }
}

/** Whether the sliders change the newest layer: as long as it is there and all else the panel shows is what made it. */
export function isLive({ newest, recipe, cards }: PanelState): boolean {
  return newest !== undefined && newest.exists && isOf(newest.made, recipe, cards)
}
