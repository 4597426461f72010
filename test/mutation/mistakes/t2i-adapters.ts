import { mutate, type Mutation } from '../mutate.ts'
import type { Check } from '../tree.ts'

const goldens = 'parity/t2i-goldens'
const FEATURES: Check = { file: goldens, name: 'features of a picture' }
const ADDED: Check = { file: goldens, name: 'the UNet with them' }
const PLACES: Check = { file: goldens, name: 'behind each block down' }
const EDGE: Check = { file: goldens, name: 'at an odd edge' }
const runs = 'parity/t2i-run'
const COMES: Check = { file: runs, name: 'what comes of it' }
const SHOWN: Check = { file: runs, name: 'what it is shown' }
const models = 'models/t2i-adapters'
const ROOM: Check = { file: models, name: 'has room' }
const GREY: Check = { file: models, name: 'one that reads grey' }

const network = 'companion/networks/t2i-adapter.ts'
const unet = 'companion/networks/unet.ts'
const model = 'companion/models/t2i-adapter.ts'
const grey = 'companion/vision/grey.ts'

/** T2I-Adapters: what they see, what they make of it, and where it is added. */
export const T2I_ADAPTERS: readonly Mutation[] = [
  mutate(network, FEATURES)('pixels before colours', '[0, 2, 4, 1, 3]', '[2, 4, 0, 1, 3]'),
  mutate(network, FEATURES)('columns before rows', '[0, 2, 4, 1, 3]', '[0, 4, 2, 1, 3]'),
  mutate(network, FEATURES)(
    'no activation between two convolutions',
    "relu(conv2d(x, w.at('block1'), { out, kernel: 3, padding: 1 }))",
    "conv2d(x, w.at('block1'), { out, kernel: 3, padding: 1 })",
  ),
  mutate(network, EDGE)('the first row at an odd edge', 'slice(h, axis, side - 1, side)', 'slice(h, axis, 0, 1)'),
  mutate(network, ROOM)('squares of half the size', 'LATENT = 8', 'LATENT = 16'),
  mutate(model, ROOM)('halved before the first feature', '8: [false, true, true, true]', '8: [true, true, true, true]'),
  mutate(model, ROOM)('SDXL halved too early', '16: [false, false, true, false]', '16: [false, true, false, false]'),
  mutate(unet, ADDED)('added behind the first resnet', 'j === block.resnets.length - 1', 'j === 0'),
  mutate(unet, ADDED)('kept from the way up', 'skips.splice(-1, 1, h)', 'skips.splice(-1, 0)'),
  mutate('companion/networks/unet-layout.ts', PLACES)(
    'before a block without attention',
    'downAttention[i] ? i : Math.min(i + 1, last)',
    'downAttention[i] ? i : i',
  ),
  mutate('companion/jobs/t2i-features.ts', COMES)(
    'a weight that does not count',
    '(data[at]! += weight * value)',
    '(data[at]! += value)',
  ),
  mutate(grey, SHOWN)('shades by the mean', '[19595, 38470, 7471]', '[21845, 21846, 21845]'),
  mutate(grey, SHOWN)('shades rounded down', '2 ** (FRACTION - 1)', '0'),
  mutate('companion/models/recognise-t2i-adapter.ts', GREY)("SDXL's in grey taken for SD1.5's", '[256, 768]', '[768]'),
]
