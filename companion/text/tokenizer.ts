/** CLIP's tokenizer: byte-level byte-pair encoding with an end-of-word mark (github.com/openai/CLIP, Sennrich et al. 2016). */
export interface Tokenizer {
  /** Token ids of a text alone. */
  readonly tokens: (text: string) => number[]
  /** Start, the first `length - 2` of these tokens, end, padding; `length` in all. */
  readonly framed: (tokens: readonly number[], length: number) => number[]
  /** Token ids of a prompt: start, at most `length - 2` tokens of text, end, padding; `length` in all. */
  readonly encode: (text: string, length: number) => number[]
  /** Id of the end-of-text token, whose position pooled text features are read at. */
  readonly end: number
}

export interface TokenizerFiles {
  /** vocab.json: token to id. */
  readonly vocabulary: Readonly<Record<string, number>>
  /** merges.txt without its version line: pairs in the order of their rank. */
  readonly merges: readonly string[]
  /** Token that fills up a prompt: the end token itself, or "!" for SDXL's second tower. */
  readonly padding: string
}

/** What frames the tokens of a text: its start and its end. */
export const FRAME = 2

const START = '<|startoftext|>'
const END = '<|endoftext|>'
const END_OF_WORD = '</w>'

/** Special tokens, contractions, runs of letters, single digits, runs of anything else; white space falls away. */
const WORD = /<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|\p{L}+|\p{N}|[^\s\p{L}\p{N}]+/giu

/** Printable bytes stand for themselves, the other 68 for the code points from 256 on (GPT-2's byte alphabet). */
const BYTE_SYMBOLS: readonly string[] = (() => {
  const printable = (byte: number) => (byte >= 33 && byte <= 126) || (byte >= 161 && byte !== 173)
  let next = 256
  return Array.from({ length: 256 }, (_, byte) => String.fromCodePoint(printable(byte) ? byte : next++))
})()

export function createTokenizer({ vocabulary, merges, padding }: TokenizerFiles): Tokenizer {
  const ids = new Map(Object.entries(vocabulary))
  const ranks = new Map(merges.map((pair, rank) => [pair, rank]))
  const id = (token: string): number => {
    const known = ids.get(token)
    if (known === undefined) throw new Error(`the vocabulary lacks ${token}`)
    return known
  }
  const [start, end, pad] = [id(START), id(END), id(padding)]
  const encoder = new TextEncoder()

  const encodeWord = (word: string): number[] => {
    if (word === START || word === END) return [id(word)]
    const symbols = [...encoder.encode(word)].map((byte) => BYTE_SYMBOLS[byte]!)
    symbols.push(symbols.pop()! + END_OF_WORD)
    return merge(symbols, ranks).map((token) => ids.get(token) ?? end)
  }

  const tokens = (text: string): number[] => {
    const normal = text.normalize('NFC').replace(/\s+/g, ' ').toLowerCase()
    return (normal.match(WORD) ?? []).flatMap(encodeWord)
  }
  const framed = (inner: readonly number[], length: number): number[] => {
    const used = [start, ...inner.slice(0, length - FRAME), end]
    return [...used, ...Array<number>(length - used.length).fill(pad)]
  }
  return { end, tokens, framed, encode: (text, length) => framed(tokens(text), length) }
}

/** Joins the pair of lowest rank, everywhere it occurs, until no pair of neighbours has a rank. */
function merge(symbols: string[], ranks: ReadonlyMap<string, number>): string[] {
  const rankAt = (i: number): number => ranks.get(`${symbols[i]!} ${symbols[i + 1]!}`) ?? Infinity
  // Ranks are looked up once for each pair that comes about: words may be thousands of letters long.
  const known = symbols.slice(1).map((_, i) => rankAt(i))
  for (;;) {
    const best = known.reduce((least, rank) => Math.min(least, rank), Infinity)
    if (best === Infinity) return symbols
    for (let i = 0; i < known.length; i++) {
      if (known[i] !== best) continue
      symbols.splice(i, 2, symbols[i]! + symbols[i + 1]!)
      known.splice(i, 1)
      if (i > 0) known[i - 1] = rankAt(i - 1)
      if (i < known.length) known[i] = rankAt(i)
    }
  }
}
