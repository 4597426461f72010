/** Does a ControlNet compute what diffusers computes from the same weights, and the UNet with what it adds? */
import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { resultWeights } from '../../companion/jobs/controls.ts'
import { sinusoid } from '../../companion/diffusion/time-embedding.ts'
import type { Graph, GraphOptions } from '../../companion/graph/graph.ts'
import {
  controlHintGraph,
  controlKeysValuesGraph,
  controlNetGraph,
  controlTimeGraph,
  type ControlNetConfig,
} from '../../companion/networks/controlnet.ts'
import { textKeysValuesGraph, timeGraph } from '../../companion/networks/unet-conditioning.ts'
import { unetGraph } from '../../companion/networks/unet.ts'
import { leftForWayUp } from '../../companion/networks/unet-layout.ts'
import { prefixed, type Tensors } from '../../companion/runtime/tensor.ts'
import { assertClose } from '../support/close.ts'
import { runExactly } from '../support/exact-run.ts'
import { C15, CXL, T15 } from '../support/golden-networks.ts'
import { added, row, runOnce } from '../support/golden-runs.ts'
import { openGoldens } from '../support/golden.ts'
import { hashInput, hashWeights } from '../support/hash-weights.ts'

const TOLERANCE = 1e-5
const { golden, unasked } = openGoldens('controlnet')
/** SDXL's middle is 10.2 large, and what comes of it in float32 is good for six digits of that, as PyTorch's own is. */
const LARGE_TOLERANCE = 2e-6 * 10.2
const SIZE = { height: 16, width: 16 }
const TIME = 500
const HINT = hashInput('in:hint', 2 * 3 * 128 * 128, 0.5).map((value) => value + 0.5)

/** ControlNets share names, so each has weights of its own. */
const [unet, sd15, sdxl] = [hashWeights(), hashWeights(), hashWeights()]
after(() => [unet, sd15, sdxl].forEach((made) => made.dispose()))

const sample = (n: number) => ({
  ...row(hashInput('in:sample', 2 * 4 * 16 * 16), n, [4, 16, 16]),
  shape: [1, 4, 16, 16],
})
const states = (n: number, width: number) => row(hashInput('in:text', 2 * 77 * width), n, [77, width])
const time = (width: number) => ({ sinusoid: { shape: [1, width], data: sinusoid(TIME, width) } })
const shifts = (made: Tensors): Tensors =>
  Object.fromEntries(Object.entries(made).filter(([name]) => name.startsWith('time.')))

for (const attention of ['fused', 'decomposed'] as const) {
  describe(`with ${attention} attention`, () => {
    const options: GraphOptions = { attention }

    /** All results of a ControlNet for the n-th of the goldens' pictures. */
    async function residuals(config: ControlNetConfig, weight: number, guess: boolean, n: number, run = runOnce) {
      const w = (config === C15 ? sd15 : sdxl).weights.at('cn')
      const hint = row(HINT, n, [1, 3, 128, 128])
      const { embedding } = await run(controlHintGraph(w, config, SIZE, options), { hint })
      const told = { ...time(config.widths[0]!), ...(config.added && { added: added(n) }) }
      const read = { states: states(n, config.crossAttentionWidth) }
      return run(controlNetGraph(w, config, { ...SIZE, tokens: 77 }, options), {
        sample: sample(n),
        hint: embedding!,
        weights: resultWeights({ weight, guess }, leftForWayUp(config, SIZE).length),
        ...shifts(await run(controlTimeGraph(w, config, options), told)),
        ...prefixed('text', await run(controlKeysValuesGraph(w, config, 77, options), read)),
      })
    }

    const matches = async (name: string, one: (n: number) => Promise<Float32Array>, tolerance = TOLERANCE) => {
      const { data } = golden(name)
      assertClose(name, [...(await one(0)), ...(await one(1))].slice(0, data.length), data, tolerance)
    }

    test('what it adds to a skip and to the middle', async () => {
      const result = (name: string) => async (n: number) => (await residuals(C15, 0.7, false, n))[name]!.data
      await matches('T15 ControlNet down[4] scale .7', result('down.4'))
      await matches('T15 ControlNet mid scale .7', result('mid'))
    })

    test('where it guesses, the further up the less', () =>
      matches('T15 ControlNet guess_mode down[4]', async (n) => (await residuals(C15, 1, true, n))['down.4']!.data))

    test('of the SDXL family', () => {
      const middle = async (n: number) => (await residuals(CXL, 0.7, false, n))['mid']!.data
      return matches('TXL ControlNet mid scale .7', middle, LARGE_TOLERANCE)
    })

    if (attention === 'decomposed')
      test('of the SDXL family, number by number in float64', async () => {
        const run = (graph: Graph, inputs: Tensors) => Promise.resolve(runExactly(graph, inputs))
        const middle = async (n: number) => (await residuals(CXL, 0.7, false, n, run))['mid']!.data
        await matches('TXL ControlNet mid scale .7', middle)
      })

    test('the UNet with it', () =>
      matches('T15 UNet + ControlNet', async (n) => {
        const shape = { ...SIZE, textTokens: 77, imageTokens: [], controlled: true }
        const read = { states: states(n, 24) }
        const { prediction } = await runOnce(unetGraph(unet.weights, T15, shape, options), {
          sample: sample(n),
          ...shifts(await runOnce(timeGraph(unet.weights, T15, options), time(16))),
          ...prefixed('text', await runOnce(textKeysValuesGraph(unet.weights, T15, 77, options), read)),
          ...prefixed('control', await residuals(C15, 0.7, false, n)),
        })
        return prediction!.data
      }))
  })
}

test('no golden is left out', () => assert.deepEqual(unasked(), []))
