import { mutate, type Mutation } from '../mutate.ts'
import type { Check } from '../tree.ts'

const arithmetic = 'faces/arithmetic'
const detecting = 'faces/detection'
const UPRIGHT: Check = { file: arithmetic, name: 'scikit-image' }
const RESIZED: Check = { file: arithmetic, name: 'bilinear resizing' }
const DRAWN: Check = { file: arithmetic, name: 'as OpenCV draws them' }
const DECODED: Check = { file: detecting, name: 'count in strides' }
const SURE: Check = { file: detecting, name: 'half sure' }
const ONCE: Check = { file: detecting, name: 'two fifths' }
const SQUARE: Check = { file: detecting, name: 'holds the picture|takes pixels' }
const AGAIN: Check = { file: detecting, name: 'smaller, until|down to 320' }
const FOUND: Check = { file: 'faces/face-pack', name: 'whose the recogniser says|normalises by itself' }
const PACKS: Check = { file: 'faces/face-pack', name: 'are buffalo_l|may share' }
const GREY: Check = { file: detecting, name: 'grey from its middle' }
const READ: Check = { file: 'unit/adapter-config', name: '^ip-adapter-faceid_sd15$|unnorm$' }
const SHORT: Check = { file: 'faces/references', name: 'a shortcut of 1' }
const STRETCHED: Check = { file: 'faces/references', name: 'stretched to the size' }

const alignment = 'companion/vision/faces/alignment.ts'
const warp = 'companion/vision/faces/warp.ts'
const resize = 'companion/vision/faces/resize-bilinear.ts'
const detection = 'companion/vision/faces/detection.ts'
const points = 'companion/vision/faces/key-point-picture.ts'
const jobs = 'companion/jobs/faces.ts'
const reads = 'companion/networks/ip-adapter/config.ts'
const packs = 'companion/models/face-pack.ts'

/** Where faces are seen, how they are set upright and drawn. */
export const FACES: readonly Mutation[] = [
  mutate(alignment, UPRIGHT)("the template's left eye", '38.2946', '38.3946'),
  mutate(alignment, UPRIGHT)("the template's right eye", '51.5014', '51.6014'),
  mutate(alignment, UPRIGHT)("the template's nose", '71.7366', '71.6366'),
  mutate(alignment, UPRIGHT)("the template's left corner of the mouth", '92.3655', '92.4655'),
  mutate(alignment, UPRIGHT)("the template's right corner of the mouth", '70.7299', '70.8299'),
  mutate(alignment, UPRIGHT)('256 pixels framed as 224', 'side === 256 ? side / 128', 'side === 256 ? side / 112'),
  mutate(alignment, UPRIGHT)('no room at the sides', '8 * ratio', '7 * ratio'),
  mutate(warp, UPRIGHT)('finer positions', 'POSITION_STEPS = 1024', 'POSITION_STEPS = 2048'),
  mutate(resize, RESIZED)('finer weights', 'WEIGHT_STEPS = 2048', 'WEIGHT_STEPS = 1024'),
  mutate(resize, RESIZED)('pixels at their corners', '(i + 0.5) * (from / to) - 0.5', 'i * (from / to)'),
  mutate(detection, DECODED)(
    'boxes around the middle of a cell',
    '[(cell % columns) * stride,',
    '[(cell % columns) * stride + stride / 2,',
  ),
  mutate(detection, DECODED)('cells counted by boxes', 'Math.floor(i / ANCHORS)', 'i'),
  mutate(detection, SURE)('faces that are hardly any', 'SCORE_THRESHOLD = 0.5', 'SCORE_THRESHOLD = 0.45'),
  mutate(detection, ONCE)('faces seen twice', 'OVERLAP_THRESHOLD = 0.4', 'OVERLAP_THRESHOLD = 0.5'),
  mutate(detection, SQUARE)(
    "the recogniser's scale for the detector",
    'mean: 127.5, scale: 128',
    'mean: 127.5, scale: 127.5',
  ),
  mutate('companion/vision/faces/find-face.ts', AGAIN)('no look at a smaller picture', '384, 320]', '384]'),
  mutate('companion/vision/faces/embedding.ts', FOUND)(
    "the detector's scale for the recogniser",
    'scale: 127.5',
    'scale: 128',
  ),
  mutate(points, DRAWN)('the nose in another place', 'NOSE = 2', 'NOSE = 1'),
  mutate(points, DRAWN)('thinner limbs', 'LIMB_HALF_WIDTH = 4', 'LIMB_HALF_WIDTH = 3'),
  mutate(points, DRAWN)('limbs without their outline', 'LIMB_OUTLINE = 0.6', 'LIMB_OUTLINE = 0'),
  mutate(points, DRAWN)('limbs as bright as points', 'LIMB_DIMMING = 0.6', 'LIMB_DIMMING = 1'),
  mutate(points, DRAWN)('larger points', 'POINT_RADIUS = 10', 'POINT_RADIUS = 12'),
  mutate(points, DRAWN)(
    'colours in another order',
    '[255, 255, 0],\n  [255, 0, 255],',
    '[255, 0, 255],\n  [255, 255, 0],',
  ),
  mutate('companion/vision/faces/selection.ts', GREY)(
    'darker grey selects too',
    'SELECTED = 127.5',
    'SELECTED = 126.5',
  ),
  mutate(jobs, FOUND)('a larger crop for the recogniser', 'RECOGNISED = 112', 'RECOGNISED = 224'),
  mutate(jobs, FOUND)('the crop of other adapters for CLIP', 'SHOWN = 224', 'SHOWN = 256'),
  mutate('companion/jobs/adapter-inputs.ts', SHORT)('no shortcut unless told', 'SHORTCUT = 1', 'SHORTCUT = 0'),
  mutate('companion/jobs/control-face.ts', STRETCHED)('points not stretched', '(x * width) / seen.picture.width', 'x'),
  mutate(reads, READ)(
    'FaceID given raw faces',
    "{ clip: undefined, face: 'normed' }",
    "{ clip: undefined, face: 'raw' }",
  ),
  mutate(reads, READ)(
    'InstantID given normed faces',
    "{ clip: undefined, face: 'raw' }",
    "{ clip: undefined, face: 'normed' }",
  ),
  mutate(packs, PACKS)('portraits take the pack of InstantID', '/unnorm/i', '/unnormed/i'),
  mutate(packs, PACKS)(
    "each adapter takes the other's pack",
    "? 'antelopev2' : 'buffalo_l'\n}",
    "? 'buffalo_l' : 'antelopev2'\n}",
  ),
  mutate(packs, PACKS)('every recogniser one of few layers', 'MANY_CONVOLUTIONS = 75', 'MANY_CONVOLUTIONS = 110'),
  mutate(packs, PACKS)('every recogniser one of many layers', 'MANY_CONVOLUTIONS = 75', 'MANY_CONVOLUTIONS = 50'),
]
