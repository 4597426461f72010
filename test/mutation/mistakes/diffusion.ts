import { caseOf, mutate, type Mutation } from '../mutate.ts'
import type { Check } from '../tree.ts'

const unet = 'parity/unet-goldens'
const GUIDED: Check = { file: unet, name: 'under guidance' }
const NOISE: Check = { file: 'unit/noise', name: 'seeds, lengths' }
const SAMPLERS: Check = { file: 'unit/samplers', name: '(leading|trailing|linspace) (model|karras)' }
const SCHEDULE: Check = { file: 'unit/schedule', name: '.' }
const config = 'companion/models/config.ts'
const spacing = 'companion/diffusion/spacing.ts'
const levels = 'companion/diffusion/schedule.ts'

/** Schedules, samplers, noise and guidance. */
export const DIFFUSION: readonly Mutation[] = [
  mutate('companion/diffusion/denoiser.ts', GUIDED)(
    'guidance counted from the prompt',
    '[1 - guidance, none]',
    '[-guidance, none]',
  ),
  mutate('companion/diffusion/denoiser.ts', GUIDED)(
    'prompt and negative prompt exchanged',
    '[1 - guidance, none], [guidance, prompt]',
    '[1 - guidance, prompt], [guidance, none]',
  ),
  mutate(spacing, SCHEDULE)("Karras' exponent", 'const rho = 7', 'const rho = 6'),
  mutate(config, SCHEDULE)('no steps offset', 'stepsOffset: c.steps_offset', 'stepsOffset: 0'),
  mutate('shared/round-half-even.ts', SCHEDULE)(
    'halves away from zero',
    'return floor % 2 === 0 ? floor : floor + 1',
    'return floor + 1',
  ),
  mutate(levels, SAMPLERS)(
    "a last step without the first step's noise",
    'alphaToOne ? 1 : alphas[0]!',
    'alphaToOne ? alphas[0]! : 1',
  ),
  mutate('companion/diffusion/scale.ts', SAMPLERS)(
    'initial noise without the signal',
    'Math.sqrt(highest ** 2 + 1)',
    'highest',
  ),
  mutate(levels, SCHEDULE)('betas evenly spaced themselves', 'Math.fround(root * root)', 'root'),
  mutate('companion/diffusion/samplers/dpm-solver.ts', SAMPLERS)(
    'weight of the second order',
    '[slope / 2, now], [-slope / 2, before]',
    '[slope, now], [-slope, before]',
  ),
  mutate('companion/diffusion/samplers/euler.ts', SAMPLERS)(
    'an ancestral step as long as a plain one',
    '[down - sigma, epsilon]',
    '[next - sigma, epsilon]',
  ),
  mutate('companion/diffusion/noise.ts', NOISE)(
    'sine first',
    'values[j] = radius * Math.cos(angle)\n    values[j + BLOCK / 2] = radius * Math.sin(angle)',
    'values[j] = radius * Math.sin(angle)\n    values[j + BLOCK / 2] = radius * Math.cos(angle)',
  ),
  mutate('companion/jobs/prompt.ts', caseOf('clip-skip'))(
    'no clip skip',
    'checkpoint, prompt, { notation, clipSkip }',
    'checkpoint, prompt, { notation, clipSkip: 0 }',
  ),
  mutate('companion/jobs/prompt.ts', caseOf('clip-skip'))(
    'clip skip for the negative prompt too',
    'negativePrompt, { notation, clipSkip: 0 }',
    'negativePrompt, { notation, clipSkip }',
  ),
]
