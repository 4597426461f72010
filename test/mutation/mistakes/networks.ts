import { caseOf, mutate, type Mutation } from '../mutate.ts'
import type { Check } from '../tree.ts'

const unet = 'parity/unet-goldens'
const parts = 'parity/vae-clip-goldens'
const PLAIN_UNET: Check = { file: unet, name: 'without image prompts' }
const ODD_SIZE: Check = { file: unet, name: 'does not halve evenly' }
const TIME: Check = { file: unet, name: 'time embedding' }
const ENCODER: Check = { file: parts, name: 'autoencoder encodes' }
const LIMITS: Check = { file: parts, name: 'deviation is limited' }
const autoencoder = 'companion/networks/vae.ts'
const config = 'companion/models/config.ts'
const ops = 'companion/graph/ops.ts'
const sinusoid = 'companion/diffusion/time-embedding.ts'

/** The UNet's skips, sizes and times. */
export const UNET: readonly Mutation[] = [
  mutate('companion/networks/unet.ts', PLAIN_UNET)(
    'skips in front',
    'concat([h, skips.pop()!], 1)',
    'concat([skips.pop()!, h], 1)',
  ),
  mutate(ops, ODD_SIZE)('upsampling that rounds', "nearest_mode: 'floor'", "nearest_mode: 'ceil'"),
  mutate(sinusoid, TIME)(
    'sines first',
    'embedding[k] = Math.cos(angle)\n    embedding[half + k] = Math.sin(angle)',
    'embedding[k] = Math.sin(angle)\n    embedding[half + k] = Math.cos(angle)',
  ),
  mutate(sinusoid, TIME)("the slowest wave's length", 'fround(-Math.log(10000)', 'fround(-Math.log(1000)'),
  mutate(sinusoid, TIME)('frequencies down to the slowest wave itself', '* k) / half)', '* k) / (half - 1))'),
]

/** The autoencoder's scales and limits. */
export const AUTOENCODER: readonly Mutation[] = [
  mutate(config, caseOf('text-only'))(
    "SDXL's scaling factor",
    'scalingFactor: c.scaling_factor',
    'scalingFactor: 0.13025',
  ),
  mutate('companion/jobs/decode.ts', caseOf('text-only'))(
    'multiplied by the scaling factor',
    'value / vae.config.scalingFactor',
    'value * vae.config.scalingFactor',
  ),
  mutate(autoencoder, ENCODER)('padding on the other two sides', 'padding: [0, 0, 1, 1]', 'padding: [1, 1, 0, 0]'),
  mutate(autoencoder, ENCODER)('the deviation for the variance', 'LOG_VARIANCE.high), 0.5)', 'LOG_VARIANCE.high), 1)'),
  mutate(autoencoder, LIMITS)('lower limit of the log variance', 'low: -30', 'low: -20'),
  mutate(autoencoder, LIMITS)('upper limit of the log variance', 'high: 20', 'high: 30'),
]
