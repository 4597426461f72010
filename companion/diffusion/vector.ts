/** Σ factor · vector, element by element; the vectors have one length. */
export function combine(
  ...terms: readonly (readonly [factor: number, vector: Float32Array])[]
): Float32Array<ArrayBuffer> {
  const [first] = terms
  const sum = new Float32Array(first?.[1].length ?? 0)
  for (let i = 0; i < sum.length; i++) {
    let total = 0
    for (const [factor, vector] of terms) total += factor * vector[i]!
    sum[i] = total
  }
  return sum
}

/** A vector with nothing beyond `most`, up and down. */
export const clipped = (vector: Float32Array, most: number): Float32Array =>
  most === Infinity ? vector : vector.map((value) => Math.min(most, Math.max(-most, value)))

/** Two vectors, one behind the other. */
export function joined(first: Float32Array, second: Float32Array): Float32Array<ArrayBuffer> {
  const both = new Float32Array(first.length + second.length)
  both.set(first)
  both.set(second, first.length)
  return both
}
