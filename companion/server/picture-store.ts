import { LRUCache } from 'lru-cache'
import { ImprintError } from '../../shared/errors.ts'
import type { Raster } from '../../shared/raster.ts'
import type { Recipe } from '../../shared/recipe.ts'
import { partHash, pictureNames } from '../../shared/recipe-pictures.ts'

/** The pictures of one panel by their hash, at most so many bytes; the least recently used go first. */
export class PictureStore {
  readonly #pictures: LRUCache<string, Raster>

  constructor(maxBytes: number) {
    this.#pictures = new LRUCache({ maxSize: maxBytes, sizeCalculation: (raster) => raster.data.length })
  }

  put(hash: string, raster: Raster): void {
    this.#pictures.set(hash, raster)
  }

  /** The pictures a recipe names, by those names; throws `picture-unknown` with the first that is not here. */
  forRecipe(recipe: Recipe): Record<string, Raster> {
    const entries = pictureNames(recipe).map((name) => {
      const hash = partHash(name)
      const raster = hash === undefined ? undefined : this.#pictures.get(hash)
      if (!raster) throw new ImprintError('picture-unknown', `The picture "${name}" is not here; send it first.`)
      return [name, raster] as const
    })
    return Object.fromEntries(entries)
  }

  clear(): void {
    this.#pictures.clear()
  }
}
