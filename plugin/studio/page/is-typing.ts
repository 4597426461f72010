/** Whether a key goes into a field, and so is none of the page's business. */
export const isTyping = (event: KeyboardEvent): boolean =>
  event.composedPath().some((part) => part instanceof HTMLInputElement || part instanceof HTMLTextAreaElement)
