import type { Weights } from '../../companion/weights/weights.ts'

/** The same weights, and how often each tensor has been asked for, by its whole name. */
export function countedWeights(weights: Weights): {
  readonly weights: Weights
  readonly uses: ReadonlyMap<string, number>
} {
  const uses = new Map<string, number>()
  const scope = (inner: Weights, prefix: string): Weights => ({
    at: (...path) => scope(inner.at(...path), `${prefix}${path.join('.')}.`),
    has: (name) => inner.has(name),
    branches: (name) => inner.branches(name),
    get(name, shape) {
      uses.set(prefix + name, (uses.get(prefix + name) ?? 0) + 1)
      return inner.get(name, shape)
    },
  })
  return { weights: scope(weights, ''), uses }
}
