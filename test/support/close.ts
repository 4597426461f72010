import assert from 'node:assert/strict'

/** Largest difference of two rows of numbers, and where it is; a number that is none differs infinitely. */
function largestDifference(actual: ArrayLike<number>, expected: ArrayLike<number>): { difference: number; at: number } {
  let largest = { difference: 0, at: 0 }
  for (let at = 0; at < expected.length; at++) {
    const difference = Math.abs(actual[at]! - expected[at]!)
    if (difference <= largest.difference) continue
    largest = { difference: Number.isNaN(difference) ? Infinity : difference, at }
  }
  return largest
}

/** Fails unless both rows have one length and differ by at most the tolerance; shows where and the first five pairs. */
export function assertClose(
  label: string,
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
): void {
  assert.equal(actual.length, expected.length, `${label}: ${actual.length} numbers, expected ${expected.length}`)
  assert.ok(expected.length > 0, `${label}: nothing to compare`)
  const { difference, at } = largestDifference(actual, expected)
  const pairs = Array.from({ length: Math.min(5, expected.length) }, (_, i) => `${actual[i]!} / ${expected[i]!}`)
  assert.ok(
    difference <= tolerance,
    `${label}: off by ${difference.toExponential(2)} at ${at} (${actual[at]!} / ${expected[at]!}), ` +
      `allowed ${tolerance.toExponential(1)}; begins ${pairs.join(', ')}`,
  )
}

/** Largest difference relative to the largest expected number, at least 1: how compare.mjs measures. */
export function relativeDifference(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  let scale = 1
  for (let i = 0; i < expected.length; i++) scale = Math.max(scale, Math.abs(expected[i]!))
  return largestDifference(actual, expected).difference / scale
}
