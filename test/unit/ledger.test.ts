/** Does a network get exactly the tensors its configuration asks for, and is anything else refused by name? */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { StoredTensor } from '../../companion/weights/safetensors.ts'
import { openLedger } from '../../companion/weights/weights.ts'

const stored = (name: string, ...shape: number[]): [string, StoredTensor] => [
  name,
  { name, dtype: 'F32', shape, file: '/models/x.safetensors', offset: 0, bytes: 4 * shape.reduce((a, b) => a * b, 1) },
]
const ledger = () =>
  openLedger(
    new Map([stored('down.0.conv.weight', 8, 4, 3, 3), stored('down.0.conv.bias', 8), stored('position_ids', 1, 77)]),
    '/models/x.safetensors',
  )
const invalid = (message: string) => ({ code: 'model-invalid', message })

test('the path of a call is the name of a tensor', () => {
  const { weights } = ledger()
  const conv = weights.at('down', 0).at('conv')
  assert.deepEqual(conv.get('weight', [8, 4, 3, 3]).shape, [8, 4, 3, 3])
  assert.equal(weights.at('down', 0, 'conv').has('bias'), true)
  assert.equal(weights.at('down', 1, 'conv').has('bias'), false)
})

test('a missing tensor is named with the shape it should have', () => {
  const message = 'x.safetensors lacks the tensor "down.1.conv.bias" [8]. Use a complete file.'
  assert.throws(() => ledger().weights.at('down', 1, 'conv').get('bias', [8]), invalid(message))
})

test('a misshapen tensor is named with both shapes', () => {
  for (const shape of [[8, 3], [16], [8, 1], []]) {
    const wanted = `[${shape.join(', ')}]`
    const message = `In x.safetensors the tensor "down.0.conv.bias" is [8] where the configuration asks for ${wanted}. Use the configuration that belongs to it.`
    assert.throws(() => ledger().weights.at('down.0.conv').get('bias', shape), invalid(message))
  }
})

test('what nobody asked for is named', () => {
  const { weights, ...book } = ledger()
  weights.at('down.0.conv').get('bias', [8])
  const wrong = (text: string) =>
    invalid(
      `x.safetensors has the tensor ${text} that its configuration does not use. Use the configuration that belongs to it.`,
    )
  assert.throws(() => book.finish(), wrong('"down.0.conv.weight" and 1 more'))
  assert.throws(() => book.finish([/ids$/]), wrong('"down.0.conv.weight"'))
  weights.at('down.0.conv').get('weight', [8, 4, 3, 3])
  book.finish([/ids$/])
  assert.throws(() => book.finish(), wrong('"position_ids"'))
})

test('a tensor that was only asked about, or refused, is still left over', () => {
  const { weights, ...book } = ledger()
  weights.at('down.0.conv').has('bias')
  assert.throws(() => weights.at('down.0.conv').get('bias', [9]))
  assert.throws(() => book.finish([/weight$/, /ids$/]), /"down\.0\.conv\.bias"/)
})
