import { readFileSync } from 'node:fs'
import { dirname, isAbsolute, relative } from 'node:path'
import { infotext } from '../../shared/infotext.ts'
import { textsOf, withTexts } from '../../shared/png-text.ts'
import { renameFaces } from '../../shared/recipe-faces.ts'
import { renamePictures } from '../../shared/recipe-pictures.ts'
import type { Recipe } from '../../shared/recipe.ts'

/** What a PNG calls the recipe it was made by, and what other programs read. */
const KEYWORD = 'imprint'
const PARAMETERS = 'parameters'

/** A PNG that says how it was made; the files its recipe names are named from the folder of `path`, where it will lie. */
export function withRecipe(png: Uint8Array, recipe: Recipe, path: string): Uint8Array {
  // What is no file, a document's layer, keeps its name.
  const beside = (name: string) => (isAbsolute(name) ? relative(dirname(path), name) : name)
  const told = renameFaces(renamePictures(recipe, beside), beside)
  return withTexts(png, { [KEYWORD]: JSON.stringify(told), [PARAMETERS]: infotext(recipe) })
}

/** The recipe a file holds as text: a PNG's own, or else the whole file. */
export function recipeText(path: string): string {
  const bytes = readFileSync(path)
  return textsOf(bytes)[KEYWORD] ?? bytes.toString('utf8')
}
