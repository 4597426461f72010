import { ImprintError } from '../../shared/errors.ts'
import type { Recipe } from '../../shared/recipe.ts'

/** Refuses what recipes can name and no job does yet, so that nothing is left out in silence; throws `recipe-invalid`. */
export function refuseNotBuilt(recipe: Recipe): void {
  const fields: readonly (readonly [field: string, given: boolean, what: string])[] = [
    ['loras', (recipe.loras ?? []).length > 0, 'LoRAs'],
  ]
  const found = fields.find(([, given]) => given)
  if (!found) return
  throw new ImprintError(
    'recipe-invalid',
    `recipe.${found[0]}: Imprint cannot use ${found[2]} yet. Leave the field out.`,
  )
}
