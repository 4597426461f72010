/** Does a graph that does not fit together fail at the line that wrote it, naming graph, operator and shapes? */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Graph } from '../../companion/graph/graph.ts'
import { attention, toPicture, toTokens } from '../../companion/graph/nn.ts'
import * as op from '../../companion/graph/ops.ts'

const graph = () => new Graph('probe', { attention: 'fused' })
let inputs = 0
const value = (g: Graph, ...shape: number[]) => g.input(`x${inputs++}`, shape)

describe('refused', () => {
  const wrong: [what: string, write: (g: Graph) => unknown, says: string][] = [
    ['a sum', (g) => op.add(value(g, 2, 3), value(g, 2, 4)), 'Add cannot take [2, 3] and [2, 4]'],
    ['a product', (g) => op.mul(value(g, 3), value(g, 2)), 'Mul cannot take [3] and [2]'],
    ['a reshape', (g) => op.reshape(value(g, 2, 3), [7]), 'Reshape to [7] cannot take [2, 3]'],
    ['a transposition of fewer axes', (g) => op.transpose(value(g, 2, 3), [0]), 'Transpose cannot take [2, 3]'],
    ['a transposition of one axis twice', (g) => op.transpose(value(g, 2, 3), [1, 1]), 'Transpose cannot take [2, 3]'],
    ['a matrix product', (g) => op.matMul(value(g, 2, 3), value(g, 4, 5)), 'MatMul cannot take [2, 3] and [4, 5]'],
    ['batches', (g) => op.matMul(value(g, 2, 3, 4), value(g, 3, 4, 5)), 'MatMul cannot take [2, 3, 4] and [3, 4, 5]'],
    ['a linear layer', (g) => op.gemm(value(g, 7, 8), value(g, 4, 9)), 'Gemm cannot take [7, 8] and [4, 9]'],
    ['its bias', (g) => op.gemm(value(g, 7, 8), value(g, 4, 8), value(g, 5)), 'Gemm bias cannot take [4, 8] and [5]'],
    [
      'a concatenation',
      (g) => op.concat([value(g, 1, 2, 4), value(g, 1, 3, 5)], 1),
      'Concat on 1 cannot take [1, 2, 4] and [1, 3, 5]',
    ],
    ['uneven parts', (g) => op.split(value(g, 2, 5), 1, 2), 'Split in 2 on 1 cannot take [2, 5]'],
    ['a slice too far', (g) => op.slice(value(g, 4), 0, 2, 5), 'Slice 2 to 5 on 0 cannot take [4]'],
    ['a slice of nothing', (g) => op.slice(value(g, 4), 0, 2, 2), 'Slice 2 to 2 on 0 cannot take [4]'],
    [
      'a convolution',
      (g) => op.conv(value(g, 1, 3, 8, 8), value(g, 16, 4, 3, 3), undefined, { stride: 1, pads: [1, 1, 1, 1] }),
      'Conv cannot take [1, 3, 8, 8] and [16, 4, 3, 3]',
    ],
    ['means of an odd side', (g) => op.averagePool(value(g, 1, 3, 8, 7)), 'AveragePool cannot take [1, 3, 8, 7]'],
    ['a resize of a list', (g) => op.resizeNearest(value(g, 3), { height: 2, width: 2 }), 'Resize cannot take [3]'],
    [
      'a norm',
      (g) => op.layerNormalization(value(g, 2, 3), value(g, 4), value(g, 4), 1e-5),
      'LayerNormalization cannot take [2, 3] and [4]',
    ],
    [
      'attention',
      (g) => op.multiHeadAttention(value(g, 1, 2, 8), value(g, 1, 3, 8), value(g, 1, 4, 8), 2, false),
      'MultiHeadAttention cannot take [1, 2, 8] and [1, 3, 8] and [1, 4, 8]',
    ],
  ]
  for (const [what, write, says] of wrong) {
    test(what, () => assert.throws(() => write(graph()), { message: `graph probe: ${says}` }))
  }

  test('one name for two inputs or two results', () => {
    const g = graph()
    const x = g.input('x', [1])
    g.output('y', x)
    assert.throws(() => g.input('x', [2]), { message: 'graph probe: two inputs named x' })
    assert.throws(() => g.output('y', x), { message: 'graph probe: two outputs named y' })
  })
})

describe('inferred', () => {
  const right: [what: string, write: (g: Graph) => { shape: readonly number[] }, shape: number[]][] = [
    ['a sum by broadcasting', (g) => op.add(value(g, 4, 1, 3), value(g, 5, 1)), [4, 5, 3]],
    ['a batched product', (g) => op.matMul(value(g, 2, 3, 4), value(g, 2, 4, 5)), [2, 3, 5]],
    ['a transposition', (g) => op.transpose(value(g, 2, 3, 4), [2, 0, 1]), [4, 2, 3]],
    ['a concatenation', (g) => op.concat([value(g, 1, 2, 4), value(g, 1, 3, 4)], 1), [1, 5, 4]],
    ['the second of three parts', (g) => op.split(value(g, 2, 6), 1, 3)[1]!, [2, 2]],
    ['a slice', (g) => op.slice(value(g, 9, 2), 0, 3, 7), [4, 2]],
    [
      'a strided convolution with uneven padding',
      (g) => op.conv(value(g, 1, 3, 9, 8), value(g, 16, 3, 3, 3), undefined, { stride: 2, pads: [0, 0, 1, 1] }),
      [1, 16, 4, 4],
    ],
    ['means of squares', (g) => op.averagePool(value(g, 1, 3, 8, 6)), [1, 3, 4, 3]],
    ['positions as tokens', (g) => toTokens(value(g, 1, 6, 2, 5)), [10, 6]],
    ['tokens as positions', (g) => toPicture(value(g, 10, 6), { height: 2, width: 5 }), [1, 6, 2, 5]],
    ['attention', (g) => attention(value(g, 5, 8), value(g, 3, 8), value(g, 3, 8), { heads: 2 }), [5, 8]],
  ]
  for (const [what, write, shape] of right) test(what, () => assert.deepEqual(write(graph()).shape, shape))
})
