import { existsSync, readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { ImprintError } from '../../shared/errors.ts'
import { check } from '../../shared/read-message.ts'
import { DECODERS, recipeSchema, SAMPLERS, type Recipe, type Reference } from '../../shared/recipe.ts'
import { renameFaces } from '../../shared/recipe-faces.ts'
import { renamePictures } from '../../shared/recipe-pictures.ts'
import { text, type Given, type Options } from './options.ts'

/** Options that say what to make; each overrides the recipe's field of that name. */
export const RECIPE_OPTIONS: Options<RecipeOption> = {
  recipe: { type: 'string', value: 'FILE', does: 'recipe to start from (JSON)' },
  checkpoint: { type: 'string', value: 'NAME', does: 'model to use' },
  prompt: { type: 'string', value: 'TEXT', does: 'what to make' },
  negative: { type: 'string', value: 'TEXT', does: 'what to keep out' },
  reference: { type: 'string', value: 'FILE', does: 'picture to be like' },
  adapter: { type: 'string', value: 'NAME', does: 'adapter that reads it' },
  weight: { type: 'string', value: 'NUMBER', does: 'how much to be like it, 0 to 1.5' },
  size: { type: 'string', value: 'WxH', does: 'size in pixels, e.g. 512x768' },
  seed: { type: 'string', value: 'NUMBER', does: 'same seed, same picture' },
  steps: { type: 'string', value: 'NUMBER', does: 'steps to take' },
  guidance: { type: 'string', value: 'NUMBER', does: 'how closely to follow the prompt' },
  sampler: { type: 'string', value: 'NAME', does: SAMPLERS.join(', ') },
  decoder: { type: 'string', value: 'NAME', does: DECODERS.join(', ') },
}

type RecipeOption =
  | 'recipe'
  | 'checkpoint'
  | 'prompt'
  | 'negative'
  | 'reference'
  | 'adapter'
  | 'weight'
  | 'size'
  | 'seed'
  | 'steps'
  | 'guidance'
  | 'sampler'
  | 'decoder'

/** The recipe the options make together; its pictures are named by absolute path. Throws `recipe-invalid` or `usage-invalid`. */
export function recipeFromOptions(given: Given<RecipeOption>): Recipe {
  const file = text(given.recipe)
  const base = file === undefined ? { prompt: '' } : readRecipe(file)
  const numbers = {
    seed: number('seed', given.seed),
    steps: number('steps', given.steps),
    guidance: number('guidance', given.guidance),
  }
  const references = overrideReference(base.references ?? [], given)
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
      decoder: text(given.decoder) ?? base.decoder,
      references,
    }),
  )
}

function readRecipe(file: string): Recipe {
  if (!existsSync(file)) throw new ImprintError('recipe-invalid', `There is no recipe ${file}. Check the path.`)
  let json: unknown
  try {
    json = JSON.parse(readFileSync(file, 'utf8'))
  } catch (cause) {
    throw new ImprintError('recipe-invalid', `The recipe ${file} is not JSON. Correct the file.`, { cause })
  }
  const beside = (name: string) => resolve(dirname(file), name)
  return renameFaces(renamePictures(parseRecipe(json), beside), beside)
}

const parseRecipe = (json: unknown): Recipe => check(recipeSchema, json, 'recipe-invalid', 'recipe')

/** `--reference` adds or replaces the first one; `--weight` and `--adapter` hold for all. */
function overrideReference(references: NonNullable<Recipe['references']>, given: Given<RecipeOption>): unknown[] {
  const image = text(given.reference)
  const [first, ...rest] = references
  const named = image === undefined ? references : [ofPicture(first, resolve(image)), ...rest]
  const weight = number('weight', given.weight)
  const adapter = text(given.adapter)
  return named.map((reference) => ({
    ...reference,
    ...(weight !== undefined && { weight }),
    ...(adapter !== undefined && { adapter }),
  }))
}

/** A reference like the given one, to one picture instead of its own pictures or face. */
export function ofPicture(reference: Reference | undefined, image: string): Reference {
  const kept = { ...reference, image }
  delete kept.images
  delete kept.embedding
  return kept
}

function number(name: string, given: string | boolean | undefined): number | undefined {
  const written = text(given)
  if (written === undefined) return undefined
  const value = Number(written)
  if (written.trim() === '' || Number.isNaN(value)) {
    throw new ImprintError('usage-invalid', `--${name}: "${written}" is no number. Give a number.`)
  }
  return value
}

function size(written: string | undefined): [number, number] | undefined {
  if (written === undefined) return undefined
  const match = /^(\d+)x(\d+)$/.exec(written)
  if (!match) throw new ImprintError('usage-invalid', `--size: "${written}" is no size. Write it like 512x768.`)
  return [Number(match[1]), Number(match[2])]
}

const withoutUndefined = (fields: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
