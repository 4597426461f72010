/** Does a branch beside a weight compute what the weight computes once the LoRA is folded into it? */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { Graph, type Value } from '../../companion/graph/graph.ts'
import { conv2d, linear } from '../../companion/graph/nn.ts'
import { lowRank } from '../../companion/weights/lora/low-rank.ts'
import { openSafetensors } from '../../companion/weights/safetensors.ts'
import { openLedger, withBranches, type Branch, type Weights } from '../../companion/weights/weights.ts'
import { assertClose } from '../support/close.ts'
import { temporaryFolder } from '../support/craft-safetensors.ts'
import { runOnce } from '../support/golden-runs.ts'
import { hashInput, hashTensor } from '../support/hash-weights.ts'
import { loraBytes } from '../support/lora-files.ts'

const TOLERANCE = 1e-5
const [OUT, IN, RANK] = [6, 5, 3]

const folder = temporaryFolder()
after(() => folder.dispose())

/** A change of the layer: the shapes of its factors, and by what the file and the run multiply it. */
interface Change {
  readonly down: readonly number[]
  readonly up: readonly number[]
  readonly factor: number
  readonly strength: number
}

interface Layer {
  readonly weight: readonly number[]
  readonly input: readonly number[]
  readonly write: (x: Value, w: Weights) => Value
}

const count = (shape: readonly number[]): number => shape.reduce((product, dim) => product * dim, 1)
const tensorNames = (changes: readonly Change[]) => changes.map((_, i) => [`${i}.down`, `${i}.up`] as const)

/** W + Σ strength · factor · up · down, whatever kernel the rows of `down` hold. */
function folded({ weight }: Layer, changes: readonly Change[]): Float32Array {
  const whole = Float64Array.from(hashTensor('layer.weight', weight))
  const columns = count(weight.slice(1))
  changes.forEach(({ down, up, factor, strength }, n) => {
    const [downs, ups] = [hashTensor(`${n}.down`, down), hashTensor(`${n}.up`, up)]
    const rank = down[0]!
    for (let i = 0; i < whole.length; i++) {
      const [row, column] = [Math.floor(i / columns), i % columns]
      let sum = 0
      for (let r = 0; r < rank; r++) sum += ups[row * rank + r]! * downs[r * columns + column]!
      whole[i]! += strength * factor * sum
    }
  })
  return Float32Array.from(whole)
}

/** What the layer makes of a picture, or of tokens. */
async function made(layer: Layer, weights: Weights, strengths: readonly number[]): Promise<Float32Array> {
  const g = new Graph('probe', { attention: 'fused' })
  g.output('y', layer.write(g.input('x', layer.input), weights.at('layer')))
  const { y } = await runOnce(g, {
    x: { shape: layer.input, data: hashInput('x', count(layer.input)) },
    ...Object.fromEntries(
      strengths.map((strength, i) => [`strength ${i}`, { shape: [1], data: Float32Array.of(strength) }]),
    ),
  })
  return y!.data
}

/** Fails unless the branches change the layer as folding them into its weight does, and by a great deal. */
async function equalsFolded(layer: Layer, changes: readonly Change[]): Promise<void> {
  const factors = changes.flatMap(({ down, up }, i) => [
    [`${i}.down`, { shape: down }] as const,
    [`${i}.up`, { shape: up }] as const,
  ])
  const shape = layer.weight
  const bias = { 'layer.bias': { shape: [OUT] } }
  const path = folder.put('beside', loraBytes({ 'layer.weight': { shape }, ...bias, ...Object.fromEntries(factors) }))
  const { tensors } = openSafetensors(path)
  const { weights } = openLedger(tensors, path)
  const branches = tensorNames(changes).map(([down, up], i): Branch => {
    const change = { down: tensors.get(down)!, up: tensors.get(up)!, factor: changes[i]!.factor }
    return { ...lowRank(change, tensors.get('layer.weight')!, 'probe'), strength: `strength ${i}` }
  })
  const bytes = new Uint8Array(folded(layer, changes).buffer)
  const merged = folder.put('folded', loraBytes({ 'layer.weight': { shape, bytes }, ...bias }))
  const expected = await made(layer, openLedger(openSafetensors(merged).tensors, merged).weights, [])
  const plain = await made(layer, weights, [])
  assert.ok(plain.some((value, i) => Math.abs(value - expected[i]!) > 0.1))
  const beside = withBranches(weights, new Map([['layer.weight', branches]]))
  let actual = new Float32Array()
  await assert.doesNotReject(async () => {
    const strengths = changes.map(({ strength }) => strength)
    actual = Float32Array.from(await made(layer, beside, strengths))
  })
  assertClose('beside the weight', actual, expected, TOLERANCE)
}

const LINEAR: Layer = {
  weight: [OUT, IN],
  input: [7, IN],
  write: (x, w) => linear(x, w, { out: OUT, bias: true }),
}
const conv = (kernel: number, stride: number): Layer => ({
  weight: [OUT, IN, kernel, kernel],
  input: [1, IN, 8, 6],
  write: (x, w) => conv2d(x, w, { out: OUT, kernel, stride, padding: (kernel - 1) / 2 }),
})
const matrix = { down: [RANK, IN], up: [OUT, RANK] }
const pixel = { down: [RANK, IN, 1, 1], up: [OUT, RANK, 1, 1] }
const nine = { down: [RANK, IN, 3, 3], up: [OUT, RANK, 1, 1] }
const half = { factor: 0.5, strength: 0.7 }

const CASES: readonly (readonly [what: string, layer: Layer, shapes: Pick<Change, 'down' | 'up'>])[] = [
  ['a linear layer', LINEAR, matrix],
  ['a linear layer, by factors shaped for a convolution', LINEAR, pixel],
  ['a linear layer, by one factor of either shape', LINEAR, { down: pixel.down, up: matrix.up }],
  ['a convolution of one pixel', conv(1, 1), pixel],
  ['a convolution of one pixel, by factors shaped for a linear layer', conv(1, 1), matrix],
  ['a convolution of nine pixels', conv(3, 1), nine],
  ['a convolution of nine pixels, by an up without a kernel', conv(3, 1), { ...nine, up: matrix.up }],
  ['a convolution that halves the picture', conv(3, 2), nine],
]

for (const [what, layer, shapes] of CASES) {
  test(what, () => equalsFolded(layer, [{ ...shapes, ...half }]))
}

test('padding on two sides alone', () =>
  equalsFolded(
    { ...conv(3, 2), write: (x, w) => conv2d(x, w, { out: OUT, kernel: 3, stride: 2, padding: [0, 0, 1, 1] }) },
    [{ ...nine, ...half }],
  ))

for (const [what, layer, shapes] of [
  ['linear', LINEAR, matrix],
  ['convolution', conv(3, 1), nine],
] as const) {
  test(`two at once, of different ranks, one of them taken away: ${what}`, () =>
    equalsFolded(layer, [
      { ...shapes, ...half },
      { down: [2, ...shapes.down.slice(1)], up: [OUT, 2, ...shapes.up.slice(2)], factor: 1.5, strength: -0.4 },
    ]))

  test(`a rank higher than the layer is wide: ${what}`, () =>
    equalsFolded(layer, [{ down: [8, ...shapes.down.slice(1)], up: [OUT, 8, ...shapes.up.slice(2)], ...half }]))
}

test('no strength at all changes no bit', async () => {
  const path = folder.put(
    'none',
    loraBytes({
      'layer.weight': { shape: LINEAR.weight },
      'layer.bias': { shape: [OUT] },
      d: { shape: matrix.down },
      u: { shape: matrix.up },
    }),
  )
  const { tensors } = openSafetensors(path)
  const { weights } = openLedger(tensors, path)
  const branch = { down: tensors.get('d')!, up: tensors.get('u')!, factor: 1, strength: 'strength 0' }
  const beside = withBranches(weights, new Map([['layer.weight', [branch]]]))
  assert.deepEqual(await made(LINEAR, beside, [0]), await made(LINEAR, weights, []))
})
