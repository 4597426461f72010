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

  /**
   * The pictures a recipe names, by those names; those that are not here may be `elsewhere`. Throws `picture-unknown` with the
   * first that is nowhere.
   */
  async forRecipe(
    recipe: Recipe,
    elsewhere: (hash: string) => Promise<Raster | undefined>,
  ): Promise<Record<string, Raster>> {
    const found: Record<string, Raster> = {}
    for (const name of pictureNames(recipe)) {
      const hash = partHash(name)
      const raster = hash === undefined ? undefined : (this.#pictures.get(hash) ?? (await elsewhere(hash)))
      if (!raster) throw new ImprintError('picture-unknown', `The picture "${name}" is not here; send it first.`)
      found[name] = raster
    }
    return found
  }

  clear(): void {
    this.#pictures.clear()
  }
}
