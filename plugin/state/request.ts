import type { CapturedReference, ResultNote } from '../host/host.ts'
import type { Raster } from '../../shared/raster.ts'
import type { Recipe } from '../../shared/recipe.ts'
import type { Made } from './state.ts'

/** The name the recipe gives to the reference's picture. */
const REFERENCE = 'reference'
const LONGEST_NAME = 80

/** What the companion is asked for. */
export interface Order {
  readonly recipe: Recipe
  readonly pictures: Readonly<Record<string, Raster>>
  readonly reference: CapturedReference
  readonly weight: number
}

/** A picture like the reference, after the prompt. */
export function orderFor(wish: {
  readonly reference: CapturedReference
  readonly prompt: string
  readonly negativePrompt: string
  readonly weight: number
  readonly seed: number
}): Order {
  const { reference, prompt, negativePrompt, weight, seed } = wish
  return {
    recipe: {
      prompt,
      ...(negativePrompt === '' ? {} : { negativePrompt }),
      seed,
      references: [{ image: REFERENCE, weight, fit: 'crop' }],
    },
    pictures: { [REFERENCE]: reference.picture },
    reference,
    weight,
  }
}

/** The same picture again, following the reference more or less: same seed, same words, same pixels. */
export function orderAgain(made: Made, weight: number): Order {
  const references = made.recipe.references?.map((reference) => ({ ...reference, weight })) ?? []
  return { recipe: { ...made.recipe, references }, pictures: made.pictures, reference: made.reference, weight }
}

/** How the layer and the history step are called, and what the layer remembers: the whole recipe, defaults filled in. */
export function noteFor(order: Order, recipe: Recipe, kind: 'imprint' | 'adjust'): ResultNote {
  const words = order.recipe.prompt.replace(/\s+/g, ' ').trim()
  const short = words.length > LONGEST_NAME ? `${words.slice(0, LONGEST_NAME - 1)}…` : words
  const layerName = short === '' ? 'Imprint' : `Imprint: ${short}`
  const { layer, name, bounds } = order.reference
  return {
    layerName,
    historyName: kind === 'imprint' ? layerName : `${layerName} · ${order.weight.toFixed(2)}`,
    memory: JSON.stringify({ recipe, reference: { name, bounds, ...layer } }),
  }
}
