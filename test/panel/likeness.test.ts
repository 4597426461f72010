/** Does the panel say in words how near a picture is to its reference, and nothing where the number says nothing? */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { likenessOf } from '../../plugin/ui/likeness.ts'
import { words } from '../../plugin/ui/words/words.ts'

const said = (reference: number): string | undefined => {
  const likeness = likenessOf({ prompt: 'x' }, { reference })
  return likeness && words.likeness[likeness.near]
}

test('a likeness is told in three steps, and its number only beside', () => {
  assert.deepEqual([0.9, 0.6, 0.5, 0.35, 0.2, -0.1].map(said), [
    'Follows the reference closely.',
    'Follows the reference closely.',
    'Follows the reference somewhat.',
    'Follows the reference somewhat.',
    'Follows the reference little.',
    'Follows the reference little.',
  ])
  assert.equal(likenessOf({ prompt: 'x' }, { reference: -0.1 })?.percent, 0)
  for (const near of Object.values(words.likeness)) assert.doesNotMatch(near, /\d/)
})

test('of a part that was painted anew, and without a score, nothing is said', () => {
  const source = { image: 'part:a', mask: 'part:b' }
  assert.equal(likenessOf({ prompt: 'x', source }, { reference: 0.1 }), undefined)
  assert.notEqual(likenessOf({ prompt: 'x', source: { image: 'part:a' } }, { reference: 0.1 }), undefined)
  assert.equal(likenessOf({ prompt: 'x' }, undefined), undefined)
  assert.equal(likenessOf({ prompt: 'x' }, { prompt: 0.3 }), undefined)
})
