import type { NoiseSource } from '../noise.ts'
import type { Schedule } from '../schedule.ts'

/** What a model says of noisy latents: the noise in them, and what is left without it. */
export interface Prediction {
  readonly epsilon: Float32Array
  readonly denoised: Float32Array
}

/**
 * Asks the model about variance-preserving latents √ᾱ x₀ + √(1 - ᾱ) ε at the noise level before step i; `step` is the one it
 * is asked for, where that is another.
 */
export type Denoise = (x: Float32Array, i: number, step?: number) => Promise<Prediction>

/** One step done: the latents after it, and the model's guess of the finished ones, for previews. */
export interface Step {
  readonly i: number
  readonly x: Float32Array
  readonly denoised: Float32Array
}

/**
 * From noisy latents to latents, in the sampler's own scale (scale.ts). Yields after each step, so that progress, preview
 * and cancel belong to the caller, who may send back other latents to go on with; returns the last.
 */
export type Sample = (
  denoise: Denoise,
  x: Float32Array,
  schedule: Schedule,
  noise: NoiseSource,
) => AsyncGenerator<Step, Float32Array, Float32Array | undefined>

export type Sampling = ReturnType<Sample>
