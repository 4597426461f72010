import type { Mode, Recipe } from '../../shared/recipe.ts'
import { WEIGHT } from './draft.ts'

/** How a reference is followed: all that its slider and its pad change, of a finished picture too. */
export interface Following {
  readonly weight: number
  readonly mode: Mode
}

/** A recipe, or one being edited. */
interface FollowsReferences {
  readonly references?:
    readonly { readonly weight?: number | undefined; readonly mode?: Mode | undefined }[] | undefined
}

const USUAL: Following = { weight: WEIGHT.usual, mode: 'all' }

/** How a recipe follows each of its references. */
export const followingOf = ({ references }: FollowsReferences): readonly Following[] =>
  (references ?? []).map(({ weight, mode }) => ({ weight: weight ?? USUAL.weight, mode: mode ?? USUAL.mode }))

/** The recipe following its references otherwise, in their order; as usual where nothing is said. */
export const withFollowing = (recipe: Recipe, following: readonly Following[]): Recipe => ({
  ...recipe,
  references: (recipe.references ?? []).map((reference, i) => ({ ...reference, ...(following[i] ?? USUAL) })),
})

/** Whether two pictures follow their references alike. */
export const sameFollowing = (a: readonly Following[], b: readonly Following[]): boolean =>
  a.length === b.length && a.every(({ weight, mode }, i) => weight === b[i]?.weight && sameMode(mode, b[i].mode))

const sameMode = (a: Mode, b: Mode): boolean =>
  typeof a === 'object' && typeof b === 'object' ? a.style === b.style && a.layout === b.layout : a === b

/** How references are followed, as the panel writes it: the weights, and what the pad says. */
export const followingInWords = (following: readonly Following[]): string =>
  following
    .map(({ weight, mode }) => {
      const number = weight.toFixed(2)
      return typeof mode === 'object'
        ? `${number} (style ${percent(mode.style)}, layout ${percent(mode.layout)})`
        : number
    })
    .join(', ')

const percent = (share: number): string => `${Math.round(100 * share)} %`
