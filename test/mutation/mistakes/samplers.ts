import { mutate, type Mutation } from '../mutate.ts'
import type { Check } from '../tree.ts'

const TRAJECTORIES: Check = { file: 'unit/samplers', name: 'trajectories of diffusers' }
const CONSISTENT: Check = { file: 'unit/samplers', name: '^(lcm|tcd) ' }
const LEVELS: Check = { file: 'unit/schedule', name: 'beta' }
const NO_SIGNAL: Check = {
  file: 'unit/zero-snr',
  name: 'the signal ends|begin at|noise alone is the noise|^(ddim|heun)$',
}
const COLOURS: Check = { file: 'unit/picture', name: 'as published' }

const consistency = 'companion/diffusion/samplers/consistency.ts'
const pseudo = 'companion/diffusion/samplers/pndm.ts'
const levels = 'companion/diffusion/schedule.ts'
const unified = 'companion/diffusion/samplers/unipc.ts'
const picture = 'companion/diffusion/picture.ts'

/** Constants of samplers, and of the pictures shown on the way. */
export const SAMPLING: readonly Mutation[] = [
  mutate(consistency, CONSISTENT)("LCM's deviation of the data", 'DATA_SIGMA = 0.5', 'DATA_SIGMA = 5'),
  mutate(consistency, CONSISTENT)("LCM's scale of time", 'TIMESTEP_SCALING = 10', 'TIMESTEP_SCALING = 1'),
  mutate(consistency, CONSISTENT)("TCD's share of noise", 'TCD_ETA = 0.3', 'TCD_ETA = 0.4'),
  mutate('companion/diffusion/spacing.ts', CONSISTENT)(
    'distilled over twice the steps',
    'DISTILLED_STEPS = 50',
    'DISTILLED_STEPS = 100',
  ),
  mutate('companion/diffusion/spacing.ts', LEVELS)(
    'beta levels that crowd more',
    'BETA_SHAPE = 0.6',
    'BETA_SHAPE = 0.5',
  ),
  mutate(levels, LEVELS)(
    "a solver's timesteps all rounded",
    "choice.sigmas === 'karras' ? roundHalfEven : cutOff",
    'roundHalfEven',
  ),
  mutate(levels, NO_SIGNAL)('a signal that begins anew', '* first) / (first - last)', ') / (first - last)'),
  mutate(levels, NO_SIGNAL)('less signal at the end', '2 ** -24', '2 ** -20'),
  mutate(levels, NO_SIGNAL)("some signal for DDIM's first step", "new Set(['ddim', ...CONSISTENCY])", 'new Set([])'),
  mutate('companion/diffusion/scale.ts', NO_SIGNAL)('no noise in noise alone', 'Infinity ? 1', 'Infinity ? 0'),
  mutate('companion/diffusion/denoiser.ts', NO_SIGNAL)(
    'a velocity of the other sign',
    '[-rest, output]',
    '[rest, output]',
  ),
  mutate(pseudo, TRAJECTORIES)('four-step coefficients', '[-59 / 24, e1!]', '[-57 / 24, e1!]'),
  mutate(pseudo, TRAJECTORIES)('three-step coefficients', '[-16 / 12, e1!]', '[-15 / 12, e1!]'),
  mutate(pseudo, TRAJECTORIES)('two-step coefficients', '[3 / 2, e0!], [-1 / 2, e1]', '[1, e0!], [0, e1]'),
  mutate(unified, TRAJECTORIES)('a third order', 'Math.min(2, steps - i, i + 1)', 'Math.min(2, i + 1)'),
  mutate(unified, TRAJECTORIES)('an uncorrected first step', '[gain / 2, now], [-gain / 2, m0]', '[0, now], [0, m0]'),
  mutate('companion/diffusion/samplers/dpm-solver.ts', TRAJECTORIES)(
    'half the noise put back',
    'const fresh = to.sigma * Math.sqrt(-Math.expm1(-2 * h))',
    'const fresh = to.sigma * Math.sqrt(-Math.expm1(-h))',
  ),
  mutate(picture, COLOURS)("a colour of Stable Diffusion 1.5's fit", '-0.7177', '-0.6177'),
  mutate(picture, COLOURS)("what SDXL's fit adds", '0.1084', '0.2084'),
]
