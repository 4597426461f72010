import type { PanelState } from '../state/state.ts'
import { words } from './words/words.ts'

/** How long a prompt is for the model, in what a person counts in; empty as long as that is not known. */
export function lengthInWords(count: PanelState['tokens']): string {
  if (count === undefined) return ''
  const { tokens, room, parts } = count
  const length = words.prompt.length(tokens, room)
  if (tokens > room) return words.prompt.tooLong(length)
  return parts > 1 ? words.prompt.inParts(length, parts) : length
}
