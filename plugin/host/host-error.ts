/** What kept Photoshop from doing something. */
export type HostErrorKind = 'busy' | 'cancelled' | 'no-document' | 'gone' | 'unsupported-mode' | 'empty-layer' | 'host'

/** A failure on Photoshop's side: the kind decides what the panel offers, the message is one sentence for a person. */
export class HostError extends Error {
  override readonly name = 'HostError'
  readonly kind: HostErrorKind

  constructor(kind: HostErrorKind, message: string, options?: ErrorOptions) {
    super(message, options)
    this.kind = kind
  }
}

const BUSY = /host is in a modal state|inside a modal scope|running a modal command/i
const CANCELLED = /cancel/i
const GONE = /^The object .* is not currently available/
const BUSY_NUMBER = 9
const GONE_NUMBER = -25920
const USER_CANCELLED = -128

const numberOf = (thrown: unknown): number | undefined => {
  if (typeof thrown !== 'object' || thrown === null) return undefined
  const { number, result } = thrown as { number?: unknown; result?: unknown }
  if (typeof number === 'number') return number
  return typeof result === 'number' ? result : undefined
}

const textOf = (thrown: unknown): string => {
  if (thrown instanceof Error) return thrown.message
  if (typeof thrown === 'object' && thrown !== null && 'message' in thrown) return String(thrown.message)
  return String(thrown)
}

/** Whether Photoshop refused because something else holds it: a dialog, a transform, another plugin. */
export function isBusy(thrown: unknown): boolean {
  return numberOf(thrown) === BUSY_NUMBER || BUSY.test(textOf(thrown))
}

/** Whatever Photoshop threw, as a HostError; the only place that reads Photoshop's texts. */
export function asHostError(thrown: unknown): HostError {
  if (thrown instanceof HostError) return thrown
  const options = { cause: thrown }
  if (isBusy(thrown)) {
    return new HostError('busy', 'Photoshop is busy: finish the open dialog, transform or text edit.', options)
  }
  if (numberOf(thrown) === USER_CANCELLED || CANCELLED.test(textOf(thrown))) {
    return new HostError('cancelled', 'Cancelled in Photoshop; nothing was changed.', options)
  }
  if (numberOf(thrown) === GONE_NUMBER || GONE.test(textOf(thrown))) {
    return new HostError('gone', 'The document was closed or the layer deleted meanwhile.', options)
  }
  return new HostError('host', `Photoshop could not do this: ${textOf(thrown)}`, options)
}
