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

/** Every picture a recipe names, each once. */
export function pictureNames(recipe: Recipe): string[] {
  const names = new Set<string>()
  renamePictures(recipe, (name) => {
    names.add(name)
    return name
  })
  return [...names]
}

/** The same recipe with its pictures under other names. */
export function renamePictures(recipe: Recipe, rename: (name: string) => string): Recipe {
  return {
    ...recipe,
    ...(recipe.references && { references: recipe.references.map((reference) => renamed(reference, rename)) }),
    ...(recipe.controls && { controls: recipe.controls.map((control) => renamed(control, rename)) }),
    ...(recipe.source && { source: renamed(recipe.source, rename) }),
  }
}

/** The fields of a reference, a control or a source that name pictures. */
interface NamesPictures {
  readonly image?: string | undefined
  readonly images?: readonly string[] | undefined
  readonly negative?: string | undefined
  readonly mask?: string | undefined
}

function renamed<T extends NamesPictures>(part: T, rename: (name: string) => string): T {
  const { image, images, negative, mask } = part
  return {
    ...part,
    ...(image !== undefined && { image: rename(image) }),
    ...(images !== undefined && { images: images.map(rename) }),
    ...(negative !== undefined && { negative: rename(negative) }),
    ...(mask !== undefined && { mask: rename(mask) }),
  }
}
