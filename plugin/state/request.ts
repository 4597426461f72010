import type { CapturedReference, Ground, LayerRef, ResultNote } from '../host/host.ts'
import type { Raster } from '../../shared/raster.ts'
import { hashOnce } from '../../shared/picture-hash.ts'
import type { Recipe } from '../../shared/recipe.ts'
import { partName, renamePictures } from '../../shared/recipe-pictures.ts'
import { type Draft, STRUCTURE } from './draft.ts'
import { type Following, followingInWords, followingOf, withFollowing } from './following.ts'
import type { Cards, Made } from './state.ts'
import { promptTitle } from './prompt-title.ts'
import { rememberedPlace } from './remembered-place.ts'
import { structureOver } from './structure-over.ts'
import { anchorFor, picturesFor, placeFor, recipeFor } from './where.ts'

const LONGEST_NAME = 80

/** What the companion is asked for, and where its picture is to go. */
export interface Order {
  readonly recipe: Recipe
  readonly pictures: Readonly<Record<string, Raster>>
  /** What the references were taken of, in the order of the recipe. */
  readonly captures: readonly CapturedReference[]
  /** The layer a new result goes above; absent: on top of the active document. */
  readonly anchor: LayerRef | undefined
  /** Where its picture goes and what it starts from; absent: in the middle of the active document. */
  readonly ground?: Ground
}

/** A picture after the draft; `exists` tells whether a layer is still there. */
export function orderFor(
  draft: Draft,
  cards: Cards,
  seed: number,
  exists: (layer: LayerRef) => boolean,
  ground?: Ground,
): Order {
  const captures = draft.references.flatMap(({ image }) => cards[image]?.capture ?? [])
  return {
    recipe: recipeFor(draft, seed, ground),
    pictures: { ...draft.also?.pictures, ...picturesOf(draft, cards, ground), ...picturesFor(draft, cards, ground) },
    captures,
    anchor: anchorFor(captures, ground, exists),
    ...(ground && { ground }),
  }
}

/** The same picture again, following the references otherwise: same seed, same words, same pixels. */
export function orderAgain(
  { recipe, pictures, captures, anchor, ground }: Made,
  following: readonly Following[],
): Order {
  return { recipe: withFollowing(recipe, following), pictures, captures, anchor, ...(ground && { ground }) }
}

/** Whether a picture is what the draft asks for, but for how it follows its references. */
export function isOf(made: Made, draft: Draft, cards: Cards): boolean {
  const seed = draft.seed ?? made.recipe.seed ?? 0
  const without = (recipe: Recipe): string => JSON.stringify(withFollowing(recipe, []))
  return (
    startsAlike(draft, made.ground) &&
    without(recipeFor(draft, seed, made.ground)) === without(made.recipe) &&
    Object.entries(picturesOf(draft, cards, made.ground)).every(([name, picture]) => made.pictures[name] === picture)
  )
}

/** Whether a draft starts from what a picture started from, and fades as that does. */
export const startsAlike = ({ startFrom, feather }: Draft, ground: Ground | undefined): boolean =>
  startFrom === (ground?.from ?? 'nothing') && (ground?.place.cover === undefined || feather === ground.feather)

/** How the layer and the history step are called, and what the layer remembers: the whole recipe, defaults filled in. */
export function noteFor(order: Order, recipe: Recipe, kind: 'imprint' | 'adjust'): ResultNote {
  const short = promptTitle(order.recipe.prompt, LONGEST_NAME)
  const layerName = short === '' ? 'Imprint' : `Imprint: ${short}`
  const references = order.captures.map(({ layer, name, bounds }) => ({ name, bounds, ...layer }))
  return {
    layerName,
    historyName: kind === 'imprint' ? layerName : `${layerName} · ${followingInWords(followingOf(order.recipe))}`,
    memory: JSON.stringify({
      recipe: renamePictures(recipe, (name) => lastingName(order, name)),
      references,
      place: order.ground && rememberedPlace(order.ground.place),
    }),
    ...(order.ground && { place: placeFor(order.recipe, order.ground) }),
  }
}

/** A name by content: the companion keeps what pictures were made of, and knows it by that. */
function lastingName({ pictures }: Order, name: string): string {
  const picture = pictures[name]
  return picture === undefined ? name : partName(hashOnce(picture))
}

/** What references and structure were taken of; of one layer in one place it is the very same picture each time. */
const picturesOf = (
  { references, structure }: Draft,
  cards: Cards,
  ground: Ground | undefined,
): Record<string, Raster> => {
  const holding = structure && cards[STRUCTURE]
  return {
    ...Object.fromEntries(
      references.flatMap(({ image }) => {
        const card = cards[image]
        return card === undefined ? [] : [[image, card.capture.picture]]
      }),
    ),
    ...(holding && { [STRUCTURE]: structureOver(holding.capture, ground?.place.rect) }),
  }
}
