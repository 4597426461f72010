/** Do the samplers walk the way diffusers' do? The model is a formula, so that only the sampler is tested. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { denoiser } from '../../companion/diffusion/denoiser.ts'
import { schedule, type NoiseConfig } from '../../companion/diffusion/schedule.ts'
import { SAMPLERS, type Sampler, type Sigmas, type Spacing } from '../../shared/recipe.ts'
import { assertClose } from '../support/close.ts'
import { SD15_NOISE } from '../support/golden-networks.ts'
import { walk } from '../support/walk.ts'

const START = Float32Array.from({ length: 16 }, (_, i) => -1 + (2 * i) / 15)
const SHOWN = [0, 5, 10, 15]

const formula = (x: Float32Array, t: number): Float32Array =>
  x.map((value) => 0.5 * value + 0.1 * Math.sin(3 * value) + 0.0001 * t)

function walkFormula(
  sampler: Sampler,
  { n = 8, spacing, sigmas = 'model', noise = SD15_NOISE }: Choice,
): ReturnType<typeof walk> {
  const steps = schedule(n, { sampler, spacing, sigmas }, noise)
  return walk(
    sampler,
    denoiser((x, i) => Promise.resolve(formula(x, steps.timesteps[i]!)), 1, steps),
    START,
    steps,
  )
}

interface Choice {
  n?: number
  spacing: Spacing
  sigmas?: Sigmas
  noise?: NoiseConfig
}

describe('trajectories of diffusers', () => {
  const clipping = (clip: number): NoiseConfig => ({ ...SD15_NOISE, clip })
  const own = { ...SD15_NOISE, alphaToOne: undefined }
  const golden: [Sampler, Choice, number[]][] = [
    ['ddim', { spacing: 'leading' }, [-2.328201, -0.614573, 0.191344, 1.968815]],
    ['ddim', { spacing: 'leading', noise: clipping(1) }, [-0.811679, -0.501571, 0.191344, 0.994444]],
    ['ddim', { spacing: 'leading', noise: clipping(2) }, [-1.570791, -0.614573, 0.191344, 1.657433]],
    ['ddim', { spacing: 'leading', noise: own }, [-2.293061, -0.60301, 0.18701, 1.941765]],
    ['pndm', { spacing: 'leading', noise: own }, [-2.150983, -0.503836, 0.219991, 1.90431]],
    ['lcm', { n: 4, spacing: 'leading', noise: clipping(1) }, [-1, -0.612897, -0.23152, -1]],
    ['tcd', { n: 4, spacing: 'leading', noise: clipping(1) }, [-5.709146, -1.325668, -0.031051, 0.728552]],
    ['euler', { spacing: 'leading', noise: clipping(1) }, [-2.293061, -0.60301, 0.18701, 1.941765]],
    ['pndm', { spacing: 'leading' }, [-2.150983, -0.503836, 0.219991, 1.90431]],
    ['euler', { spacing: 'leading' }, [-2.293061, -0.60301, 0.18701, 1.941765]],
    ['euler', { spacing: 'trailing' }, [-3.618092, -1.134686, 0.161453, 2.702922]],
    ['euler_ancestral', { spacing: 'leading' }, [-3.442472, -0.299907, -0.154203, -0.5026]],
    ['dpmpp_2m', { spacing: 'linspace' }, [-3.212577, -0.931709, 0.18835, 2.388348]],
    ['dpmpp_2m', { spacing: 'linspace', sigmas: 'karras' }, [-2.702719, -0.75665, 0.22618, 2.132338]],
    ['dpmpp_2m_sde', { spacing: 'linspace', sigmas: 'karras' }, [-2.726206, -0.201825, 0.248674, -2.147006]],
    ['unipc', { spacing: 'linspace' }, [-3.156837, -0.897231, 0.190695, 2.371609]],
    ['lcm', { n: 4, spacing: 'leading' }, [-3.995339, -1.319029, -0.23152, -0.649833]],
    ['tcd', { n: 4, spacing: 'leading' }, [-5.709146, -1.325668, -0.031051, 0.728552]],
  ]
  for (const [sampler, choice, expected] of golden) {
    const { clip, alphaToOne } = choice.noise ?? SD15_NOISE
    const noise = [clip < Infinity && `clipped at ${clip}`, alphaToOne === undefined && 'its own end'].filter(Boolean)
    test([sampler, choice.spacing, choice.sigmas ?? 'model', ...noise].join(' '), async () => {
      const { latents } = await walkFormula(sampler, choice)
      const shown = SHOWN.map((i) => latents[i]!)
      // The goldens have six decimals and were walked in float32.
      assertClose('latents', shown, expected, 3e-6)
    })
  }
})

test('every sampler yields each step once, and ends at what the last step saw without noise', async () => {
  for (const sampler of SAMPLERS) {
    const noise = { ...SD15_NOISE, alphaToOne: true }
    const { latents, steps } = await walkFormula(sampler, { spacing: 'trailing', noise })
    const extra = sampler === 'pndm' ? 1 : 0 // its second step is taken twice
    const all = Array.from({ length: 8 + extra }, (_, i) => i)
    assert.deepEqual(
      steps.map(({ i }) => i),
      all,
      sampler,
    )
    // PNDM ends on a slope made of four steps, TCD at the first training step.
    if (sampler !== 'pndm' && sampler !== 'tcd') assertClose(sampler, latents, steps.at(-1)!.denoised, 1e-5)
  }
})

test('no sampler changes the noise it is given', async () => {
  const before = START.slice()
  for (const sampler of SAMPLERS) await walkFormula(sampler, { spacing: 'leading' })
  assert.deepEqual(START, before)
})

test('a model that predicts velocities walks the same way as one that predicts the same noise', async () => {
  for (const sampler of SAMPLERS) {
    const walkWith = async (prediction: NoiseConfig['prediction']) => {
      const steps = schedule(8, { sampler, spacing: 'leading', sigmas: 'model' }, { ...SD15_NOISE, prediction })
      const predict = (x: Float32Array, i: number) => {
        const sigma = steps.sigmas[i]!
        const [alpha, rest] = [1 / Math.sqrt(1 + sigma ** 2), sigma / Math.sqrt(1 + sigma ** 2)]
        const epsilon = formula(x, steps.timesteps[i]!)
        // v = √ᾱ ε - √(1 - ᾱ) x₀, with x₀ = (x - √(1 - ᾱ) ε) / √ᾱ
        const velocity = epsilon.map((e, j) => alpha * e - (rest * (x[j]! - rest * e)) / alpha)
        return Promise.resolve(prediction === 'epsilon' ? epsilon : velocity)
      }
      return (await walk(sampler, denoiser(predict, 1, steps), START, steps)).latents
    }
    assertClose(sampler, await walkWith('v_prediction'), await walkWith('epsilon'), 2e-5)
  }
})

test('guidance moves from the prediction without prompt towards and past the one with it', async () => {
  const steps = schedule(1, { sampler: 'ddim', spacing: 'leading', sigmas: 'model' }, SD15_NOISE)
  const asked: string[] = []
  const predict = (_: Float32Array, __: number, branch: 'prompt' | 'none') => {
    asked.push(branch)
    return Promise.resolve(Float32Array.of(branch === 'prompt' ? 3 : 1))
  }
  const guided = async (guidance: number) =>
    (await denoiser(predict, guidance, steps)(Float32Array.of(0), 0)).epsilon[0]
  assert.equal(await guided(5), 1 + 5 * (3 - 1))
  assert.deepEqual(asked.splice(0), ['none', 'prompt'])
  assert.equal(await guided(1), 3)
  assert.equal(await guided(0), 3)
  assert.deepEqual(asked, ['prompt', 'prompt'], 'without guidance there is one run a step')
})
