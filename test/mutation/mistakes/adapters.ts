import { mutate, type Mutation } from '../mutate.ts'
import type { Check } from '../tree.ts'

const goldens = 'parity/adapter-goldens'
const PLUS: Check = { file: 'parity/unet-goldens', name: 'image tokens' }
const FULL: Check = { file: goldens, name: 'tokens of T15 full' }
const FACEID: Check = { file: goldens, name: 'tokens of T15 faceid$' }
const FACEID_PLUS: Check = { file: goldens, name: 'tokens of T15 faceid-plus|FaceID Plus is' }
const TILES: Check = { file: 'unit/preprocess', name: '^\\d+ x \\d+$' }
const MIDDLE: Check = { file: 'unit/preprocess', name: ' at no place$' }
const RECOGNISED: Check = { file: 'unit/adapter-config', name: 'recognised as' }
const perceiver = 'companion/networks/ip-adapter/perceiver.ts'
const graph = 'companion/networks/ip-adapter.ts'
const config = 'companion/models/adapter-config.ts'
const view = 'shared/clip-view.ts'

/** How image tokens are made of pictures and faces. */
export const PROJECTIONS: readonly Mutation[] = [
  mutate(perceiver, PLUS)("width of the Resampler's heads", 'PERCEIVER_HEAD_WIDTH = 64', 'PERCEIVER_HEAD_WIDTH = 32'),
  mutate(perceiver, PLUS)(
    'the norms of picture and queries exchanged',
    "concat([norm(x, w.at('norm1'))",
    "concat([norm(x, w.at('norm2'))",
  ),
  mutate(perceiver, PLUS)('queries that do not see themselves', "w.at('norm1')), normal], 0)", "w.at('norm1'))], 0)"),
  mutate(perceiver, PLUS)(
    'keys and values exchanged',
    'attention(q, k!, v!, { heads })',
    'attention(q, v!, k!, { heads })',
  ),
  mutate(perceiver, PLUS)(
    'attention in place of the queries',
    'add(latents, perceiverAttention(',
    '((_: Value, b: Value) => b)(latents, perceiverAttention(',
  ),
  mutate(perceiver, PLUS)(
    'no activation between feed-forward layers',
    'gelu(linear(norm(',
    '((x: Value) => x)(linear(norm(',
  ),
  mutate('companion/networks/ip-adapter/mlp-projection.ts', FULL)(
    'no activation in the full-face adapter',
    'gelu(linear(',
    '((x: Value) => x)(linear(',
  ),
  mutate('companion/networks/ip-adapter/face-mlp.ts', FACEID)(
    'no activation on the way from a face',
    'gelu(linear(',
    '((x: Value) => x)(linear(',
  ),
  mutate(graph, FACEID_PLUS)(
    'PlusV2 without the face it adds to',
    'add(identity, mul(',
    '((_: Value, b: Value) => b)(identity, mul(',
  ),
  mutate(graph, FACEID_PLUS)(
    'the shortcut on the face',
    "add(identity, mul(g.input('shortcut', [1]), seen))",
    "add(seen, mul(g.input('shortcut', [1]), identity))",
  ),
  mutate('companion/networks/ip-adapter/face-perceiver.ts', FACEID_PLUS)(
    'a face that reads itself',
    "perceiver(x, face, w.at('layers'), config)",
    "perceiver(face, face, w.at('layers'), config)",
  ),
]

/** How adapters are told apart, and what CLIP sees of a long picture. */
export const ADAPTER_FILES: readonly Mutation[] = [
  mutate(config, RECOGNISED)('InstantID by the width of a picture', 'FACE_WIDTH = 512', 'FACE_WIDTH = 1280'),
  mutate(config, RECOGNISED)('a token for each patch alone', 'FULL_TOKENS = 257', 'FULL_TOKENS = 256'),
  mutate(config, RECOGNISED)('PlusV2 by another name', '/plus[-_]?v2/i', '/v3/i'),
  mutate(view, MIDDLE)('a square beside the middle', 'CENTRE = 0.5', 'CENTRE = 0.4'),
  mutate(view, TILES)('tiles of longer pictures', 'LONGEST = 4', 'LONGEST = 5'),
  mutate(view, TILES)('two tiles of a picture nearly square', 'NEARLY_SQUARE = 4 / 3', 'NEARLY_SQUARE = 5 / 4'),
  mutate(view, TILES)('one tile of a picture that is not', 'NEARLY_SQUARE = 4 / 3', 'NEARLY_SQUARE = 3 / 2'),
  mutate(view, TILES)('fewer tiles, with gaps', 'Math.ceil(ratio)', 'Math.floor(ratio)'),
]
