import type { Recipe } from './recipe.ts'

const PART_PREFIX = 'part:'

/** How a recipe on the socket names the picture with this SHA-256. */
export function partName(sha256: string): string {
  return PART_PREFIX + sha256
}

/** The SHA-256 in such a name, or undefined for any other name. */
export function partHash(name: string): string | undefined {
  return name.startsWith(PART_PREFIX) ? name.slice(PART_PREFIX.length) : undefined
}

/** Every picture a recipe names, each once. */
export function pictureNames(recipe: Recipe): string[] {
  const names = (recipe.references ?? []).flatMap(({ image, images }) => images ?? (image === undefined ? [] : [image]))
  return [...new Set(names)]
}

/** The same recipe with its pictures under other names. */
export function renamePictures(recipe: Recipe, rename: (name: string) => string): Recipe {
  if (!recipe.references) return recipe
  const references = recipe.references.map((reference) => ({
    ...reference,
    ...(reference.image !== undefined && { image: rename(reference.image) }),
    ...(reference.images !== undefined && { images: reference.images.map(rename) }),
  }))
  return { ...recipe, references }
}
