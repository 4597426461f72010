import assert from 'node:assert/strict'
import { test } from 'node:test'
import { followingInWords, followingOf, sameFollowing, withFollowing } from '../../plugin/state/following.ts'
import { modeAt, padOf } from '../../plugin/state/pad.ts'
import { recipeSchema } from '../../shared/recipe.ts'

test('the corners of the pad are the modes of that name, and every mode has its place', () => {
  for (const mode of ['all', 'style', 'composition'] as const) assert.equal(modeAt(padOf(mode)), mode)
  assert.deepEqual(padOf('all'), { style: 1, layout: 1 })
  assert.deepEqual(padOf('style'), { style: 1, layout: 0 })
  assert.deepEqual(padOf('composition'), { style: 0, layout: 1 })
  assert.deepEqual(padOf('style+composition'), { style: 1, layout: 1 })
})

test('elsewhere the place itself is the mode, in hundredths and inside the pad', () => {
  assert.deepEqual(modeAt({ style: 0.304, layout: 0.705 }), { style: 0.3, layout: 0.71 })
  assert.deepEqual(modeAt({ style: -1, layout: 0.5 }), { style: 0, layout: 0.5 })
  assert.equal(modeAt({ style: 7, layout: 1.2 }), 'all')
  assert.deepEqual(padOf(modeAt({ style: 0.3, layout: 0.7 })), { style: 0.3, layout: 0.7 })
  assert.deepEqual(modeAt({ style: 0, layout: 0 }), { style: 0, layout: 0 })
})

test('a recipe takes what the pad says, and nothing beside it', () => {
  const recipe = (mode: unknown) => ({ prompt: '', references: [{ image: 'fox', mode }] })
  assert.ok(recipeSchema.safeParse(recipe(modeAt({ style: 0.3, layout: 0.7 }))).success)
  for (const mode of ['most', { style: 0.3 }, { style: 2, layout: 0 }, { style: 0, layout: 0, rest: 1 }])
    assert.ok(!recipeSchema.safeParse(recipe(mode)).success, JSON.stringify(mode))
})

test('pictures follow alike when weights and modes are equal, not when they are the same objects', () => {
  const recipe = { prompt: '', references: [{ image: 'fox', weight: 0.5 }, { image: 'owl' }] }
  const [first, second] = [
    { weight: 0.5, mode: { style: 0.3, layout: 0.7 } },
    { weight: 1, mode: 'style' as const },
  ]
  const moved = withFollowing(recipe, [first, second])
  assert.deepEqual(followingOf(moved), [first, second])
  assert.ok(sameFollowing(followingOf(moved), [{ weight: 0.5, mode: { style: 0.3, layout: 0.7 } }, second]))
  assert.ok(!sameFollowing(followingOf(moved), followingOf(recipe)))
  assert.ok(!sameFollowing([first], [{ weight: 0.5, mode: { style: 0.3, layout: 0.6 } }]))
  assert.deepEqual(followingOf(withFollowing(moved, [])), [
    { weight: 0.6, mode: 'all' },
    { weight: 0.6, mode: 'all' },
  ])
  assert.equal(followingInWords([first, second]), '0.50 (style 30 %, layout 70 %), 1.00')
})
