import * as z from 'zod'
import { recipeSchema } from '../../shared/recipe.ts'
import { placeSchema } from './remembered-place.ts'

/** Letters of what is read: more than `noteFor` writes, and a message to the companion takes it. */
const LONGEST = 256 * 1024

/** Comes from files, which may say anything. */
const memorySchema = z.object({
  recipe: recipeSchema,
  references: z
    .array(z.object({ name: z.string().max(1000) }))
    .max(16)
    .catch([]),
  place: placeSchema.optional().catch(undefined),
})

/** What a layer remembers: how it was made, and what its references were called. */
export type Memory = Readonly<z.infer<typeof memorySchema>>

/** What `noteFor` wrote; undefined for text that makes no sense. */
export function readMemory(json: string): Memory | undefined {
  if (json.length > LONGEST) return undefined
  try {
    return memorySchema.safeParse(JSON.parse(json)).data
  } catch {
    return undefined
  }
}
