/** Does a loaded graph take exactly its inputs, and does every operator compute what its name says? */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Graph, type Value } from '../../companion/graph/graph.ts'
import { attention, groupNorm } from '../../companion/graph/nn.ts'
import * as op from '../../companion/graph/ops.ts'
import { assertClose } from '../support/close.ts'
import { runOnce } from '../support/golden-runs.ts'
import { hashInput, hashWeights } from '../support/hash-weights.ts'

/** One operator of one input. */
async function compute(shape: readonly number[], data: readonly number[], write: (x: Value) => Value) {
  const g = new Graph('probe', { attention: 'fused' })
  g.output('y', write(g.input('x', shape)))
  const { y } = await runOnce(g, { x: { shape, data: Float32Array.from(data) } })
  assert.deepEqual(y!.shape, g.outputs.get('y')!.shape, 'the shape that was inferred is the shape that comes out')
  return [...y!.data]
}

const WAVE = [-3, -1, -0.5, 0, 0.5, 1, 2, 6]
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x))
/** Φ by the series of erf, exact to double precision for these. */
const phi = (x: number): number => {
  let [term, sum] = [x, x]
  for (let n = 1; n < 200; n++) {
    term *= (-x * x) / (2 * n)
    sum += term / (2 * n + 1)
  }
  return 0.5 + sum / Math.sqrt(2 * Math.PI)
}

describe('operators', () => {
  const elementwise: [string, (x: Value) => Value, (x: number) => number][] = [
    ['exp', op.exp, Math.exp],
    ['gelu', op.gelu, (x) => x * phi(x)],
    ['quickGelu', op.quickGelu, (x) => x * sigmoid(1.702 * x)],
    ['silu', op.silu, (x) => x * sigmoid(x)],
    ['clip', (x) => op.clip(x, -1, 2), (x) => Math.min(2, Math.max(-1, x))],
    ['scale', (x) => op.scale(x, 0.25), (x) => 0.25 * x],
  ]
  for (const [name, write, exact] of elementwise) {
    test(name, async () => {
      const made = await compute([8], WAVE, write)
      const expected = WAVE.map(exact)
      made.forEach((value, i) => assertClose(name, [value], [expected[i]!], 2e-6 * Math.max(1, Math.abs(expected[i]!))))
    })
  }

  test('slice, concat and transpose', async () => {
    assert.deepEqual(await compute([2, 4], WAVE, (x) => op.slice(x, 1, 1, 3)), [-1, -0.5, 1, 2])
    assert.deepEqual(await compute([2, 4], WAVE, (x) => op.transpose(x, [1, 0])), [-3, 0.5, -1, 1, -0.5, 2, 0, 6])
    const halves = (x: Value) => op.concat(op.split(x, 0, 2).reverse(), 0)
    assert.deepEqual(await compute([8], WAVE, halves), [0.5, 1, 2, 6, -3, -1, -0.5, 0])
  })

  test('nearest resizing takes the pixel below the fraction', async () => {
    const made = await compute([1, 1, 2, 2], [1, 2, 3, 4], (x) => op.resizeNearest(x, { height: 3, width: 4 }))
    assert.deepEqual(made, [1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4])
  })

  test('group normalisation keeps its digits where the mean is far from zero', async () => {
    const weights = hashWeights()
    const data = Array.from(hashInput('in:far', 4 * 9), (value) => 300 + value)
    const made = await compute([1, 4, 3, 3], data, (x) =>
      groupNorm(x, weights.weights.at('n'), { groups: 2, eps: 1e-5 }),
    )
    const gain = [...weights.tensors.keys()]
    assert.deepEqual(gain, ['n.weight', 'n.bias'])
    const affine = { weight: hashInput('n.weight', 4, 0.1).map((v) => 1 + v), bias: hashInput('n.bias', 4, 0.05) }
    const expected = [0, 1].flatMap((group) => {
      const part = data.slice(18 * group, 18 * group + 18).map(Math.fround)
      const mean = part.reduce((a, b) => a + b) / 18
      const variance = part.reduce((sum, v) => sum + (v - mean) ** 2, 0) / 18
      return part.map((v, i) => {
        const channel = 2 * group + Math.floor(i / 9)
        return ((v - mean) / Math.sqrt(variance + 1e-5)) * affine.weight[channel]! + affine.bias[channel]!
      })
    })
    weights.dispose()
    // E[x²] - E[x]² in float32 would be off by 0.1 here.
    assertClose('norm', made, expected, 5e-4)
  })
})

test('both ways of writing attention agree, masked and not', async () => {
  const given = Object.fromEntries(
    ['q', 'k', 'v'].map((name) => [name, { shape: [6, 8], data: hashInput(`in:${name}`, 48) }]),
  )
  for (const causal of [false, true]) {
    const [fused, decomposed] = await Promise.all(
      (['fused', 'decomposed'] as const).map(async (mode) => {
        const g = new Graph('probe', { attention: mode })
        const [q, k, v] = ['q', 'k', 'v'].map((name) => g.input(name, [6, 8]))
        g.output('y', attention(q!, k!, v!, { heads: 2, causal }))
        return (await runOnce(g, given))['y']!.data
      }),
    )
    assertClose(`causal ${causal}`, fused!, decomposed!, 1e-6)
  }
})

test('inputs that are missing, misshapen or unknown are named', async () => {
  const g = new Graph('probe', { attention: 'fused' })
  g.output('y', op.add(g.input('a', [2]), g.input('b', [2])))
  const two = { shape: [2], data: new Float32Array(2) }
  const three = { shape: [3], data: new Float32Array(3) }
  await assert.rejects(runOnce(g, { a: two }), { message: 'graph probe misses its input b' })
  await assert.rejects(runOnce(g, { a: two, b: three }), { message: 'graph probe takes b as [2], not [3]' })
  await assert.rejects(runOnce(g, { a: two, b: two, c: two }), { message: 'graph probe has no input c' })
})
