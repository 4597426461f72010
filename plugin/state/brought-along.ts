import type { Draft, DraftChange } from './draft.ts'
import type { Recipe } from '../../shared/recipe.ts'

/** What of a recipe that came in is about something else, by what a person may choose otherwise. */
const GOES_WITH: Readonly<Partial<Record<keyof DraftChange, readonly (keyof Recipe)[]>>> = {
  sampler: ['sigmas', 'spacing'],
  checkpoint: ['checkpoint', 'sigmas', 'spacing', 'clipSkip', 'decoder'],
  startFrom: ['source'],
}

/** The draft with a change; what a recipe brought along for another sampler, model or beginning goes with those. */
export function changedDraft(draft: Draft, change: DraftChange): Draft {
  const stale = Object.keys(change).flatMap((key) => GOES_WITH[key as keyof DraftChange] ?? [])
  return { ...withoutBroughtAlong(draft, stale), ...change }
}

/** Without some of what a recipe brought along that the panel does not show. */
export function withoutBroughtAlong(draft: Draft, fields: readonly (keyof Recipe)[]): Draft {
  const { also } = draft
  if (also === undefined || !fields.some((field) => also.recipe[field] !== undefined)) return draft
  const left = Object.entries(also.recipe).filter(([field]) => !fields.includes(field as keyof Recipe))
  return { ...draft, also: { ...also, recipe: Object.fromEntries(left) } }
}
