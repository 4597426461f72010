import { readFileSync } from 'node:fs'
import { dirname, isAbsolute, relative } from 'node:path'
import { textsOf } from '../../shared/png-text.ts'
import * as inPng from '../../shared/recipe-in-png.ts'
import { renameFaces } from '../../shared/recipe-faces.ts'
import { renamePictures } from '../../shared/recipe-pictures.ts'
import type { Recipe } from '../../shared/recipe.ts'

/** A PNG that says how it was made; the files its recipe names are named from the folder of `path`, where it will lie. */
export function withRecipe(png: Uint8Array, recipe: Recipe, path: string): Uint8Array {
  // What is no file, a document's layer, keeps its name.
  const beside = (name: string) => (isAbsolute(name) ? relative(dirname(path), name) : name)
  return inPng.withRecipe(png, renameFaces(renamePictures(recipe, beside), beside))
}

/** The recipe a file holds as text: a PNG's own, or else the whole file. */
export function recipeText(path: string): string {
  const bytes = readFileSync(path)
  return textsOf(bytes)[inPng.KEYWORD] ?? bytes.toString('utf8')
}
