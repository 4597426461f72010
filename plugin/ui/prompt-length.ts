import type { PanelState } from '../state/state.ts'

/** How long a prompt is for the model, in what a person counts in; empty as long as that is not known. */
export function lengthInWords(count: PanelState['tokens']): string {
  if (count === undefined) return ''
  const { tokens, room, parts } = count
  const length = `${tokens} of ${room} words’ worth`
  if (tokens > room) return `${length}: the end is left out`
  return parts > 1 ? `${length}, read in ${parts} parts` : length
}
