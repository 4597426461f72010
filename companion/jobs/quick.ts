import type { Sampler } from '../../shared/recipe.ts'
import type { CompleteRecipe } from './defaults.ts'
import type { PartOfSteps } from './part-of-steps.ts'

/** Steps of a quick picture: the fewest that still show what the full one will be. */
const STEPS = 4
/** Recipes of so few steps belong to models that were distilled to them, and know no other way. */
const FEW = 8
/** Samplers that follow one curve from the noise to the picture, whatever their steps: each ends near where the others do. */
const ON_THE_CURVE: ReadonlySet<Sampler> = new Set(['ddim', 'pndm', 'euler', 'heun', 'dpmpp_2m', 'unipc'])

/**
 * The recipe of a picture much like this one's in few steps, for a slider that is held: same noise, same size, the sampler that
 * comes nearest in so few. What acts on a part of the steps acts on the same part of these.
 */
export function quickRecipe(recipe: CompleteRecipe): CompleteRecipe {
  const strength = recipe.source?.strength ?? 1
  // A source leaves out the first steps; those that are left are to be as many.
  const steps = Math.min(recipe.steps, Math.ceil(STEPS / Math.max(strength, STEPS / 1000)))
  if (steps === recipe.steps) return recipe
  const left = Math.max(1, Math.trunc(steps * strength))
  return {
    ...recipe,
    steps,
    ...(ON_THE_CURVE.has(recipe.sampler) && recipe.steps > FEW && UNIPC),
    references: recipe.references.map((reference) => ({ ...reference, ...wholeSteps(reference, left) })),
    controls: recipe.controls.map((control) => ({ ...control, ...wholeSteps(control, left) })),
  }
}

const UNIPC = { sampler: 'unipc', spacing: 'trailing', sigmas: 'model' } as const

/** The part in whole steps of n, at least one where there was something between start and end. */
function wholeSteps({ start, end }: PartOfSteps, n: number): PartOfSteps {
  if (end <= start) return { start, end }
  const first = Math.min(n - 1, Math.round(start * n))
  const last = Math.max(first + 1, Math.round(end * n))
  return { start: first / n, end: last / n }
}
