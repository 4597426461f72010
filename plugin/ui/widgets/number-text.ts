const NUMBER = /^-?(?:\d+[.,]?\d*|[.,]\d+)$/

/** The number a person typed, with a point or a comma; undefined for anything else. */
export function numberIn(text: string): number | undefined {
  const words = text.trim()
  return NUMBER.test(words) ? Number(words.replace(',', '.')) : undefined
}
