/**
 * Every way Imprint can say no: a stable code, whether the person or we are at fault, and what to do about it.
 * PROTOCOL.md lists the same codes; a test keeps the two equal.
 */
export const ERRORS = {
  'recipe-invalid': { fault: 'input', remedy: 'Correct the named field of the recipe.' },
  'picture-invalid': { fault: 'input', remedy: 'Use a PNG, JPEG or WebP picture, or a layer that has pixels.' },
  'picture-unknown': { fault: 'input', remedy: 'Send the picture before the request that refers to it.' },
  'model-missing': { fault: 'input', remedy: 'Put the named model into the models folder.' },
  'model-invalid': {
    fault: 'input',
    remedy: 'Replace the named model file; it may be damaged or only partly downloaded.',
  },
  'model-unsupported': { fault: 'input', remedy: 'Choose a model of a supported kind; "imprint models" lists them.' },
  'document-invalid': { fault: 'input', remedy: 'Open a Photoshop document (.psd) with a pixel layer.' },
  'usage-invalid': { fault: 'input', remedy: 'Run "imprint --help" for the commands and their options.' },
  'setting-invalid': { fault: 'input', remedy: 'Correct the setting that is named.' },
  'device-unavailable': { fault: 'input', remedy: 'Choose another device, or "auto".' },
  'message-invalid': { fault: 'input', remedy: 'Update the panel and the companion to the same version.' },
  'version-mismatch': { fault: 'input', remedy: 'Update the panel and the companion to the same version.' },
  unpaired: { fault: 'input', remedy: 'Pair again with the number the companion shows.' },
  foreign: { fault: 'input', remedy: 'Connect from Photoshop or from the studio on this machine.' },
  'too-large': { fault: 'input', remedy: 'Send a smaller picture or message.' },
  'too-slow': { fault: 'input', remedy: 'Connect again.' },
  'companion-absent': { fault: 'input', remedy: 'Start the companion; the panel finds it by itself.' },
  'queue-full': { fault: 'input', remedy: 'Wait for a picture to finish, or cancel one.' },
  cancelled: { fault: 'input', remedy: 'Nothing was changed.' },
  superseded: { fault: 'input', remedy: 'A newer request took its place.' },
  'engine-died': { fault: 'ours', remedy: 'Try again; if it happens again, choose a smaller size or another device.' },
  'engine-failed': { fault: 'ours', remedy: 'Try again; if it happens again, report it with the details.' },
} as const satisfies Record<string, { fault: 'input' | 'ours'; remedy: string }>

export type ErrorCode = keyof typeof ERRORS

/** A failure a person can read: the message is one sentence that says what, where, and what to do. */
export class ImprintError extends Error {
  override readonly name = 'ImprintError'
  readonly code: ErrorCode

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** Whatever was thrown, as an ImprintError; anything unexpected becomes `engine-failed` and keeps its cause. */
export function asImprintError(thrown: unknown): ImprintError {
  if (thrown instanceof ImprintError) return thrown
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  return new ImprintError('engine-failed', `Imprint failed: ${message}`, { cause: thrown })
}
