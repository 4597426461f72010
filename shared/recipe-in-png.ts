import { infotext } from './infotext.ts'
import { textsOf, withTexts } from './png-text.ts'
import { readInfotext } from './read-infotext.ts'
import { recipeSchema, type Recipe } from './recipe.ts'

/** What a PNG calls the recipe it was made by, and what other programs write and read. */
export const KEYWORD = 'imprint'
const PARAMETERS = 'parameters'

/** A PNG that says how it was made, for Imprint and for other programs; pictures and faces under the names they have. */
export const withRecipe = (png: Uint8Array, recipe: Recipe): Uint8Array<ArrayBuffer> =>
  withTexts(png, { [KEYWORD]: JSON.stringify(recipe), [PARAMETERS]: infotext(recipe) })

/** The recipe that a PNG carries: Imprint's own, or what A1111 and others say; undefined where it carries none that can be read. */
export function recipeInPng(bytes: Uint8Array): Recipe | undefined {
  const texts = textsOf(bytes)
  const own = texts[KEYWORD]
  const foreign = texts[PARAMETERS]
  return (own === undefined ? undefined : parsed(own)) ?? (foreign === undefined ? undefined : readInfotext(foreign))
}

function parsed(json: string): Recipe | undefined {
  try {
    return recipeSchema.safeParse(JSON.parse(json)).data
  } catch {
    return undefined
  }
}
