import type { Raster } from '../../shared/raster.ts'
import type { Recipe } from '../../shared/recipe.ts'
import type { Cards } from './state.ts'

/** What the references of a recipe are called, of those whose very pictures the panel shows: a recipe names pictures by their content alone. */
export function knownNames(
  { references = [] }: Recipe,
  pictures: ReadonlyMap<string, Raster>,
  cards: Cards,
): readonly (string | undefined)[] {
  return references.map(({ image, images = [] }) => {
    const picture = pictures.get(image ?? images[0] ?? '')
    const known = Object.values(cards).find(({ capture }) => picture && isSame(capture.picture, picture))
    return known?.capture.name
  })
}

const isSame = (a: Raster, b: Raster): boolean =>
  a.width === b.width &&
  a.height === b.height &&
  a.channels === b.channels &&
  a.data.every((byte, at) => byte === b.data[at])
