import * as z from 'zod'

const cosine = z.number().min(-1).max(1)

/** How near a picture is, in CLIP's eyes, to what it was made from: cosines, absent where there is nothing to hold it against. */
export const scoreSchema = z.strictObject({
  reference: cosine.optional(),
  /** Only where the model's text tower shares a space with the image encoder. */
  prompt: cosine.optional(),
})

export type Score = Readonly<z.infer<typeof scoreSchema>>

/** A score in words; empty where there is none. */
export function scoreInWords({ reference, prompt }: Score): string {
  const percent = (value: number) => `${Math.round(100 * Math.max(0, value))} %`
  const parts = [
    ...(reference === undefined ? [] : [`${percent(reference)} like the reference`]),
    ...(prompt === undefined ? [] : [`${percent(prompt)} like the prompt`]),
  ]
  return parts.join(', ')
}
