import type * as z from 'zod'
import { ImprintError, type ErrorCode } from './errors.ts'
import { faultInWords } from './fault-words.ts'

/** What is wrong with a value, by its first fault: "recipe.steps: it has to be …"; `root` is the name of the whole. */
function describeFault(error: z.ZodError, root?: string): string {
  const issue = error.issues[0]
  const path = [...(root === undefined ? [] : [root]), ...(issue?.path ?? []).map(String)].join('.')
  const fault = issue === undefined ? 'it is not what it should be.' : faultInWords(issue)
  return path === '' ? fault : `${path}: ${fault}`
}

/** A checked value, or an ImprintError of the given code whose message names the faulty key. */
export function check<T>(schema: z.ZodType<T>, value: unknown, code: ErrorCode, root?: string): T {
  const outcome = schema.safeParse(value)
  if (!outcome.success) throw new ImprintError(code, describeFault(outcome.error, root))
  return outcome.data
}

/** The value in a JSON text message; throws `message-invalid` when it is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new ImprintError('message-invalid', 'A text message is not JSON.', { cause })
  }
}
