/** An error as Photoshop throws it: words, and a number where Photoshop gives one. */
export interface HostError extends Error {
  readonly number?: number
}

/** An error with Photoshop's number on it. */
export const hostError = (message: string, number?: number): HostError =>
  Object.assign(new Error(message), number === undefined ? {} : { number })

/** What Photoshop says when something changes a document outside a modal scope. */
export const outsideModal = (command: string): HostError =>
  hostError(
    `The command "${command}" may modify the state of Photoshop. Such events are only allowed from inside a modal scope`,
  )

/** What Photoshop says of a document or layer that is gone. */
export const gone = (what: string): HostError => hostError(`The object "${what}" is not currently available.`, -25920)

export const NO_DOCUMENT = -25922
export const USER_CANCELLED = -128
