import { openClipTokenizer } from '../../companion/models/tokenizer-files.ts'
import type { CountTokens } from '../../companion/server/session.ts'
import { countTokens } from '../../companion/text/count.ts'
import type { Tokenizer } from '../../companion/text/tokenizer.ts'

let tokenizer: Tokenizer | undefined

/** Counts a prompt by the tokenizer every published CLIP has. */
export const countAsClip: CountTokens = ({ prompt, notation }) =>
  countTokens(prompt, notation ?? 'plain', (tokenizer ??= openClipTokenizer('<|endoftext|>')), 75)
