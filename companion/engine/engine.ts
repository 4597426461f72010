import type { Raster } from '../../shared/raster.ts'
import type { Recipe } from '../../shared/recipe.ts'
import type { Score } from '../../shared/score.ts'
import type { Shape } from '../../shared/shape.ts'

/** What a run is doing, in the order it does it. */
export type Phase = 'loading' | 'encoding' | 'denoising' | 'decoding'

export interface GenerateRequest {
  readonly recipe: Recipe
  /** The pictures the recipe names, by the string it names them with. */
  readonly pictures: Readonly<Record<string, Raster>>
  /** The faces it names that come as numbers, likewise: a row for each face. */
  readonly faces?: Readonly<Record<string, readonly Float32Array[]>>
  /** The shape of the place the picture goes into, for recipes without a size. */
  readonly shape?: Shape
  /** Whether to also return the latents and the picture before rounding, for `--dump`. */
  readonly dump?: boolean
  /** Whether to also say how near the picture came to reference and prompt. */
  readonly score?: boolean
  /** Whether a rough picture of the same kind will do, in few steps. */
  readonly quick?: boolean
  /** Whether a cancel waits for the end of a step: another picture like it comes right after, and needs what is loaded. */
  readonly gentle?: boolean
}

export interface Progress {
  readonly type: 'progress'
  readonly phase: Phase
  /** Steps done and steps in all; both 0 outside the denoising phase. */
  readonly step: number
  readonly steps: number
}

export interface Preview {
  readonly type: 'preview'
  readonly step: number
  readonly picture: Raster
}

export interface Result {
  readonly type: 'result'
  /** The recipe with every default filled in, so that it makes the same picture again. */
  readonly recipe: Recipe
  readonly picture: Raster
  /** How many times each network ran for this picture; what was kept from earlier runs is not in it. */
  readonly runs: Readonly<Record<string, number>>
  readonly seconds: number
  readonly score?: Score
  readonly dump?: Readonly<Record<string, DumpedTensor>>
}

export interface DumpedTensor {
  readonly shape: readonly number[]
  readonly data: Float32Array
}

export type EngineEvent = Progress | Preview | Result

/** Where the networks run, and why not elsewhere. */
export interface DeviceReport {
  readonly device: 'cpu' | 'webgpu'
  readonly reason: string
}

/** Makes pictures in a process of its own. One run at a time; callers queue. */
export interface Engine {
  /** Runs one recipe; ends with a result, or throws an ImprintError (`cancelled` when the signal aborts). */
  generate(request: GenerateRequest, signal: AbortSignal): AsyncIterable<EngineEvent>
  /** The device in use; starts the process and its self-test when it is not running yet. */
  device(): Promise<DeviceReport>
  close(): Promise<void>
}
