import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { promptCounter } from '../../companion/cli/prompt-counter.ts'
import { openPromptReader } from '../../companion/models/prompt-reader.ts'
import { countTokens } from '../../companion/text/count.ts'

const MODELS = join(import.meta.dirname, '../fixtures/models')
const NOWHERE = join(import.meta.dirname, 'nowhere')

test('a checkpoint’s own tokenizer counts, and its own text tower says how much there is room for', () => {
  const tiny = openPromptReader([MODELS], 'tiny15')
  const usual = openPromptReader([NOWHERE], undefined)
  assert.equal(tiny.room, 75)
  // A tokenizer of few merges cuts words into more tokens than CLIP's.
  const count = ({ tokenizer, room }: typeof tiny) => countTokens('a photograph', 'plain', tokenizer, room).tokens
  assert.ok(count(tiny) > count(usual), `${count(tiny)} and ${count(usual)}`)
  assert.equal(count(usual), 2)
})

test('a checkpoint that is not there, or says nothing of its words, reads as every published CLIP does', () => {
  for (const name of ['nobody', 'tiny15-single', { file: 'tiny15-single', config: 'nobody' }]) {
    const { tokenizer, room } = openPromptReader([MODELS], name)
    assert.deepEqual([tokenizer.tokens('a photograph').length, room], [2, 75])
  }
  const named = openPromptReader([MODELS], { file: 'tiny15-single', config: 'tiny15' })
  assert.ok(named.tokenizer.tokens('a photograph').length > 2)
})

test('parts are counted as they are read: a section of its own, and what is over in the next', () => {
  const count = promptCounter(() => [NOWHERE])
  const long = Array(80).fill('fox').join(' ')
  assert.deepEqual(count({ prompt: '' }), { tokens: 0, room: 75, parts: 1 })
  assert.deepEqual(count({ prompt: 'a fox BREAK an owl', notation: 'a1111' }), { tokens: 4, room: 150, parts: 2 })
  assert.deepEqual(count({ prompt: '((fox)) [owl:1.2)', notation: 'a1111' }).parts, 1)
  assert.deepEqual(count({ prompt: long, notation: 'plain' }), { tokens: 80, room: 75, parts: 1 })
  assert.deepEqual(count({ prompt: long, notation: 'comfy' }), { tokens: 80, room: 150, parts: 2 })
})
