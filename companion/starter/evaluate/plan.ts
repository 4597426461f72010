import type { Reference, References } from './references.ts'

/** What is painted to measure a model: the same words, references and seeds for every model. */
export interface Plan {
  readonly weights: readonly number[]
  readonly words: readonly { readonly prompt: string; readonly seed: number }[]
  /** Words with a reference that shows something else. */
  readonly pairs: readonly Pair<Required<Reference>>[]
  readonly unseen: readonly Pair<Reference>[]
  readonly variations: readonly { readonly seeds: readonly [number, number]; readonly reference: Required<Reference> }[]
}

interface Pair<Kind> {
  readonly prompt: string
  readonly seed: number
  readonly reference: Kind
}

const WEIGHTS = [0, 0.3, 0.6, 1]
/** Steps through the list of things: without a common divisor with its length, so that prompts do not repeat soon. */
const STRIDE = 37

/** The plan over all things and references, or over `few` of each, evenly chosen. */
export function planOf(concepts: readonly string[], { trained, unseen, photographs }: References, few?: number): Plan {
  const references = chosen(trained, few)
  const promptFor = ({ concept }: Reference, i: number) => {
    const at = (STRIDE * (i + 1)) % concepts.length
    const prompt = concepts[at]!
    return prompt === concept ? concepts[(at + 1) % concepts.length]! : prompt
  }
  const paired = <Kind extends Reference>(reference: Kind, i: number): Pair<Kind> => ({
    prompt: promptFor(reference, i),
    seed: i,
    reference,
  })
  return {
    weights: WEIGHTS,
    words: chosen(concepts, few).map((prompt, seed) => ({ prompt, seed })),
    pairs: references.map(paired),
    unseen: chosen([...unseen, ...photographs], few).map(paired),
    variations: references.map((reference, i) => ({ seeds: [2 * i, 2 * i + 1], reference })),
  }
}

/** At most `few` of some things, evenly from first to last. */
function chosen<T>(items: readonly T[], few = items.length): readonly T[] {
  if (few >= items.length) return items
  return Array.from({ length: few }, (_, i) => items[Math.floor((i * items.length) / few)]!)
}
