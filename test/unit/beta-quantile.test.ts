/** Is the quantile of the beta distribution scipy's, to the last digits that scipy has? */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { betaQuantile } from '../../companion/diffusion/beta-quantile.ts'

test('the values of scipy.stats.beta.ppf for 0.6', () => {
  const known: [p: number, x: number][] = [
    [1e-6, 1.8558824624e-10],
    [0.01, 0.0008612388215429059],
    [0.1, 0.03958440558878085],
    [0.25, 0.17568037865269498],
    [0.5, 0.5],
    [0.9, 0.9604155944112192],
    [0.999, 0.9999814412614826],
  ]
  for (const [p, x] of known) assert.ok(Math.abs(betaQuantile(p, 0.6) / x - 1) < 1e-10, `${p}: ${betaQuantile(p, 0.6)}`)
  assert.deepEqual([betaQuantile(0, 0.6), betaQuantile(1, 0.6)], [0, 1])
})

test('where there is a formula: evenly spread, and the arcsine law', () => {
  for (const p of [0, 0.125, 0.3, 0.5, 0.77, 1]) {
    assert.ok(Math.abs(betaQuantile(p, 1) - p) < 1e-14)
    assert.ok(Math.abs(betaQuantile(p, 0.5) - Math.sin((Math.PI * p) / 2) ** 2) < 1e-14)
  }
})
