/**
 * The x in 0..1 below which a share p of the symmetric beta distribution B(a, a) lies: scipy's `beta.ppf(p, a, a)`.
 * Found by halving, since the density is infinite at both ends for a < 1.
 */
export function betaQuantile(p: number, a: number): number {
  // The upper half mirrors the lower one, where the series converges and small x keep all their digits.
  if (p > 0.5) return 1 - betaQuantile(1 - p, a)
  const whole = 2 * lowerArea(0.5, a)
  let [low, high] = [0, 0.5]
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (low + high) / 2
    if (lowerArea(middle, a) < p * whole) low = middle
    else high = middle
  }
  return low
}

/** Enough for the last bit of quantiles down to 1e-10. */
const HALVINGS = 90

/** ∫₀ˣ (t (1 - t))ᵃ⁻¹ dt for x ≤ ½: the binomial series of the second factor, integrated term by term. */
function lowerArea(x: number, a: number): number {
  let [sum, term] = [0, 1]
  for (let n = 0; n < TERMS; n++) {
    sum += term / (a + n)
    term *= (x * (n + 1 - a)) / (n + 1)
  }
  return x ** a * sum
}

/** Terms fall at least as fast as 2⁻ⁿ. */
const TERMS = 60
