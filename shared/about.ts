import * as z from 'zod'
import { settingsNowSchema } from './companion-settings.ts'
import { keptSpaceSchema } from './earlier.ts'

const bytes = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER)
/** As long as a path may be. */
const path = z.string().max(4096)

/** What a companion has to work with: where it looks for models, the machine's memory in bytes, room for earlier pictures, and what is set. */
export const aboutSchema = z.strictObject({
  /** The person's own folder first. */
  folders: z.array(path).max(100),
  memory: z.strictObject({ free: bytes, total: bytes }),
  space: keptSpaceSchema,
  settings: settingsNowSchema,
})

export type About = Readonly<z.infer<typeof aboutSchema>>
