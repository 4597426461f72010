import type { DeviceChoice } from '../../shared/companion-settings.ts'
import type { ErrorCode } from '../../shared/errors.ts'
import type { Workshop } from '../jobs/workshop.ts'
import type { DeviceReport, EngineEvent, GenerateRequest } from './engine.ts'

/** Where the engine's process looks for models, and where it should run them. */
export interface EngineOptions {
  /** Folders with models; the first checkpoint found is the default. */
  readonly roots: readonly string[]
  readonly device: DeviceChoice
  /** Bytes that loaded networks may take; a part of the machine's memory where absent. */
  readonly memory?: number | undefined
  /** How unfinished pictures are shown; by a formula unless said otherwise. */
  readonly preview?: Workshop['preview']
}

/** What is said to the engine's process. */
export type ToEngine =
  /** `reason` says why that device, where nobody asked for it. */
  | { readonly type: 'start'; readonly options: EngineOptions; readonly reason: string | undefined }
  | { readonly type: 'generate'; readonly id: number; readonly request: GenerateRequest }
  | { readonly type: 'cancel'; readonly id: number }

export interface Failure {
  readonly code: ErrorCode
  readonly message: string
}

/** What the engine's process says. */
export type FromEngine =
  | { readonly type: 'ready'; readonly device: DeviceReport }
  | { readonly type: 'unusable'; readonly failure: Failure }
  | { readonly type: 'event'; readonly id: number; readonly event: EngineEvent }
  | { readonly type: 'failed'; readonly id: number; readonly failure: Failure }
