import type { Notation } from '../../shared/recipe.ts'
import { chunksOf } from './chunks.ts'
import type { Tokenizer } from './tokenizer.ts'

/** How long a prompt is for a model. */
export interface TokenCount {
  /** All of its tokens, those included that there is no room for. */
  readonly tokens: number
  /** How many there is room for, in as many parts as it is read in. */
  readonly room: number
  readonly parts: number
}

/** Counts a prompt as the model reads it: brackets that say what counts more are no words; `room` is that of one part. */
export function countTokens(prompt: string, notation: Notation, tokenizer: Tokenizer, room: number): TokenCount {
  const parts = chunksOf(prompt, notation, tokenizer, room)
  const tokens =
    notation === 'plain' ? tokenizer.tokens(prompt).length : parts.reduce((sum, part) => sum + part.tokens.length, 0)
  return { tokens, room: room * parts.length, parts: parts.length }
}
