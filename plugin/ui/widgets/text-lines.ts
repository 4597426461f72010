/** How wide a letter is on average, and what a field needs around its text, in pixels of the host's usual type. */
const LETTER = 6.5
const AROUND = 24

/** About how many lines a text takes in a field of this width; UXP cannot measure text. */
export function linesIn(text: string, width: number): number {
  const letters = Math.max(1, Math.floor((width - AROUND) / LETTER))
  return text.split('\n').reduce((lines, line) => lines + Math.max(1, Math.ceil(line.length / letters)), 0)
}
