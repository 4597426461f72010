/** Do models that were trained down to noise alone, and those that predict velocities, come out right with every sampler? */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { denoiser } from '../../companion/diffusion/denoiser.ts'
import { torchNoise } from '../../companion/diffusion/noise.ts'
import { noiseLevel, withNoise } from '../../companion/diffusion/scale.ts'
import { alphasCumprod, CHOOSES_SIGMAS, schedule, type NoiseConfig } from '../../companion/diffusion/schedule.ts'
import { SAMPLERS, type Sampler } from '../../shared/recipe.ts'
import { assertClose } from '../support/close.ts'
import { SD15_NOISE } from '../support/golden-networks.ts'
import { walk } from '../support/walk.ts'

const VELOCITY: NoiseConfig = { ...SD15_NOISE, prediction: 'v_prediction', alphaToOne: true }
const ENDING_IN_NOISE: NoiseConfig = { ...VELOCITY, zeroSnr: true }
const START = torchNoise(3).normal(16)
const KNOWN = Float32Array.from({ length: 16 }, (_, i) => Math.sin(i))

const trailing = (sampler: Sampler, noise: NoiseConfig) =>
  schedule(8, { sampler, spacing: 'trailing', sigmas: 'model' }, noise)

/** A model that knows the picture: x₀ = √ᾱ x - √(1 - ᾱ) v, solved for v. */
function walkToKnown(sampler: Sampler, noise: NoiseConfig): ReturnType<typeof walk> {
  const steps = trailing(sampler, noise)
  const velocity = (x: Float32Array, i: number) => {
    const { alpha, sigma } = noiseLevel(steps.sigmas[i]!)
    return Promise.resolve(x.map((value, j) => (alpha * value - KNOWN[j]!) / sigma))
  }
  return walk(sampler, denoiser(velocity, 1, steps), START, steps)
}

for (const [name, noise] of Object.entries({ 'some signal': VELOCITY, 'noise alone': ENDING_IN_NOISE })) {
  describe(`from ${name}, a model that knows the velocity ends at the picture`, () => {
    for (const sampler of SAMPLERS) {
      test(sampler, async () => {
        const { latents, steps } = await walkToKnown(sampler, noise)
        // LCM takes back a little of what it came with, most of all at low times.
        for (const { denoised } of steps) assertClose('seen', denoised, KNOWN, sampler === 'lcm' ? 1e-4 : 1e-5)
        if (sampler === 'tcd') return // which ends at the first training step, not behind it
        // PNDM's first step from 2⁻²⁴ of signal multiplies rounding by 4096.
        assertClose('latents', latents, KNOWN, sampler === 'pndm' && noise.zeroSnr ? 2e-2 : 1e-4)
      })
    }
  })
}

test('the signal ends at nothing and begins where it did', () => {
  const [plain, rescaled] = [alphasCumprod(VELOCITY), alphasCumprod(ENDING_IN_NOISE)]
  assert.equal(rescaled.at(-1), 0)
  assert.equal(rescaled[0], plain[0])
  // √ᾱ₅₀₀ = 0.52567338, √ᾱ₉₉₉ = 0.06826493, √ᾱ₀ = 0.99957490
  assertClose(
    'middle',
    [Math.sqrt(rescaled[500]!)],
    [((0.52567338 - 0.06826493) * 0.9995749) / (0.9995749 - 0.06826493)],
    1e-6,
  )
})

test('samplers on noise levels begin at 2⁻²⁴ of signal, the others at none', () => {
  for (const sampler of SAMPLERS) {
    const { sigmas, alphaAt } = trailing(sampler, ENDING_IN_NOISE)
    const some = CHOOSES_SIGMAS.has(sampler) || sampler === 'pndm'
    assert.equal(alphaAt(999), some ? 2 ** -24 : 0, sampler)
    assertClose(sampler, [1 / sigmas[0]!], [some ? 2 ** -12 : 0], 1e-9)
    assert.ok(sigmas.slice(1).every(Number.isFinite))
  }
  const { alphaAt } = trailing('ddim', { ...ENDING_IN_NOISE, prediction: 'epsilon' })
  assert.equal(alphaAt(999), 2 ** -24, 'noise in noise alone says nothing of a picture')
})

test('a picture under noise alone is the noise', () => {
  assert.deepEqual(withNoise('ddim', KNOWN, START, Infinity), START)
  const level = withNoise('ddim', KNOWN, START, 1)
  assertClose(
    'half',
    level,
    KNOWN.map((value, i) => (value + START[i]!) * Math.SQRT1_2),
    1e-6,
  )
})
