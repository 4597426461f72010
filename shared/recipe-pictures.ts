import type { Recipe } from './recipe.ts'

const PART_PREFIX = 'part:'
const PART = /^part:([0-9a-f]{64})$/

/** How a recipe on the socket names the picture with this SHA-256. */
export function partName(sha256: string): string {
  return PART_PREFIX + sha256
}

/** The SHA-256 in such a name, or undefined for any other name, as files may hold them. */
export function partHash(name: string): string | undefined {
  return PART.exec(name)?.[1]
}

/** Every picture a recipe names, each once, and the key that names it first, such as `recipe.references.0.image`. */
export function pictureKeys(recipe: Recipe): ReadonlyMap<string, string> {
  const keys = new Map<string, string>()
  renamePictures(recipe, (name, key) => {
    if (!keys.has(name)) keys.set(name, key)
    return name
  })
  return keys
}

/** Every picture a recipe names, each once. */
export const pictureNames = (recipe: Recipe): string[] => [...pictureKeys(recipe).keys()]

type Rename = (name: string, key: string) => string

/** The same recipe with its pictures under other names. */
export function renamePictures(recipe: Recipe, rename: Rename): Recipe {
  const inAll = <T extends NamesPictures>(parts: readonly T[], key: string): T[] =>
    parts.map((part, i) => renamed(part, rename, `recipe.${key}.${i}`))
  return {
    ...recipe,
    ...(recipe.references && { references: inAll(recipe.references, 'references') }),
    ...(recipe.controls && { controls: inAll(recipe.controls, 'controls') }),
    ...(recipe.source && { source: renamed(recipe.source, rename, 'recipe.source') }),
  }
}

/** The fields of a reference, a control or a source that name pictures. */
interface NamesPictures {
  readonly image?: string | undefined
  readonly images?: readonly string[] | undefined
  readonly negative?: string | undefined
  readonly mask?: string | undefined
}

function renamed<T extends NamesPictures>(part: T, rename: Rename, key: string): T {
  const { image, images, negative, mask } = part
  return {
    ...part,
    ...(image !== undefined && { image: rename(image, `${key}.image`) }),
    ...(images !== undefined && { images: images.map((name, i) => rename(name, `${key}.images.${i}`)) }),
    ...(negative !== undefined && { negative: rename(negative, `${key}.negative`) }),
    ...(mask !== undefined && { mask: rename(mask, `${key}.mask`) }),
  }
}
