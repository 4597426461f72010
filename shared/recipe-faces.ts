import type { Recipe } from './recipe.ts'

/** Every face a recipe names that comes as numbers, each once. */
export const faceNames = ({ references }: Recipe): string[] => [
  ...new Set((references ?? []).flatMap(({ embedding }) => (embedding === undefined ? [] : [embedding]))),
]

/** The same recipe with its faces under other names. */
export function renameFaces(recipe: Recipe, rename: (name: string) => string): Recipe {
  if (!recipe.references) return recipe
  const references = recipe.references.map((reference) => ({
    ...reference,
    ...(reference.embedding !== undefined && { embedding: rename(reference.embedding) }),
  }))
  return { ...recipe, references }
}
