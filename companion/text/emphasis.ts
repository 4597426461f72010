import type { Notation } from '../../shared/recipe.ts'

/** A piece of a prompt and how much its words count. */
export interface Emphasised {
  readonly text: string
  readonly weight: number
}

/** Brackets within brackets that count; nobody means more. */
const MAX_DEPTH = 50
/** What weights are held within, so that no number of brackets leaves what states can hold. */
const MOST = 100

/** What brackets without a number mean, in both notations. */
const STRONGER = 1.1

/**
 * A prompt's pieces, in sections that must not share a chunk. Plain text has one piece. A1111 (its wiki, "Attention/emphasis"):
 * `(a)` times 1.1, `[a]` divided by it, `(a:1.3)` times that, nested ones multiplied, `BREAK` begins a section. ComfyUI: `(a)`
 * times 1.1, `(a:1.3)` just that. A backslash takes a bracket's meaning away; a bracket without its partner is text in
 * ComfyUI, and reaches to the end in A1111.
 */
export function emphasised(prompt: string, notation: Notation): readonly (readonly Emphasised[])[] {
  switch (notation) {
    case 'plain':
      return [[{ text: prompt, weight: 1 }]]
    case 'a1111':
      return sections(multiplied(prompt)).map(merged)
    case 'comfy':
      return [merged(nested(prompt, 1))]
  }
}

/** What the words say without their emphasis. */
export const wordsOf = (prompt: string, notation: Notation): string =>
  emphasised(prompt, notation)
    .map((section) => section.map(({ text }) => text).join(''))
    .join(' ')

/** An escaped sign, a bracket, a number that closes one, or text. */
const SIGN = /\\[()[\]\\]|[()[\]]|:\s*[+-]?(?:\d+\.?\d*|\.\d+)\s*\)|[^\\()[\]:]+|[\\:]/g

/** Cut at every `BREAK`; one at the end begins nothing. */
function sections(pieces: readonly Emphasised[]): readonly Emphasised[][] {
  const cut: Emphasised[][] = [[]]
  for (const { text, weight } of pieces) {
    const [first, ...others] = text.split(/\s*\bBREAK\b\s*/)
    cut.at(-1)!.push({ text: first!, weight })
    for (const other of others) cut.push([{ text: other, weight }])
  }
  const isEmpty = (section: readonly Emphasised[]) => section.every(({ text }) => text.trim() === '')
  return cut.length > 1 && isEmpty(cut.at(-1)!) ? cut.slice(0, -1) : cut
}

/** A1111's: every closing bracket multiplies what stands since its partner. */
function multiplied(prompt: string): Emphasised[] {
  const pieces: { text: string; weight: number }[] = []
  const open: { readonly kind: '(' | '['; readonly from: number }[] = []
  const multiply = (from: number, factor: number) => pieces.slice(from).forEach((piece) => (piece.weight *= factor))
  const close = (kind: '(' | '[', factor: number): boolean => {
    const at = open.findLastIndex((bracket) => bracket.kind === kind)
    if (at < 0) return false
    multiply(open[at]!.from, factor)
    open.splice(at, 1)
    return true
  }
  for (const [sign] of prompt.matchAll(SIGN)) {
    const number = /^:\s*(\S+?)\s*\)$/.exec(sign)?.[1]
    if (sign === '(' || sign === '[') open.push({ kind: sign, from: pieces.length })
    else if (number !== undefined && close('(', Number(number))) continue
    else if (sign === ')' && close('(', STRONGER)) continue
    else if (sign === ']' && close('[', 1 / STRONGER)) continue
    else pieces.push({ text: unescaped(sign), weight: 1 })
  }
  for (const { kind, from } of open) multiply(from, kind === '(' ? STRONGER : 1 / STRONGER)
  return pieces
}

/** ComfyUI's: a number takes the place of whatever weight stood there. */
function nested(text: string, weight: number, depth = 0): Emphasised[] {
  if (depth === MAX_DEPTH) return [{ text: unescaped(text), weight }]
  return groups(text).flatMap((group) => {
    if (!group.bracketed) return [{ text: unescaped(group.text), weight }]
    const [, inner = group.text, number] = /^(.+):\s*([+-]?(?:\d+\.?\d*|\.\d+))\s*$/s.exec(group.text) ?? []
    return nested(inner, number === undefined ? weight * STRONGER : Number(number), depth + 1)
  })
}

interface Group {
  readonly text: string
  readonly bracketed: boolean
}

/** Text and what stands in outermost round brackets, in turn. */
function groups(text: string): Group[] {
  const found: Group[] = []
  let from = 0
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '\\') at++
    else if (text[at] === '(') {
      const end = partner(text, at)
      if (end === undefined) break
      found.push({ text: text.slice(from, at), bracketed: false }, { text: text.slice(at + 1, end), bracketed: true })
      from = end + 1
      at = end
    }
  }
  return [...found, { text: text.slice(from), bracketed: false }]
}

/** Where the bracket that opens at `at` closes. */
function partner(text: string, at: number): number | undefined {
  let depth = 0
  for (let i = at; i < text.length; i++) {
    if (text[i] === '\\') i++
    else if (text[i] === '(') depth++
    else if (text[i] === ')' && --depth === 0) return i
  }
  return undefined
}

const unescaped = (text: string): string => text.replace(/\\([()[\]\\])/g, '$1')

/** Neighbours of one weight as one piece, so that words are not cut where nothing changes; at least one piece. */
function merged(pieces: readonly Emphasised[]): Emphasised[] {
  const joined: Emphasised[] = []
  for (const { text, weight } of pieces.filter((piece) => piece.text !== '')) {
    const piece = { text, weight: Math.min(MOST, Math.max(-MOST, weight)) }
    const last = joined.at(-1)
    if (last?.weight === piece.weight) joined[joined.length - 1] = { ...last, text: last.text + piece.text }
    else joined.push(piece)
  }
  return joined.length > 0 ? joined : [{ text: '', weight: 1 }]
}
