import type { CapturedReference, Ground, LayerRef, Place, Rect, Region } from '../host/host.ts'
import { HostError } from '../host/host-error.ts'
import type { Raster } from '../../shared/raster.ts'
import type { Recipe } from '../../shared/recipe.ts'
import { sidesOfShape } from '../../shared/shape.ts'
import { laidOver } from './laid-over.ts'
import { type Draft, recipeOf, STRUCTURE } from './draft.ts'
import type { Cards } from './state.ts'

/** How recipes of the panel name what a picture starts from, and where that is painted anew. */
const SOURCE = 'source'
const SELECTION = 'selection'

/** Sides of pictures are multiples of this. */
const GRID = 8

/** Pixels on the long side of a region's mask: attention sees less of it. */
const MASK = 512

let regions = 0

/** A name for the mask of a region that no other one ever has. */
export const newRegionName = (): string => `region ${++regions}`

/** The recipe that asks for a draft with this seed, for where its picture goes. */
export function recipeFor(draft: Draft, seed: number, ground: Ground | undefined): Recipe {
  const asked = recipeOf(draft, seed)
  if (ground === undefined || ground.isRemembered) return asked
  const { place, source, from } = ground
  const { source: remembered, ...anywhere } = asked
  // A part that was painted once is no part of what is painted now.
  const recipe = remembered?.mask === undefined ? asked : anywhere
  const { size } = draft
  return {
    ...recipe,
    ...(size && isBound(recipe, ground) && { size: sidesOfShape(place.rect, size[0] * size[1], GRID) }),
    ...(source && {
      source: {
        image: SOURCE,
        strength: from === 'nothing' ? 1 : draft.strength,
        ...(source.mask && { mask: SELECTION }),
      },
    }),
  }
}

/** Whether a picture has to have the shape of its place: what it was made of would not fit it else. */
const isBound = ({ references, controls = [] }: Recipe, { source }: Ground): boolean =>
  source !== undefined ||
  controls.some(({ image }) => image === STRUCTURE) ||
  (references ?? []).some(({ mask }) => mask !== undefined)

/** Throws a HostError where a reference acts in another document than the picture goes into: a canvas is no other's. */
export function assertRegionsIn({ references }: Draft, cards: Cards, { place }: Ground): void {
  for (const { image, mask } of references) {
    const { region, capture } = cards[image] ?? {}
    if (mask === undefined || region === undefined || region.documentId === place.documentId) continue
    throw new HostError(
      'gone',
      `“${capture?.name ?? image}” acts where something was selected in another document: select its place in this one, or let it act everywhere.`,
    )
  }
}

/** What else is sent along for where a picture goes and where its references act. */
export function picturesFor(draft: Draft, cards: Cards, ground: Ground | undefined): Record<string, Raster> {
  const { picture, mask } = ground?.source ?? {}
  return {
    ...(picture && { [SOURCE]: picture }),
    ...(mask && { [SELECTION]: mask }),
    ...Object.fromEntries(
      draft.references.flatMap(({ image, mask: name }) => {
        const region = cards[image]?.region
        return name === undefined || region === undefined ? [] : [[name, maskOf(region, ground?.place.rect)]]
      }),
    ),
  }
}

/** The layer that a new result goes above; undefined: on top of where it goes. */
export function anchorFor(
  captures: readonly CapturedReference[],
  ground: Ground | undefined,
  exists: (layer: LayerRef) => boolean,
): LayerRef | undefined {
  const layers = captures.flatMap(({ layer }) => layer ?? []).filter(exists)
  if (ground === undefined) return layers[0]
  const { place, source, above } = ground
  // Made of what is seen there, it has to hide that; of an artboard it has to lie inside.
  if (source !== undefined || place.artboardId !== undefined) return above
  return layers.find(({ documentId }) => documentId === place.documentId)
}

/** Where a picture of this recipe goes: the companion makes it in the shape of its place, unless the recipe has a size. */
export const placeFor = (recipe: Recipe, ground: Ground): Place => ({
  ...ground.place,
  exact: recipe.size === undefined || isBound(recipe, ground),
})

/** White where a reference acts, over the rectangle that a picture covers; nowhere beyond the canvas. */
const maskOf = ({ plane, canvas }: Region, rect: Rect = canvas): Raster =>
  laidOver(plane, canvas, rect, { longest: MASK, around: 0 })
