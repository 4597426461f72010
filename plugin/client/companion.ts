import type { About } from '../../shared/about.ts'
import type { SettingsChange } from '../../shared/companion-settings.ts'
import type { Earlier } from '../../shared/earlier.ts'
import type { ImprintError } from '../../shared/errors.ts'
import type { DeviceReport, ModelRecord, Phase } from '../../shared/protocol.ts'
import type { Raster } from '../../shared/raster.ts'
import type { Recipe } from '../../shared/recipe.ts'
import type { Score } from '../../shared/score.ts'
import type { Shape } from '../../shared/shape.ts'
import type { EarlierPictures } from './earlier-talk.ts'

/** How things stand with the companion; every `message` is one sentence for a person. */
export type CompanionStatus =
  /** The first attempt is under way. */
  | { readonly kind: 'connecting' }
  /** Nobody listens; it is tried again by itself. */
  | { readonly kind: 'absent'; readonly message: string }
  /** It listens, and waits for the number it shows; nothing happens until `pair`. */
  | { readonly kind: 'unpaired'; readonly message: string }
  /** It speaks another version; it is tried again by itself. */
  | { readonly kind: 'mismatch'; readonly message: string }
  /** It does not talk to where this panel runs; it is tried again by itself. */
  | { readonly kind: 'refused'; readonly message: string }
  /** Jobs can be sent. `device` is known a moment later than the rest. */
  | { readonly kind: 'ready'; readonly version: string; readonly device: DeviceReport | undefined }

export type CompanionEvent =
  /** Jobs ahead of this one, the running one included; comes again when that changes. */
  | { readonly type: 'queued'; readonly ahead: number }
  /** Steps done and in all; both 0 outside the denoising phase. */
  | { readonly type: 'progress'; readonly phase: Phase; readonly step: number; readonly steps: number }
  | { readonly type: 'preview'; readonly step: number; readonly picture: Raster }
  | {
      readonly type: 'result'
      /** Every default filled in; its pictures under the names the request gave them. */
      readonly recipe: Recipe
      readonly picture: Raster
      /** How many times each network ran for this picture. */
      readonly runs: Readonly<Record<string, number>>
      readonly seconds: number
      /** How near it came, where that was asked for. */
      readonly score?: Score
    }

export interface ImprintRequest {
  readonly recipe: Recipe
  /** The pictures the recipe names, by the string it names them with; a raster given once must not change afterwards. */
  readonly pictures: Readonly<Record<string, Raster>>
  /** A newer request takes the place of a waiting older one with the same slot, which fails with `superseded`. */
  readonly slot?: string
  /** Whether to also say how near the picture came. */
  readonly score?: boolean
  /** Whether a rough picture will do, in few steps; large ones come small. */
  readonly quick?: boolean
  /** What `order` calls it; no other request under way has the same. */
  readonly name?: string
  /** The shape of the place the picture goes into; the model then decides how large it is, unless the recipe does. */
  readonly shape?: Shape
}

/** A prompt whose length is wanted. */
export type TokenQuestion = Pick<Recipe, 'prompt' | 'notation' | 'checkpoint'>

/** How long a prompt is: its tokens, and how many there is room for in so many parts. */
export interface TokenCount {
  readonly tokens: number
  readonly room: number
  readonly parts: number
}

/** The companion as the panel sees it. */
export interface Companion {
  /** A new object whenever something changed, the same one otherwise. */
  readonly status: CompanionStatus
  /** Calls the listener after every change of `status`; returns the way to stop. */
  subscribe(listener: () => void): () => void
  /** Takes the number the companion shows and tries again at once. */
  pair(number: string): void
  /** Makes one picture; the last event is the result. Throws an ImprintError (`cancelled` when the signal aborts). */
  generate(request: ImprintRequest, signal: AbortSignal): AsyncIterable<CompanionEvent>
  /** Has the requests that wait run in the order of these names, those not named behind them. */
  order(names: readonly string[]): void
  /** How long a prompt is for the checkpoint; throws an ImprintError. */
  countTokens(asked: TokenQuestion): Promise<TokenCount>
  /** The models the companion found; throws an ImprintError. */
  models(): Promise<readonly ModelRecord[]>
  /** What it has to work with; throws an ImprintError. */
  about(): Promise<About>
  /** Has it work otherwise; resolves with what it has to work with then, which may be after the picture that is being made. Throws an ImprintError. */
  set(change: SettingsChange): Promise<About>
  /** What it keeps of finished pictures. */
  readonly earlier: EarlierPictures
  /** Tells of every picture of this panel once it is kept; returns the way to stop. */
  onMade(listener: (earlier: Earlier) => void): () => void
  /** Tells of what goes wrong and nobody waits for, as when a finished picture cannot be kept; returns the way to stop. */
  onFailure(listener: (error: ImprintError) => void): () => void
  close(): void
}
