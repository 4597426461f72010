import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CompleteRecipe } from '../../companion/jobs/defaults.ts'
import { quickRecipe } from '../../companion/jobs/quick.ts'

const FULL: CompleteRecipe = {
  checkpoint: 'starter',
  prompt: 'a house',
  negativePrompt: '',
  notation: 'plain',
  size: [128, 128],
  seed: 7,
  steps: 12,
  guidance: 4,
  sampler: 'ddim',
  spacing: 'leading',
  sigmas: 'model',
  clipSkip: 0,
  decoder: 'vae',
  references: [],
  controls: [],
  loras: [],
}
const reference = { image: 'fox', adapter: 'a', weight: 0.6, start: 0, end: 1, mode: 'all', fit: 'crop' } as const

const settings = ({ steps, sampler, spacing }: CompleteRecipe) => ({ steps, sampler, spacing })
const parts = (recipe: CompleteRecipe) => recipe.references.map(({ start, end }) => [start, end])

test('a quick picture takes four steps by the sampler that comes nearest, and is told all else as it is', () => {
  const quick = quickRecipe(FULL)
  assert.deepEqual(settings(quick), { steps: 4, sampler: 'unipc', spacing: 'trailing' })
  assert.deepEqual({ ...quick, ...settings(FULL) }, FULL)
})

test('samplers that draw noise on the way, and recipes of a few steps, keep their own', () => {
  for (const sampler of ['euler_ancestral', 'dpmpp_2m_sde', 'lcm', 'tcd'] as const)
    assert.deepEqual(settings(quickRecipe({ ...FULL, sampler })), { steps: 4, sampler, spacing: 'leading' })
  const lightning = { ...FULL, sampler: 'euler', spacing: 'trailing', steps: 8 } as const
  assert.deepEqual(settings(quickRecipe(lightning)), { steps: 4, sampler: 'euler', spacing: 'trailing' })
})

test('a recipe that is no longer anyway stays as it is', () => {
  for (const steps of [1, 3, 4]) assert.equal(quickRecipe({ ...FULL, steps }).steps, steps)
})

test('of a source as many steps are left as without one, and never more than the recipe has', () => {
  const quick = (strength: number) => quickRecipe({ ...FULL, source: { image: 'layer', strength } })
  assert.equal(quick(1).steps, 4)
  assert.equal(quick(0.5).steps, 8)
  assert.equal(quick(0.2).steps, 12)
  assert.equal(quick(0).steps, 12)
})

test('what acts on a part of the steps acts on whole steps of the few, at least on one', () => {
  const acting = (start: number, end: number) =>
    parts(quickRecipe({ ...FULL, references: [{ ...reference, start, end }] }))[0]
  assert.deepEqual(acting(0, 1), [0, 1])
  assert.deepEqual(acting(0.3, 1), [0.25, 1])
  assert.deepEqual(acting(0, 0.1), [0, 0.25])
  assert.deepEqual(acting(0.95, 1), [0.75, 1])
  assert.deepEqual(acting(0.5, 0.5), [0.5, 0.5])
})
