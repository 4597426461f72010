import { existsSync } from 'node:fs'
import * as z from 'zod'
import { ImprintError } from '../../shared/errors.ts'
import { recipeSchema } from '../../shared/recipe.ts'
import { called } from '../weights/called.ts'
import { readJson } from './config.ts'

const extrasSchema = z.strictObject({
  /** Settings this model does well with. */
  defaults: recipeSchema.pick({ steps: true, guidance: true, sampler: true, spacing: true, sigmas: true }).default({}),
  weight: z.number().min(-2).max(5).optional(),
  /** Previews: a row of red, green and blue for each latent channel, and one for what is added to all. */
  latentToRgb: z
    .array(z.tuple([z.number(), z.number(), z.number()]))
    .length(5)
    .optional(),
})

/** imprint.json beside model_index.json: what diffusers' files have no place for. */
export type Extras = z.infer<typeof extrasSchema>

/** The settings of an imprint.json; those of none where there is no such file. */
export function readExtras(path: string | undefined): Extras {
  if (path === undefined || !existsSync(path)) return extrasSchema.parse({})
  const parsed = extrasSchema.safeParse(jsonOrNothing(path))
  if (parsed.success) return parsed.data
  // People write this file themselves: another download would not mend it.
  const [issue] = parsed.error.issues
  const field = issue?.path.join('.')
  const what = field ? `"${field}": ${issue!.message}` : 'is no JSON file of settings'
  throw new ImprintError('model-invalid', `${called(path)} ${what}. Correct the file or remove it.`)
}

function jsonOrNothing(path: string): unknown {
  try {
    return readJson(path)
  } catch {
    return undefined
  }
}
