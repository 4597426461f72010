import * as z from 'zod'
import { recipeSchema } from './recipe.ts'
import { scoreSchema } from './score.ts'

const count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER)

/** A picture that was finished before, as a list shows it. */
export const earlierSchema = z.strictObject({
  id: z.string().min(1).max(100),
  /** When, in UTC (ISO 8601). */
  at: z.string().max(40),
  /** How it was made; its pictures are named `part:<sha256>`, and those the companion still keeps need not be sent again. */
  recipe: recipeSchema,
  /** A small JPEG as a data URL. */
  thumbnail: z
    .string()
    .max(65_536)
    .regex(/^data:image\/jpeg;base64,/),
  width: count,
  height: count,
  favourite: z.boolean(),
  score: scoreSchema.optional(),
})

/** How much of the disk earlier pictures take, in bytes, and how much they may. */
export const keptSpaceSchema = z.strictObject({ pictures: count, bytes: count, quota: count })

export type Earlier = Readonly<z.infer<typeof earlierSchema>>
export type KeptSpace = Readonly<z.infer<typeof keptSpaceSchema>>
