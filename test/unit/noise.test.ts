/** Is the noise of a seed the noise torch makes of it, and does a timestep's embedding have diffusers' order? */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { torchNoise } from '../../companion/diffusion/noise.ts'
import { sinusoid } from '../../companion/diffusion/time-embedding.ts'
import { assertClose } from '../support/close.ts'
import { fixtureJson } from '../support/golden.ts'

const { noise } = fixtureJson('goldens', 'arithmetic.json') as {
  noise: { seed: number; draws: { length: number; head: number[]; tail: number[] }[] }[]
}

test('seeds, lengths and draws after the first', () => {
  assert.ok(noise.some(({ draws }) => draws.length > 1 && draws.some(({ length }) => length % 16 !== 0)))
  for (const { seed, draws } of noise) {
    const source = torchNoise(seed)
    for (const { length, head, tail } of draws) {
      const made = source.normal(length)
      assert.equal(made.length, length)
      assertClose(`seed ${seed}, first of ${length}`, made.subarray(0, head.length), head, 5e-7)
      assertClose(`seed ${seed}, last of ${length}`, made.subarray(length - tail.length), tail, 5e-7)
    }
  }
})

test('fewer than sixteen numbers are drawn in another way, so they are refused', () => {
  assert.throws(() => torchNoise(0).normal(15), /fewer than 16/)
})

test('noise has the moments of a standard normal', () => {
  const values = torchNoise(7).normal(100_000)
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const variance = values.reduce((sum, value) => sum + value ** 2, 0) / values.length
  assertClose('moments', [mean, variance], [0, 1], 0.01)
})

test('cosines come first, over frequencies from 1 down', () => {
  const embedding = sinusoid(500, 8)
  const frequencies = [1, 0.1, 0.01, 0.001]
  const expected = [...frequencies.map((f) => Math.cos(500 * f)), ...frequencies.map((f) => Math.sin(500 * f))]
  assertClose('sinusoid', embedding, expected, 2e-5)
})
