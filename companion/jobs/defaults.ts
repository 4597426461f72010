import { randomInt } from 'node:crypto'
import { ImprintError } from '../../shared/errors.ts'
import { CHOOSES_SIGMAS } from '../diffusion/schedule.ts'
import type { Control, Lora, Recipe, Reference, Source } from '../../shared/recipe.ts'
import { latentScale, type Checkpoint } from '../models/checkpoint.ts'

/** Every field there, none of them undefined. */
type Filled<T> = { [Key in keyof T]-?: Exclude<T[Key], undefined> }

export type CompleteReference = Reference & Filled<Pick<Reference, 'adapter' | 'weight' | 'start' | 'end' | 'fit'>>

/** A recipe that leaves nothing open. */
export type CompleteRecipe = Filled<Omit<Recipe, 'references' | 'controls' | 'loras' | 'source'>> & {
  readonly references: readonly CompleteReference[]
  readonly controls: readonly CompleteControl[]
  readonly loras: readonly Filled<Lora>[]
  readonly source?: CompleteSource
}
export type CompleteControl = Control & Filled<Omit<Control, 'image'>>
export type CompleteSource = Source & Filled<Pick<Source, 'strength'>>

/** What Stable Diffusion 1.5 is used with where neither the recipe nor the model says otherwise. */
const FAMILY = { steps: 20, guidance: 7.5, sampler: 'ddim', sigmas: 'model', weight: 0.6, strength: 0.75 } as const

/**
 * Fills in what a recipe leaves open: the model's own defaults, then its family's, and a random seed.
 * Throws `recipe-invalid` for choices that do not go together.
 */
export function completeRecipe(
  recipe: Recipe,
  checkpoint: Checkpoint,
  adapterName: (name: string | undefined) => string,
): CompleteRecipe {
  const { defaults, weight } = checkpoint.extras
  const sampler = recipe.sampler ?? defaults.sampler ?? checkpoint.scheduler.sampler ?? FAMILY.sampler
  const sigmas = recipe.sigmas ?? (CHOOSES_SIGMAS.has(sampler) ? defaults.sigmas : undefined) ?? FAMILY.sigmas
  if (!CHOOSES_SIGMAS.has(sampler) && sigmas !== 'model') {
    throw new ImprintError(
      'recipe-invalid',
      `recipe.sigmas: the sampler "${sampler}" has no "${sigmas}" noise levels. Use "model", or the sampler "euler".`,
    )
  }
  const size = recipe.size ?? [checkpoint.pictureSize, checkpoint.pictureSize]
  const scale = latentScale(checkpoint.vae.config)
  if (size.some((side) => side % scale !== 0)) {
    throw new ImprintError(
      'recipe-invalid',
      `recipe.size: the sides must be multiples of ${scale} for "${checkpoint.name}", not ${size.join(' x ')}.`,
    )
  }
  return {
    checkpoint: typeof recipe.checkpoint === 'object' ? recipe.checkpoint : checkpoint.name,
    prompt: recipe.prompt,
    negativePrompt: recipe.negativePrompt ?? (checkpoint.zeroNegative ? null : ''),
    size,
    seed: recipe.seed ?? randomInt(2 ** 32),
    steps: recipe.steps ?? defaults.steps ?? FAMILY.steps,
    guidance: recipe.guidance ?? defaults.guidance ?? FAMILY.guidance,
    sampler,
    spacing: recipe.spacing ?? defaults.spacing ?? checkpoint.scheduler.spacing,
    sigmas,
    clipSkip: recipe.clipSkip ?? 0,
    references: (recipe.references ?? []).map((reference) => ({
      ...reference,
      adapter: adapterName(reference.adapter),
      weight: reference.weight ?? weight ?? FAMILY.weight,
      start: reference.start ?? 0,
      end: reference.end ?? 1,
      ...(!reference.layers && { mode: reference.mode ?? 'all' }),
      fit: reference.fit ?? 'crop',
    })),
    controls: (recipe.controls ?? []).map((control) => ({
      ...control,
      weight: control.weight ?? 1,
      start: control.start ?? 0,
      end: control.end ?? 1,
      guess: control.guess ?? false,
      preprocess: control.preprocess ?? 'none',
      reads: control.reads ?? 'prompt',
    })),
    loras: (recipe.loras ?? []).map(({ file, weight }) => ({ file, weight: weight ?? 1 })),
    ...(recipe.source && { source: { ...recipe.source, strength: recipe.source.strength ?? FAMILY.strength } }),
  }
}
