/** Are timesteps and noise levels those of diffusers' schedulers? */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { alphasCumprod, interpolate, schedule, sigmaOf, timestepOf } from '../../companion/diffusion/schedule.ts'
import { roundHalfEven } from '../../shared/round-half-even.ts'
import { readSchedulerConfig } from '../../companion/models/config.ts'
import type { Sampler, Sigmas, Spacing } from '../../shared/recipe.ts'
import { assertClose } from '../support/close.ts'
import { SD15_NOISE } from '../support/golden-networks.ts'
import { fixture } from '../support/golden.ts'

const noise = readSchedulerConfig(fixture('models', 'diffusers', 'tiny15', 'scheduler', 'scheduler_config.json'))
const steps = (n: number, sampler: Sampler, spacing: Spacing, sigmas: Sigmas = 'model') =>
  schedule(n, { sampler, spacing, sigmas }, noise)

test("the configuration file holds Stable Diffusion 1.5's noise", () => {
  const { sampler, spacing, sigmas, ...rest } = noise
  const said = { sampler: 'ddim', spacing: 'leading', sigmas: undefined, rest: SD15_NOISE }
  assert.deepEqual({ sampler, spacing, sigmas, rest }, said)
})

test('cumulative alphas and noise levels', () => {
  const alphas = alphasCumprod(noise)
  const at = [0, 100, 250, 500, 750, 999]
  const expected = [0.99914998, 0.89422315, 0.6737923, 0.2763325, 0.0561698, 0.0046601]
  assertClose(
    'alphas',
    at.map((t) => alphas[t]!),
    expected,
    6e-8,
  )
  const levels = [0, 1, 500, 999].map((t) => sigmaOf(alphas[t]!))
  assertClose('sigmas', levels, [0.02916753, 0.04131448, 1.6182796, 14.614645], 2e-6)
})

describe('timesteps', () => {
  const cases: [string, ReturnType<typeof steps>, number[]][] = [
    ['leading', steps(8, 'euler', 'leading'), [876, 751, 626, 501, 376, 251, 126, 1]],
    ['leading, ancestral', steps(8, 'euler_ancestral', 'leading'), [876, 751, 626, 501, 376, 251, 126, 1]],
    ['trailing', steps(8, 'euler', 'trailing'), [999, 874, 749, 624, 499, 374, 249, 124]],
    ['trailing, solver', steps(8, 'dpmpp_2m', 'trailing'), [999, 874, 749, 624, 499, 374, 249, 124]],
    ['linspace, solver', steps(8, 'dpmpp_2m', 'linspace'), [999, 874, 749, 624, 500, 375, 250, 125]],
    ['leading, solver', steps(8, 'dpmpp_2m', 'leading'), [889, 778, 667, 556, 445, 334, 223, 112]],
    ['karras, solver', steps(8, 'dpmpp_2m', 'linspace', 'karras'), [999, 890, 746, 549, 299, 90, 12, 0]],
    ['exponential, solver', steps(8, 'unipc', 'linspace', 'exponential'), [999, 834, 621, 359, 133, 30, 4, 0]],
    ['beta, solver', steps(8, 'dpmpp_2m', 'linspace', 'beta'), [999, 986, 957, 909, 830, 689, 373, 0]],
    ['linspace, ddim rounds', steps(8, 'ddim', 'linspace'), [999, 856, 714, 571, 428, 285, 143, 0]],
    ['lcm, four', steps(4, 'lcm', 'leading'), [999, 759, 499, 259]],
    ['lcm, eight', steps(8, 'lcm', 'leading'), [999, 879, 759, 639, 499, 379, 259, 139]],
    ['one step', steps(1, 'ddim', 'leading'), [1]],
    ['one step of a solver', steps(1, 'dpmpp_2m', 'linspace'), [999]],
    ['one step over all', steps(1, 'euler', 'linspace'), [0]],
  ]
  for (const [name, { timesteps, sigmas }, expected] of cases) {
    test(name, () => {
      assert.deepEqual(timesteps, expected)
      assert.equal(sigmas.length, expected.length + 1)
      assert.equal(sigmas.at(-1), 0)
      assert.ok(
        sigmas.every((sigma, i) => i === 0 || sigma < sigmas[i - 1]!),
        'noise only falls',
      )
    })
  }
  test('twenty leading ones', () => {
    const { timesteps } = steps(20, 'ddim', 'leading')
    assert.deepEqual([timesteps.length, ...timesteps.slice(0, 2), timesteps.at(-1)], [20, 951, 901, 1])
  })
  test('the second step of PNDM twice', () => {
    const { timesteps } = steps(10, 'pndm', 'leading')
    assert.deepEqual(timesteps, [901, 801, 801, 701, 601, 501, 401, 301, 201, 101, 1])
  })
  test('linspace keeps fractions for Euler', () => {
    const { timesteps } = steps(8, 'euler', 'linspace')
    assertClose('timesteps', timesteps.slice(0, 2), [999, 856.2857142857], 1e-9)
  })
})

test('leading spacing never reaches the noise of the end of training', () => {
  const { sigmas } = steps(8, 'euler', 'leading')
  assertClose('ends', [sigmas[0]!, sigmas[7]!], [7.371846, 0.041314], 1e-6)
})

test('karras levels span the steps for Euler, and all of training for the solver', () => {
  const euler = steps(8, 'euler', 'leading', 'karras')
  assertClose('euler', [euler.sigmas[0]!, euler.sigmas[7]!], [7.371846, 0.041314], 1e-6)
  // Equation (5) of arXiv:2206.00364, written out for the second of eight.
  const second = (7.371846 ** (1 / 7) + (1 / 7) * (0.041314 ** (1 / 7) - 7.371846 ** (1 / 7))) ** 7
  assertClose('second', [euler.sigmas[1]!], [second], 1e-4)
  const solver = steps(8, 'dpmpp_2m', 'linspace', 'karras')
  assertClose('solver', [solver.sigmas[0]!, solver.sigmas[7]!], [14.614645, 0.0291675], 2e-6)
})

test('beta levels crowd at both ends', () => {
  // scipy.stats.beta.ppf(1 - i / 7, 0.6, 0.6)
  const shares = [1, 0.9288579738, 0.7831485674, 0.598570047, 0.401429953, 0.2168514326, 0.071142026, 0]
  const solver = steps(8, 'dpmpp_2m', 'linspace', 'beta').sigmas
  assertClose(
    'solver',
    solver.slice(0, 8),
    shares.map((share) => 0.0291675 + share * (14.614645 - 0.0291675)),
    3e-6,
  )
  const euler = steps(8, 'euler', 'leading', 'beta')
  assertClose(
    'euler',
    euler.sigmas.slice(0, 8),
    shares.map((share) => 0.041314 + share * (7.371846 - 0.041314)),
    2e-6,
  )
  assert.ok(euler.timesteps.some((t) => !Number.isInteger(t)))
  assert.deepEqual(steps(1, 'euler', 'trailing', 'beta').timesteps, [999])
})

test('noise level and timestep are each other back', () => {
  const table = Array.from(alphasCumprod(noise), sigmaOf)
  for (const t of [0, 1, 123, 998, 999]) assertClose(`${t}`, [timestepOf(interpolate(t, table), table)], [t], 1e-9)
  assert.equal(timestepOf(1000, table), 999, 'more noise than training had')
  assert.equal(timestepOf(1e-9, table), 0, 'less noise than training had')
  assertClose('between', [interpolate(0.5, table)], [(table[0]! + table[1]!) / 2], 1e-12)
})

test('halves round to the even number', () => {
  assert.deepEqual([0.5, 1.5, 2.5, 3.5, 4.5, 2.4, 2.6].map(roundHalfEven), [0, 2, 2, 4, 4, 2, 3])
})
