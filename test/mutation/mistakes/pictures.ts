import { mutate, type Mutation } from '../mutate.ts'
import type { Check } from '../tree.ts'

const PIXELS: Check = { file: 'parity/components', name: 'pixels as CLIP' }
const TOKENIZED: Check = { file: 'parity/components', name: 'token ids' }
const config = 'companion/models/config.ts'
const TINY: Check = { file: 'parity/taesd', name: '^(decodes|encodes)$' }
const EDGES: Check = { file: 'unit/control-pictures', name: "OpenCV's edges" }
const LANCZOS: Check = { file: 'unit/control-pictures', name: "Pillow's Lanczos" }
const MASKS: Check = { file: 'unit/control-pictures', name: 'a mask of|half grey' }
const TILES: Check = { file: 'parity/tiled-decode', name: 'random weights' }
const tinyAutoencoder = 'companion/networks/taesd.ts'
const canny = 'companion/vision/canny.ts'
const mask = 'companion/vision/mask.ts'

/** What towers and tokenizers are given. */
export const VISION_INPUT: readonly Mutation[] = [
  mutate('companion/vision/preprocess.ts', { file: 'unit/preprocess', name: 'as published' })(
    'mean of red',
    '0.48145466',
    '0.485',
  ),
  mutate('companion/vision/preprocess.ts', { file: 'unit/preprocess', name: 'as published' })(
    'deviation of blue',
    '0.27577711',
    '0.225',
  ),
  mutate(config, PIXELS)('mean for the deviation', 'deviation: c.image_std', 'deviation: c.image_mean'),
  mutate('companion/vision/resize.ts', PIXELS)("torch's bicubic kernel", 'const a = -0.5', 'const a = -0.75'),
  mutate('companion/text/tokenizer.ts', TOKENIZED)('numbers as one word', '|\\p{N}|', '|\\p{N}+|'),
]

/** The tiny autoencoder, edges, masks and tiles. */
export const CONTROL_PICTURES: readonly Mutation[] = [
  mutate(tinyAutoencoder, TINY)('latents limited sooner', 'const LIMIT = 3', 'const LIMIT = 2'),
  mutate(tinyAutoencoder, TINY)(
    'pictures in 0..1 from the tiny decoder',
    'shift(scale(h, 2), -1)',
    'shift(scale(h, 1), 0)',
  ),
  mutate(tinyAutoencoder, TINY)(
    'pictures in -1..1 to the tiny encoder',
    'scale(shift(picture, 1), 0.5)',
    'scale(shift(picture, 0), 1)',
  ),
  mutate(tinyAutoencoder, TINY)('no activation after a block', 'return relu(add(conv(', 'return (add(conv('),
  mutate(canny, EDGES)('45 degrees for 22.5', 'TAN_22 = 13573', 'TAN_22 = 32768'),
  mutate(canny, EDGES)('a coarser tangent', 'TAN_22 = 13573', 'TAN_22 = 12288'),
  mutate(canny, EDGES)('squared slopes unasked', "norm === 'l2' ? dx", "norm !== 'l2' ? dx"),
  mutate(canny, EDGES)('bounds in the order given', 'low: unit(Math.min(low, high))', 'low: unit(low)'),
  mutate(canny, EDGES)(
    'of two equal slopes the second',
    'steep > at(x - 1, y) && steep >= at(x + 1, y)',
    'steep >= at(x - 1, y) && steep > at(x + 1, y)',
  ),
  mutate('companion/vision/resize.ts', LANCZOS)('a narrower window', 'sinc(x / 3)', 'sinc(x / 2)'),
  mutate(mask, MASKS)("Pillow's bicubic kernel for masks", 'A = -0.75', 'A = -0.5'),
  mutate('companion/vision/grey.ts', MASKS)(
    'luminance of newer displays',
    '[19595, 38470, 7471]',
    '[13933, 46871, 4732]',
  ),
  mutate(mask, MASKS)('white from above half grey', '>= 0.5', '> 0.502'),
  mutate('companion/networks/vae-tiles.ts', TILES)(
    'tiles that see less than they look at',
    'layersPerBlock + 2',
    'layersPerBlock',
  ),
]
