/** Does a T2I-Adapter make the features that diffusers makes, and does the UNet take them where diffusers' does? */
import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { Graph, type GraphOptions } from '../../companion/graph/graph.ts'
import { halved, t2iAdapterGraph, type T2iAdapterConfig } from '../../companion/networks/t2i-adapter.ts'
import { textKeysValuesGraph, timeGraph } from '../../companion/networks/unet-conditioning.ts'
import { unetGraph } from '../../companion/networks/unet.ts'
import { addedOnWayDown } from '../../companion/networks/unet-layout.ts'
import { sinusoid } from '../../companion/diffusion/time-embedding.ts'
import { prefixed, type Tensors } from '../../companion/runtime/tensor.ts'
import { assertClose } from '../support/close.ts'
import { T15, TXL } from '../support/golden-networks.ts'
import { row, runOnce } from '../support/golden-runs.ts'
import { openGoldens } from '../support/golden.ts'
import { hashInput, hashWeights } from '../support/hash-weights.ts'

const TOLERANCE = 1e-5
const { golden, unasked } = openGoldens('t2i')
const SIZE = { height: 16, width: 16 }
const HINT = hashInput('in:hint', 2 * 3 * 128 * 128, 0.5).map((value) => value + 0.5)
const CONFIG: T2iAdapterConfig = {
  channels: 3,
  square: 8,
  widths: [16, 24, 32, 32],
  halves: [false, true, true, true],
  resnets: 2,
}

const made = hashWeights()
after(() => made.dispose())

for (const attention of ['fused', 'decomposed'] as const) {
  describe(`with ${attention} attention`, () => {
    const options: GraphOptions = { attention }
    const features = (n: number): Promise<Tensors> =>
      runOnce(t2iAdapterGraph(made.weights.at('t2i', 'adapter'), CONFIG, SIZE, options), {
        hint: row(HINT, n, [1, 3, 128, 128]),
      })
    const matches = async (name: string, one: (n: number) => Promise<Float32Array>) =>
      assertClose(name, [...(await one(0)), ...(await one(1))], golden(name).data, TOLERANCE)

    test('features of a picture', () =>
      matches('T2I full adapter feature 1', async (n) => (await features(n))['feature.1']!.data))

    test('the UNet with them', () =>
      matches('T15 UNet + T2I scale .9', async (n) => {
        const shape = { ...SIZE, textTokens: 77, imageTokens: [], adapted: true }
        const time = { shape: [1, 16], data: sinusoid(500, 16) }
        const states = row(hashInput('in:text', 2 * 77 * 24), n, [77, 24])
        const found = await features(n)
        const added = addedOnWayDown(T15, SIZE).map(({ name, shape: [, c, h, w] }, i) => {
          const feature = found[`feature.${i}`]?.data.map((value) => 0.9 * value)
          return [`t2i.${name}`, { shape: [1, c, h, w], data: feature ?? new Float32Array(c * h * w) }] as const
        })
        const told = Object.entries(await runOnce(timeGraph(made.weights, T15, options), { sinusoid: time }))
        const shifts = Object.fromEntries(told.filter(([name]) => name.startsWith('time.')))
        const { prediction } = await runOnce(unetGraph(made.weights, T15, shape, options), {
          sample: { ...row(hashInput('in:sample', 2 * 4 * 16 * 16), n, [1, 4, 16, 16]) },
          ...shifts,
          ...prefixed('text', await runOnce(textKeysValuesGraph(made.weights, T15, 77, options), { states })),
          ...Object.fromEntries(added),
        })
        return prediction!.data
      }))
  })
}

test('behind each block down, and for SDXL the last of four behind the middle', () => {
  const places = (config: typeof T15) => addedOnWayDown(config, { width: 9, height: 16 })
  assert.deepEqual(places(T15).slice(0, 4), [
    { name: 'down.0', shape: [1, 16, 16, 9] },
    { name: 'down.1', shape: [1, 24, 8, 5] },
    { name: 'down.2', shape: [1, 32, 4, 3] },
    { name: 'down.3', shape: [1, 32, 2, 2] },
  ])
  assert.deepEqual(places(TXL), [
    { name: 'down.0', shape: [1, 16, 8, 5] },
    { name: 'down.1', shape: [1, 24, 8, 5] },
    { name: 'down.2', shape: [1, 32, 4, 3] },
    { name: 'mid', shape: [1, 32, 4, 3] },
  ])
})

test('at an odd edge a mean is that of what is there', async () => {
  const g = new Graph('means', { attention: 'fused' })
  g.output('means', halved(g.input('x', [1, 1, 3, 3])))
  const { means } = await runOnce(g, { x: { shape: [1, 1, 3, 3], data: Float32Array.of(1, 3, 5, 5, 7, 9, 2, 4, 8) } })
  assert.deepEqual(means, { shape: [1, 1, 2, 2], data: Float32Array.of(4, 7, 3, 8) })
})

test('no golden is left out', () => assert.deepEqual(unasked(), []))
