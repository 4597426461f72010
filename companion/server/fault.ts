import { asImprintError, type ErrorCode } from '../../shared/errors.ts'

/** Letters of a sentence that a message takes. */
const LONGEST = 4000

/** What went wrong, as messages say it. */
export function faultOf(thrown: unknown): { readonly code: ErrorCode; readonly message: string } {
  const { code, message } = asImprintError(thrown)
  return { code, message: message.slice(0, LONGEST) }
}
