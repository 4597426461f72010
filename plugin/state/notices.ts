import type { CompanionStatus } from '../client/companion.ts'
import { HostError } from '../host/host-error.ts'
import { asImprintError, ERRORS } from '../../shared/errors.ts'
import { plainly } from './recipe-words.ts'
import type { Notice } from './state.ts'

/** What went wrong, for a person; undefined when the person or a newer request ended it. */
export function noticeOf(thrown: unknown): Notice | undefined {
  if (thrown instanceof HostError) return thrown.kind === 'cancelled' ? undefined : { text: thrown.message }
  const error = asImprintError(thrown)
  if (error.code === 'cancelled' || error.code === 'superseded') return undefined
  const { fault, remedy } = ERRORS[error.code]
  if (fault === 'ours') return { text: error.message, remedy }
  return { text: error.code === 'recipe-invalid' ? plainly(error.message) : error.message }
}

/** Why nothing can be made right now, for a person; undefined when the companion is ready. */
export function companionNotice(status: CompanionStatus): Notice | undefined {
  switch (status.kind) {
    case 'ready':
      return undefined
    case 'connecting':
      return { text: 'Looking for Imprint’s companion…', about: 'companion' }
    case 'absent':
    case 'unpaired':
    case 'mismatch':
    case 'refused':
      return { text: status.message, about: 'companion' }
  }
}
