import type { Notation } from '../../shared/recipe.ts'

/**
 * A chunk's states [n, width] with each token's weight [n]. A1111 multiplies and then gives the whole its mean back;
 * ComfyUI moves each state away from what stands there in an empty prompt, `empty` [n, width].
 */
export function weightedStates(
  states: Float32Array,
  weights: readonly number[],
  notation: Notation,
  empty: Float32Array,
): Float32Array<ArrayBuffer> {
  const width = states.length / weights.length
  const weightAt = (i: number) => weights[Math.floor(i / width)]!
  if (notation === 'comfy') return Float32Array.from(states, (z, i) => (z - empty[i]!) * weightAt(i) + empty[i]!)
  const multiplied = Float32Array.from(states, (z, i) => z * weightAt(i))
  const scale = mean(states) / mean(multiplied)
  return multiplied.map((z) => z * scale)
}

const mean = (values: Float32Array): number => values.reduce((sum, value) => sum + value, 0) / values.length
