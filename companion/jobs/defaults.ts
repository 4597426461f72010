import { randomInt } from 'node:crypto'
import { ImprintError } from '../../shared/errors.ts'
import { CHOOSES_SIGMAS, ownSpacing } from '../diffusion/schedule.ts'
import type { Control, Lora, Recipe, Reference, Source } from '../../shared/recipe.ts'
import { type Shape, sidesOfShape } from '../../shared/shape.ts'
import { fewStepCheckpoint, fewStepLora } from '../models/few-step.ts'
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
 * Fills in what a recipe leaves open, as {@link usualSettings} has it, a random seed, and a size of the `shape` wanted.
 * Throws `recipe-invalid` for choices that do not go together.
 */
export function completeRecipe(
  recipe: Recipe,
  checkpoint: Checkpoint,
  adapterName: (name: string | undefined) => string,
  shape?: Shape,
): CompleteRecipe {
  const usual = usualSettings(recipe, checkpoint)
  const sampler = recipe.sampler ?? usual.sampler
  const sigmas = recipe.sigmas ?? (CHOOSES_SIGMAS.has(sampler) ? usual.sigmas : FAMILY.sigmas)
  if (!CHOOSES_SIGMAS.has(sampler) && sigmas !== 'model') {
    throw new ImprintError(
      'recipe-invalid',
      `recipe.sigmas: the sampler "${sampler}" has no "${sigmas}" noise levels. Use "model", or the sampler "euler".`,
    )
  }
  const size = recipe.size ?? usualSize(checkpoint, shape)
  const scale = latentScale(checkpoint.vae.config)
  if (size.some((side) => side % scale !== 0)) {
    throw new ImprintError(
      'recipe-invalid',
      `recipe.size: the sides must be multiples of ${scale} for "${checkpoint.name}", not ${size.join(' x ')}.`,
    )
  }
  const clipSkip = recipe.clipSkip ?? 0
  const mostSkipped = skippableLayers(checkpoint)
  if (clipSkip > mostSkipped) {
    throw new ImprintError(
      'recipe-invalid',
      `recipe.clipSkip: of the text encoder of "${checkpoint.name}" at most ${mostSkipped} layers can be left out, not ${clipSkip}. Leave out fewer.`,
    )
  }
  return {
    checkpoint: typeof recipe.checkpoint === 'object' ? recipe.checkpoint : checkpoint.name,
    prompt: recipe.prompt,
    negativePrompt: recipe.negativePrompt ?? (checkpoint.zeroNegative ? null : ''),
    notation: recipe.notation ?? 'plain',
    size,
    seed: recipe.seed ?? randomInt(2 ** 32),
    steps: recipe.steps ?? usual.steps,
    guidance: recipe.guidance ?? usual.guidance,
    sampler,
    spacing: recipe.spacing ?? usual.spacing ?? ownSpacing(sampler),
    sigmas,
    clipSkip,
    decoder: recipe.decoder ?? 'vae',
    references: (recipe.references ?? []).map((reference) => ({
      ...reference,
      adapter: adapterName(reference.adapter),
      weight: reference.weight ?? usual.weight,
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

/** Parts of a side that pictures come in, and the most pixels of such a part: all levels of a UNet divide them. */
const PARTS = 8
const LARGEST_PART = 64

/** As many pixels as the model was trained on, in the shape of the place they go into. */
function usualSize({ pictureSize }: Checkpoint, shape: Shape | undefined): [width: number, height: number] {
  if (shape === undefined) return [pictureSize, pictureSize]
  return sidesOfShape(shape, pictureSize ** 2, Math.min(LARGEST_PART, Math.max(PARTS, pictureSize / PARTS)))
}

/** All layers of the shortest text tower, of which SDXL leaves out one anyway. */
const skippableLayers = ({ towers, family }: Checkpoint): number =>
  Math.min(...towers.map(({ config }) => config.layers)) - (family === 'sdxl' ? 1 : 0)

/** A reference without words is to be seen, not mixed with what is said. */
const WORDLESS_WEIGHT = 1

/** What a recipe is run with where it says nothing: a few-step LoRA's settings, the model's own, then its family's. */
function usualSettings({ prompt, loras }: Recipe, checkpoint: Checkpoint) {
  const { scheduler, extras } = checkpoint
  const { defaults } = extras
  const quick = fewStepLora(loras ?? [])
  const own = fewStepCheckpoint(checkpoint)
  return {
    sampler: quick?.sampler ?? defaults.sampler ?? own?.sampler ?? scheduler.sampler ?? FAMILY.sampler,
    spacing: quick?.spacing ?? defaults.spacing ?? own?.spacing ?? scheduler.spacing,
    sigmas: quick?.sigmas ?? defaults.sigmas ?? own?.sigmas ?? scheduler.sigmas ?? FAMILY.sigmas,
    steps: quick?.steps ?? defaults.steps ?? own?.steps ?? FAMILY.steps,
    guidance: quick?.guidance ?? defaults.guidance ?? own?.guidance ?? FAMILY.guidance,
    weight: prompt.trim() === '' ? WORDLESS_WEIGHT : (quick?.weight ?? extras.weight ?? own?.weight ?? FAMILY.weight),
  }
}
