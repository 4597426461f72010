import { mutate, type Mutation } from '../mutate.ts'
import type { Check } from '../tree.ts'

const QUICK: Check = { file: 'unit/few-step', name: 'lightning|Hyper|turbo|lcm|TCD|told the guidance|few steps follow' }
const TOLD: Check = { file: 'parity/told-guidance', name: '.' }
const NINE: Check = { file: 'parity/nine-channels', name: '.' }
const TINY: Check = { file: 'parity/taesd-run', name: '.' }
const DEGREES: Check = { file: 'unit/unet-layout', name: 'by degrees' }
const ROUGH: Check = { file: 'unit/quick', name: '.' }
const quick = 'companion/jobs/quick.ts'
const fewStep = 'companion/models/few-step.ts'
const time = 'companion/diffusion/time-embedding.ts'
const start = 'companion/jobs/start.ts'

/** Models of few steps, models that are told the guidance, and UNets that read a mask. */
export const STEPS: readonly Mutation[] = [
  mutate(fewStep, QUICK)(
    "guidance of consistency models' own",
    "few('lcm', 'leading', 4, 8)",
    "few('lcm', 'leading', 4, 7)",
  ),
  mutate(fewStep, QUICK)(
    'guidance with a consistency LoRA',
    "few('lcm', 'leading', 4, 1)",
    "few('lcm', 'leading', 4, 2)",
  ),
  mutate(fewStep, QUICK)('Lightning on another grid', "few('euler', 'trailing'", "few('euler', 'leading'"),
  mutate(fewStep, QUICK)('as much of a reference as of many steps', 'weight: 0.4', 'weight: 0.6'),
  mutate('companion/jobs/defaults.ts', QUICK)(
    'a reference without words half seen',
    'WORDLESS_WEIGHT = 1',
    'WORDLESS_WEIGHT = 0.6',
  ),
  mutate(time, TOLD)('guidance in hundredths', 'GUIDANCE_SCALE = 1000', 'GUIDANCE_SCALE = 100'),
  mutate(time, TOLD)('guidance counted from 0', '(guidance - 1)', '(guidance - 0)'),
  mutate(time, TOLD)('frequencies of a timestep', '(half - 1)', 'half'),
  mutate(time, TOLD)(
    'cosines first',
    'embedding[k] = Math.sin(angle)\n    embedding[half + k] = Math.cos(angle)',
    'embedding[k] = Math.cos(angle)\n    embedding[half + k] = Math.sin(angle)',
  ),
  mutate('companion/jobs/imprint.ts', TOLD)(
    'told and asked twice',
    '=== undefined ? recipe.guidance : 1',
    '=== undefined ? recipe.guidance : 2',
  ),
  mutate('companion/jobs/decode.ts', TINY)('a tiny decoder of another scale', 'TAESD_SCALE = 8', 'TAESD_SCALE = 4'),
  mutate(quick, ROUGH)('a step too few for a rough picture', 'STEPS = 4', 'STEPS = 3'),
  mutate(quick, ROUGH)('distilled models by a sampler they do not know', 'FEW = 8', 'FEW = 4'),
  mutate(quick, ROUGH)('a rough picture on another grid', "spacing: 'trailing'", "spacing: 'leading'"),
  mutate(quick, ROUGH)('a reference that never acts in few steps', 'Math.max(first + 1,', 'Math.max(first,'),
  mutate('companion/jobs/layer-weights.ts', DEGREES)(
    'of the rest as much as of either',
    'Math.min(style, layout)',
    'Math.max(style, layout)',
  ),
  mutate('companion/models/taesd.ts', TINY)(
    "the other family's tiny decoder",
    "=== (family === 'sdxl')",
    "!== (family === 'sdxl')",
  ),
  mutate(start, NINE)(
    'the mask last',
    'joined(latentMaskOr1(mask, size), await kept())',
    'joined(await kept(), latentMaskOr1(mask, size))',
  ),
  mutate(start, NINE)('the mask kept instead of the rest', '>= 0.5 ? 0 : value', '>= 0.5 ? value : 0'),
  mutate(start, NINE)('nothing to paint without a mask', '.fill(1)', '.fill(0)'),
]
