/** Are emphasis and long prompts read as A1111 and ComfyUI read them, and left alone where nobody asked for it? */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Notation } from '../../shared/recipe.ts'
import { openTokenizer } from '../../companion/models/tokenizer-files.ts'
import { chunksOf } from '../../companion/text/chunks.ts'
import { emphasised, wordsOf } from '../../companion/text/emphasis.ts'
import { weightedStates } from '../../companion/text/weighted-states.ts'
import { assertClose } from '../support/close.ts'
import { fixture } from '../support/golden.ts'

const read = (prompt: string, notation: Notation) =>
  emphasised(prompt, notation).map((section) => section.map(({ text, weight }) => [text, Number(weight.toFixed(4))]))

describe('A1111', () => {
  const cases: [prompt: string, pieces: (readonly [string, number])[]][] = [
    ['a fox', [['a fox', 1]]],
    ['', [['', 1]]],
    [
      'a (red) fox',
      [
        ['a ', 1],
        ['red', 1.1],
        [' fox', 1],
      ],
    ],
    [
      'a [red] fox',
      [
        ['a ', 1],
        ['red', 0.9091],
        [' fox', 1],
      ],
    ],
    [
      '(a (red:2) fox:0.5)',
      [
        ['a ', 0.5],
        ['red', 1],
        [' fox', 0.5],
      ],
    ],
    ['((fox))', [['fox', 1.21]]],
    ['(fox: .5 )', [['fox', 0.5]]],
    ['a \\(real\\) fox', [['a (real) fox', 1]]],
    [
      'a (fox',
      [
        ['a ', 1],
        ['fox', 1.1],
      ],
    ],
    [
      'a [fox',
      [
        ['a ', 1],
        ['fox', 0.9091],
      ],
    ],
    ['a) fox]', [['a) fox]', 1]]],
    ['at 12:30', [['at 12:30', 1]]],
    ['a [(fox])', [['a fox', 1]]],
  ]
  for (const [prompt, pieces] of cases) test(prompt, () => assert.deepEqual(read(prompt, 'a1111'), [pieces]))

  test('BREAK begins a section, within brackets too, and at the end none', () => {
    assert.deepEqual(read('(a fox BREAK an owl:1.2) BREAK', 'a1111'), [[['a fox', 1.2]], [['an owl', 1.2]]])
    assert.deepEqual(read('BREAKFAST', 'a1111'), [[['BREAKFAST', 1]]])
  })
})

describe('ComfyUI', () => {
  const cases: [prompt: string, pieces: (readonly [string, number])[]][] = [
    [
      'a (red) fox',
      [
        ['a ', 1],
        ['red', 1.1],
        [' fox', 1],
      ],
    ],
    [
      '(a (red:2) fox:0.5)',
      [
        ['a ', 0.5],
        ['red', 2],
        [' fox', 0.5],
      ],
    ],
    ['((fox))', [['fox', 1.21]]],
    ['a [red] fox', [['a [red] fox', 1]]],
    ['a \\(real\\) fox', [['a (real) fox', 1]]],
    ['a (fox', [['a (fox', 1]]],
    ['a fox BREAK', [['a fox BREAK', 1]]],
    ['(at 12:30)', [['at 12', 30]]],
  ]
  for (const [prompt, pieces] of cases) test(prompt, () => assert.deepEqual(read(prompt, 'comfy'), [pieces]))
})

test('brackets without end are read all the same, and leave weights that states can hold', () => {
  for (const notation of ['a1111', 'comfy'] as const) {
    const deep = `${'('.repeat(4000)}fox${')'.repeat(4000)}`
    assert.equal(emphasised(deep, notation)[0]?.[0]?.weight, 100, notation)
    assert.deepEqual(read('(fox:-1e3) (owl:1000)', notation)[0]?.at(-1), ['owl', 100])
  }
})

test('plain words are words, and what others emphasise is known without the signs', () => {
  assert.deepEqual(read('a (red:1.3) [fox]', 'plain'), [[['a (red:1.3) [fox]', 1]]])
  assert.equal(wordsOf('a (red:1.3) [fox] BREAK an owl', 'a1111'), 'a red fox an owl')
})

describe('chunks', () => {
  const tokenizer = openTokenizer(fixture('models', 'diffusers', 'tiny15', 'tokenizer'))
  const ids = tokenizer.tokens
  const sizes = (prompt: string, notation: Notation, room: number) =>
    chunksOf(prompt, notation, tokenizer, room).map(({ tokens }) => tokens.length)
  const one = (word: string) => assert.equal(ids(word).length, 1, `${word} is one token`)
  for (const word of ['a', 'b', ',']) one(word)
  const times = (word: string, n: number) => Array<string>(n).fill(word).join(' ')

  test('plain text has one, and loses what is too long', () => {
    assert.deepEqual(sizes(times('a', 100), 'plain', 75), [75])
    assert.deepEqual(sizes('', 'plain', 75), [0])
  })

  test('A1111 goes on in the next one', () => {
    assert.deepEqual(sizes(times('a', 100), 'a1111', 75), [75, 25])
    assert.deepEqual(sizes(times('a', 75), 'a1111', 75), [75])
    assert.deepEqual(sizes('', 'a1111', 75), [0])
    assert.deepEqual(sizes('a BREAK b b', 'a1111', 75), [1, 2])
  })

  test('A1111 goes on behind a comma that lies at most 20 tokens back', () => {
    const withComma = (before: number) => `${times('a', before)} , ${times('b', 99 - before)}`
    assert.deepEqual(sizes(withComma(55), 'a1111', 75), [56, 44])
    assert.deepEqual(sizes(withComma(54), 'a1111', 75), [75, 25])
    assert.deepEqual(sizes(withComma(74), 'a1111', 75), [75, 25])
    assert.deepEqual(sizes(withComma(75), 'a1111', 75), [75, 25])
  })

  test('ComfyUI takes short words over whole and cuts long ones', () => {
    const word = (length: number) => 'ab'.repeat(50).slice(0, length)
    const lengths = new Map(Array.from({ length: 40 }, (_, i) => [ids(word(i + 1)).length, word(i + 1)]))
    const [short, long] = [lengths.get(7)!, lengths.get(8)!]
    assert.deepEqual(sizes(`${times('a', 70)} ${short}`, 'comfy', 75), [70, 7])
    assert.deepEqual(sizes(`${times('a', 70)} ${long}`, 'comfy', 75), [75, 3])
    assert.deepEqual(sizes('', 'comfy', 75), [0])
    assert.deepEqual(sizes(short, 'comfy', 3), [3, 3, 1], 'where there is room for none whole')
  })

  test('every token keeps its weight', () => {
    const [chunk] = chunksOf('a (b:1.5) a', 'a1111', tokenizer, 75)
    assert.deepEqual(chunk, { tokens: [...ids('a'), ...ids('b'), ...ids('a')], weights: [1, 1.5, 1] })
  })
})

describe('states', () => {
  const states = Float32Array.of(1, 2, 3, 4)
  const empty = Float32Array.of(1, 1, 1, 1)
  test('A1111 multiplies, and gives the whole its mean back', () => {
    // 1 2 6 8 have the mean 4.25 where there was 2.5.
    const expected = [1, 2, 6, 8].map((z) => (z * 2.5) / 4.25)
    assertClose('states', weightedStates(states, [1, 2], 'a1111', empty), Float32Array.from(expected), 1e-6)
  })
  test('ComfyUI moves away from an empty prompt', () => {
    assertClose('states', weightedStates(states, [1, 2], 'comfy', empty), Float32Array.of(1, 2, 5, 7), 1e-6)
  })
})
