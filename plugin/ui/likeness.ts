import type { Recipe } from '../../shared/recipe.ts'
import type { Score } from '../../shared/score.ts'
import type { words } from './words/words.ts'

/** How near a picture is to its reference, in steps as coarse as such a number is worth, and the number itself. */
export interface Likeness {
  readonly near: keyof (typeof words)['likeness']
  readonly percent: number
}

/** Cosines of CLIP: two pictures that have nothing to do with each other are seldom above the lower, variations of one seldom below the upper. */
const SOMEWHAT = 0.35
const CLOSE = 0.6

/** How near a picture is to its reference; undefined where that says nothing, as of a picture painted anew in part only. */
export function likenessOf(recipe: Recipe, score: Score | undefined): Likeness | undefined {
  const alike = score?.reference
  if (alike === undefined || recipe.source?.mask !== undefined) return undefined
  const near = alike >= CLOSE ? 'close' : alike >= SOMEWHAT ? 'some' : 'little'
  return { near, percent: Math.round(100 * Math.max(0, alike)) }
}
