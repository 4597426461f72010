/** A prompt as a name of at most `longest` letters: one line, its end left out where it is longer; empty without words. */
export function promptTitle(prompt: string, longest: number): string {
  const words = prompt.replace(/\s+/g, ' ').trim()
  return words.length > longest ? `${words.slice(0, longest - 1)}…` : words
}
