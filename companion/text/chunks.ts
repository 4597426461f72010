import type { Notation } from '../../shared/recipe.ts'
import { emphasised, type Emphasised } from './emphasis.ts'
import type { Tokenizer } from './tokenizer.ts'

/** Tokens of text that go through the tower together, and how much each counts. */
export interface Chunk {
  readonly tokens: readonly number[]
  readonly weights: readonly number[]
}

/** How far back a comma may lie for A1111 to begin the next chunk behind it. */
const COMMA_REACH = 20
/** ComfyUI cuts words of this many tokens where a chunk ends, and takes shorter ones over whole, if they have room there. */
const LONG_WORD = 8

/**
 * A prompt as chunks of at most `room` tokens, at least one. Plain text has one chunk and loses what is too long, as in
 * diffusers; the other notations go on in the next chunk.
 */
export function chunksOf(prompt: string, notation: Notation, tokenizer: Tokenizer, room: number): readonly Chunk[] {
  const sections = emphasised(prompt, notation)
  switch (notation) {
    case 'plain':
      return [chunk(sections[0]!.flatMap((piece) => weighted(piece, tokenizer)).slice(0, room))]
    case 'a1111':
      return sections.flatMap((section) => behindCommas(section, tokenizer, room))
    case 'comfy':
      return wholeWords(sections[0]!, tokenizer, room)
  }
}

type Token = readonly [id: number, weight: number]

const weighted = ({ text, weight }: Emphasised, { tokens }: Tokenizer): Token[] =>
  tokens(text).map((id) => [id, weight] as const)

const chunk = (tokens: readonly Token[]): Chunk => ({
  tokens: tokens.map(([id]) => id),
  weights: tokens.map(([, weight]) => weight),
})

/** Where a chunk is full, what follows its last comma goes over to the next one, unless that comma lies far back. */
function behindCommas(section: readonly Emphasised[], tokenizer: Tokenizer, room: number): Chunk[] {
  const [comma] = tokenizer.tokens(',')
  const full: Token[][] = []
  let open: Token[] = []
  let lastComma: number | undefined
  for (const token of section.flatMap((piece) => weighted(piece, tokenizer))) {
    const isComma = token[0] === comma
    if (isComma) lastComma = open.length
    if (open.length === room) {
      const near = !isComma && lastComma !== undefined && room - lastComma <= COMMA_REACH
      const rest = near ? open.splice(lastComma! + 1) : []
      full.push(open)
      open = rest
      lastComma = undefined
    }
    open.push(token)
  }
  return (open.length > 0 || full.length === 0 ? [...full, open] : full).map(chunk)
}

function wholeWords(pieces: readonly Emphasised[], tokenizer: Tokenizer, room: number): Chunk[] {
  const full: Token[][] = []
  let open: Token[] = []
  const words = pieces.flatMap(({ text, weight }) =>
    text.split(/\s+/).map((word) => weighted({ text: word, weight }, tokenizer)),
  )
  for (let word of words) {
    while (open.length + word.length > room) {
      const cut = word.length >= LONG_WORD || open.length === 0 ? room - open.length : 0
      full.push([...open, ...word.slice(0, cut)])
      word = word.slice(cut)
      open = []
    }
    open.push(...word)
  }
  return [...full, open].map(chunk)
}
