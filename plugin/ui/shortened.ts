const LONGEST = 32

/** A text that fits into a sentence, with its end left out where it is long. */
export const shortened = (text: string, longest = LONGEST): string =>
  text.length > longest ? `${text.slice(0, longest - 1)}…` : text
