import { caseOf, mutate, type Mutation } from '../mutate.ts'
import type { Check } from '../tree.ts'

const goldens = 'parity/controlnet-goldens'
const RESULTS: Check = { file: goldens, name: 'adds to a skip' }
const GUESS: Check = { file: goldens, name: 'guesses' }
const STEERED: Check = { file: goldens, name: 'the UNet with it' }
const runs = 'parity/controlled'
const COMES: Check = { file: runs, name: 'what comes of it' }
const COUNTS: Check = { file: runs, name: 'what runs' }
const PART: Check = { file: runs, name: 'a step belongs' }
const FULL_SIZE: Check = { file: 'models/controlnets', name: 'at full size' }
const LEFT: Check = { file: 'unit/unet-layout', name: 'way up|middle without' }
const READ: Check = { file: 'unit/config', name: 'the files of a model|refused by file and field' }

const network = 'companion/networks/controlnet.ts'
const unet = 'companion/networks/unet.ts'
const layout = 'companion/networks/unet-layout.ts'
const job = 'companion/jobs/controls.ts'
const picture = 'companion/jobs/control-picture.ts'
const residuals = 'companion/jobs/control-residuals.ts'
const config = 'companion/models/config.ts'

/** ControlNets: the hint's way in, what is added where, and when. */
export const CONTROLS: readonly Mutation[] = [
  mutate(network, RESULTS)(
    'no activation behind the first layer of the hint',
    "silu(conv2d(hint, at.at('conv_in'), { out: first!, kernel: 3, padding: 1 }))",
    "conv2d(hint, at.at('conv_in'), { out: first!, kernel: 3, padding: 1 })",
  ),
  mutate(network, RESULTS)(
    'an activation behind the last layer of the hint',
    "conv2d(h, at.at('conv_out'), { out: config.widths[0]!, kernel: 3, padding: 1 })",
    "silu(conv2d(h, at.at('conv_out'), { out: config.widths[0]!, kernel: 3, padding: 1 }))",
  ),
  mutate(network, RESULTS)('the hint taken away', 'padding: 1 }), hint)', 'padding: 1 }), mul(hint, hint))'),
  mutate(network, FULL_SIZE)('pictures of twice the size', '2 ** (hintWidths.length - 1)', '2 ** hintWidths.length'),
  mutate(network, RESULTS)(
    'every result weighed alike with the first',
    'slice(weights, 0, i, i + 1)',
    'mul(slice(weights, 0, i, i + 1), slice(weights, 0, 0, 1))',
  ),
  mutate(unet, FULL_SIZE)(
    'the first skip not steered',
    'steered(`down.${i}`, skip)',
    'i === 0 ? skip : steered(`down.${i}`, skip)',
  ),
  mutate(unet, FULL_SIZE)('the middle not steered', "steered('mid', down.middle)", 'down.middle'),
  mutate(unet, STEERED)(
    'what is steered counted twice',
    'add(x, g.input(`control.${name}`, x.shape))',
    'add(x, add(x, g.input(`control.${name}`, x.shape)))',
  ),
  mutate(layout, LEFT)(
    'sizes rounded down',
    'Math.ceil(size.height / 2 ** level)',
    'Math.floor(size.height / 2 ** level)',
  ),
  mutate(layout, LEFT)('two resnets in a middle without attention', 'middleAttends ? 2 : 1', '2'),
  mutate(job, GUESS)(
    'guessing from a hundredth',
    '10 ** (i / (results - 1) - 1)',
    '10 ** (2 * (i / (results - 1)) - 2)',
  ),
  mutate(job, GUESS)('guessing by one result too many', '(i / (results - 1) - 1)', '(i / results - 1)'),
  mutate(picture, COMES)('finer edges', 'low: 100', 'low: 20'),
  mutate(picture, COMES)('fewer edges', 'high: 200', 'high: 900'),
  mutate(picture, COMES)("OpenCV's other measure of slopes", "norm: 'l1'", "norm: 'l2'"),
  mutate(picture, COMES)(
    'transparent parts as they are',
    'resizeLanczos(onWhite(picture), size)',
    'resizeLanczos(picture, size)',
  ),
  mutate(picture, COMES)(
    'colours in one order',
    'joined(joined(plane(2), plane(1)), plane(0))',
    'joined(joined(plane(0), plane(1)), plane(2))',
  ),
  mutate(picture, caseOf('controlnet'))('a picture in 0..255', 'scale: 255', 'scale: 1'),
  mutate(job, COUNTS)('guessing on both sides', 'read.none && !control.guess', 'read.none'),
  mutate('companion/jobs/part-of-steps.ts', PART)('steps that begin within', '(i + 1) / n <= end', 'i / n <= end'),
  mutate(residuals, COMES)('the last of several alone', '(sum[i]! += value)', '(sum[i] = value)'),
  mutate(residuals, COUNTS)('run for nothing', 'control.weights.data.every((weight) => weight === 0)', 'false'),
  mutate(config, READ)(
    'the middle always attends',
    "c.mid_block_type === 'UNetMidBlock2DCrossAttn'",
    "c.mid_block_type !== 'UNetMidBlock2DCrossAttn'",
  ),
  mutate(config, READ)(
    'global pooling passed over',
    'global_pool_conditions: only(false)',
    'global_pool_conditions: z.boolean()',
  ),
]
