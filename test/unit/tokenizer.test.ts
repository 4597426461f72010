/** Does the tokenizer cut text as CLIP's does, whatever the text? */
import assert from 'node:assert/strict'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { openTokenizer } from '../../companion/models/tokenizer-files.ts'
import { createTokenizer } from '../../companion/text/tokenizer.ts'
import { temporaryFolder } from '../support/craft-safetensors.ts'
import { fixture, fixtureJson } from '../support/golden.ts'

const folder = temporaryFolder()
after(() => folder.dispose())

const TOKENS = [
  '<|startoftext|>',
  '<|endoftext|>',
  '!',
  'a',
  'b',
  'c',
  'a</w>',
  'b</w>',
  'c</w>',
  'ab',
  'bc</w>',
  'abc</w>',
  'ab</w>',
]
const WORDS = ["'s</w>", '1</w>', '2</w>', '!</w>', ',</w>', 'Ã', '©</w>', "'", 's</w>', '.', '.</w>', '..</w>']
const VOCABULARY = Object.fromEntries([...TOKENS, ...WORDS].map((token, i) => [token, i]))
const MERGES = ['a b', 'b c</w>', 'ab c</w>', 'a b</w>', "' s</w>", '. .</w>']
const tokenizer = createTokenizer({ vocabulary: VOCABULARY, merges: MERGES, padding: '!' })
const names = Object.keys(VOCABULARY)

/** The tokens between start and end. */
const cut = (text: string): string[] => {
  const ids = tokenizer.encode(text, 77)
  return ids.slice(1, ids.indexOf(tokenizer.end)).map((id) => names[id]!)
}

describe('text is cut', () => {
  const cases: [text: string, tokens: string[]][] = [
    ['', []],
    [' \t\n ', []],
    ['abc', ['abc</w>']],
    ['ABC', ['abc</w>']],
    ['  ab \n\t c  ', ['ab</w>', 'c</w>']],
    ['abab', ['ab', 'ab</w>']],
    ['bc', ['bc</w>']],
    ['cab', ['c', 'ab</w>']],
    ['a12b', ['a</w>', '1</w>', '2</w>', 'b</w>']],
    ["a's", ['a</w>', "'s</w>"]],
    ["a'S", ['a</w>', "'s</w>"]],
    ['a!', ['a</w>', '!</w>']],
    ['a..', ['a</w>', '..</w>']],
    ['a,b', ['a</w>', ',</w>', 'b</w>']],
  ]
  for (const [text, tokens] of cases) test(JSON.stringify(text), () => assert.deepEqual(cut(text), tokens))

  test('accents are bytes, composed or not', () => {
    const composed = ['Ã', '©</w>']
    assert.deepEqual(cut('\u00e9'), composed)
    assert.deepEqual(cut('e\u0301'), composed)
  })

  test('what the vocabulary lacks becomes the end token, and does not throw', () => {
    assert.deepEqual(tokenizer.encode('z', 5), [0, 1, 1, 2, 2])
    assert.equal(tokenizer.encode('\ud800 🦊 \u0000', 77).length, 77)
  })

  test('special tokens in the text are what they say', () => {
    assert.deepEqual(tokenizer.encode('a<|endoftext|>b', 6), [0, VOCABULARY['a</w>'], 1, VOCABULARY['b</w>'], 1, 2])
  })
})

describe('the length is kept', () => {
  test('short prompts are padded', () => {
    assert.deepEqual(tokenizer.encode('a', 5), [0, VOCABULARY['a</w>'], 1, 2, 2])
  })
  test('long ones lose what is behind, never the end token', () => {
    const ids = tokenizer.encode('a '.repeat(500), 77)
    assert.equal(ids.length, 77)
    assert.deepEqual([ids[0], ids[75], ids[76]], [0, VOCABULARY['a</w>'], 1])
  })
  test('exactly as many as fit', () => {
    assert.deepEqual(tokenizer.encode('a b c', 5), [0, 6, 7, 8, 1])
    assert.deepEqual(tokenizer.encode('a b c', 4), [0, 6, 7, 1])
  })
})

describe('files', () => {
  const TINY = fixture('models', 'diffusers', 'tiny15', 'tokenizer')
  const text = 'a photo of the quick brown fox, café 東京 42'

  test('one file with both tables says the same as two', () => {
    const lines = readFileSync(join(TINY, 'merges.txt'), 'utf8')
      .split('\n')
      .slice(1)
      .filter((line) => line !== '')
    const vocab = fixtureJson('models', 'diffusers', 'tiny15', 'tokenizer', 'vocab.json')
    for (const merges of [lines, lines.map((line) => line.split(' '))]) {
      folder.put('tokenizer.json', JSON.stringify({ model: { type: 'BPE', vocab, merges } }))
      assert.deepEqual(openTokenizer(folder.path).encode(text, 77), openTokenizer(TINY).encode(text, 77))
    }
  })

  test('the padding token is the one the settings name', () => {
    folder.put('tokenizer_config.json', JSON.stringify({ pad_token: { content: '!' } }))
    const bang = (fixtureJson('models', 'diffusers', 'tiny15', 'tokenizer', 'vocab.json') as Record<string, number>)[
      '!'
    ]
    assert.equal(openTokenizer(folder.path).encode('', 77).at(-1), bang)
  })

  test('a folder without tables, or with broken ones, is named', () => {
    const broken = join(folder.path, 'broken')
    mkdirSync(broken)
    const invalid = { code: 'model-invalid' }
    assert.throws(() => openTokenizer(broken), invalid)
    folder.put('broken/vocab.json', '{"a": "b"}')
    assert.throws(() => openTokenizer(broken), { ...invalid, message: /broken/ })
    folder.put('broken/vocab.json', '{"a": 0}')
    folder.put('broken/merges.txt', '#version: 0.2\n')
    assert.throws(() => openTokenizer(broken), { ...invalid, message: /broken/ })
  })
})
