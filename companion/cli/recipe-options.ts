import { existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { ImprintError } from '../../shared/errors.ts'
import { check } from '../../shared/read-message.ts'
import { DECODERS, NOTATIONS, recipeSchema, SAMPLERS, SIGMAS, SPACINGS, type Recipe } from '../../shared/recipe.ts'
import { renameFaces } from '../../shared/recipe-faces.ts'
import { renamePictures } from '../../shared/recipe-pictures.ts'
import { number, size, withoutUndefined } from './option-values.ts'
import { text, type Given, type Options } from './options.ts'
import { recipeText } from './recipe-in-png.ts'
import { overriddenParts, PART_OPTIONS } from './recipe-parts.ts'

/** Options that say what to make; each overrides the recipe's field of that name. */
export const RECIPE_OPTIONS = {
  recipe: { type: 'string', value: 'FILE', does: 'recipe to start from: JSON, or a PNG that Imprint made' },
  checkpoint: { type: 'string', value: 'NAME', does: 'model to use' },
  prompt: { type: 'string', value: 'TEXT', does: 'what to make' },
  negative: { type: 'string', value: 'TEXT', does: 'what to keep out' },
  ...PART_OPTIONS,
  size: { type: 'string', value: 'WxH', does: 'size in pixels, e.g. 512x768' },
  seed: { type: 'string', value: 'NUMBER', does: 'same seed, same picture' },
  steps: { type: 'string', value: 'NUMBER', does: 'steps to take' },
  guidance: { type: 'string', value: 'NUMBER', does: 'how closely to follow the prompt' },
  sampler: { type: 'string', value: 'NAME', does: SAMPLERS.join(', ') },
  spacing: { type: 'string', value: 'NAME', does: `which steps are taken: ${SPACINGS.join(', ')}` },
  sigmas: { type: 'string', value: 'NAME', does: `how much noise they take away: ${SIGMAS.join(', ')}` },
  notation: { type: 'string', value: 'NAME', does: `how prompts say what counts more: ${NOTATIONS.join(', ')}` },
  'clip-skip': { type: 'string', value: 'NUMBER', does: 'last layers of the text encoder to leave out' },
  decoder: { type: 'string', value: 'NAME', does: DECODERS.join(', ') },
} as const satisfies Options<string>

type RecipeOption = keyof typeof RECIPE_OPTIONS

/**
 * The recipe the options make together; its pictures are named by absolute path, but for a document's layer, which is called
 * `layer`. Throws `recipe-invalid` or `usage-invalid`.
 */
export function recipeFromOptions(given: Given<RecipeOption>, layer?: string): Recipe {
  const file = text(given.recipe)
  const base = file === undefined ? { prompt: '' } : readRecipe(file)
  const numbers = {
    seed: number('seed', given.seed),
    steps: number('steps', given.steps),
    guidance: number('guidance', given.guidance),
    clipSkip: number('clip-skip', given['clip-skip']),
  }
  return parseRecipe(
    withoutUndefined({
      ...base,
      checkpoint: text(given.checkpoint) ?? base.checkpoint,
      prompt: text(given.prompt) ?? base.prompt,
      negativePrompt: text(given.negative) ?? base.negativePrompt,
      size: size(text(given.size)) ?? base.size,
      seed: numbers.seed ?? base.seed,
      steps: numbers.steps ?? base.steps,
      guidance: numbers.guidance ?? base.guidance,
      sampler: text(given.sampler) ?? base.sampler,
      spacing: text(given.spacing) ?? base.spacing,
      sigmas: text(given.sigmas) ?? base.sigmas,
      notation: text(given.notation) ?? base.notation,
      clipSkip: numbers.clipSkip ?? base.clipSkip,
      decoder: text(given.decoder) ?? base.decoder,
      ...overriddenParts(base, given, layer),
    }),
  )
}

function readRecipe(file: string): Recipe {
  if (!existsSync(file)) throw new ImprintError('recipe-invalid', `There is no recipe ${file}. Check the path.`)
  let json: unknown
  try {
    json = JSON.parse(recipeText(file))
  } catch (cause) {
    throw new ImprintError(
      'recipe-invalid',
      `The recipe ${file} is not JSON, nor a PNG that holds one. Name another file.`,
      { cause },
    )
  }
  const beside = (name: string) => resolve(dirname(file), name)
  return renameFaces(renamePictures(parseRecipe(json), beside), beside)
}

const parseRecipe = (json: unknown): Recipe => check(recipeSchema, json, 'recipe-invalid', 'recipe')
