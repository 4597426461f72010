import { caseOf, mutate, type Mutation } from '../mutate.ts'
import type { Check } from '../tree.ts'

const unet = 'parity/unet-goldens'
const parts = 'parity/vae-clip-goldens'
const quiet = 'parity/quiet-goldens'
const PLAIN_UNET: Check = { file: unet, name: 'without image prompts' }
const ONE_PROMPT: Check = { file: unet, name: 'one image prompt' }
const ONE_LAYER: Check = { file: unet, name: 'one layer alone' }
const QUIET_UNET: Check = { file: quiet, name: 'UNet with an image prompt' }
const DECODER: Check = { file: parts, name: 'autoencoder decodes' }
const OPENAI_TEXT: Check = { file: parts, name: "OpenAI's text tower" }
const VISION: Check = { file: parts, name: 'vision tower' }
const layout = 'companion/networks/unet-layout.ts'
const seam = 'companion/networks/cross-attention.ts'
const autoencoder = 'companion/networks/vae.ts'
const config = 'companion/models/config.ts'
const ops = 'companion/graph/ops.ts'
const nn = 'companion/graph/nn.ts'

/** How heads, scales and masks of attention are told. */
export const ATTENTION: readonly Mutation[] = [
  mutate(nn, PLAIN_UNET)('scale by the width of all heads', '1 / Math.sqrt(d)', '1 / Math.sqrt(c)'),
  mutate(ops, PLAIN_UNET)(
    'a scale of its own for fused attention',
    '{ num_heads: heads,',
    '{ num_heads: heads, scale: { float: 0.3 },',
  ),
  mutate(config, QUIET_UNET)(
    'head width read as what its name says',
    'heads: spread(c.attention_head_dim, levels)',
    'heads: c.block_out_channels.map((width) => width / (c.attention_head_dim as number))',
  ),
  mutate(autoencoder, DECODER)('two heads in the autoencoder', '{ heads: 1 }', '{ heads: 2 }'),
  mutate(ops, OPENAI_TEXT)('fused attention to later words', '...(causal && { unidirectional: 1 })', ''),
  mutate(nn, OPENAI_TEXT)('attention in parts to later words', '? -Infinity : 0', '? -1 : 0'),
]

/** How image tokens join in. */
export const ADAPTER: readonly Mutation[] = [
  mutate(layout, ONE_PROMPT)(
    'adapter layers numbered in the order they run',
    "['down', 'up', 'mid']",
    "['down', 'mid', 'up']",
  ),
  mutate(seam, ONE_PROMPT)('a picture without its weight', 'mul(part, perLayer.get(at.path)!)', 'part'),
  mutate(seam, ONE_PROMPT)(
    'a weight on the text too',
    'add(base(q, at), mul(part, perLayer.get(at.path)!))',
    'mul(add(base(q, at), part), perLayer.get(at.path)!)',
  ),
  mutate(seam, ONE_LAYER)(
    "every layer with the first one's share",
    'slice(weights, 0, i, i + 1)',
    'slice(weights, 0, 0, 1)',
  ),
  mutate('companion/networks/clip-vision.ts', VISION)(
    'the last state for the last but one',
    'penultimate: states.at(-2)!',
    'penultimate: states.at(-1)!',
  ),
  mutate('companion/jobs/reference-looks.ts', caseOf('base-w10'))(
    'something instead of an embedding of zeros',
    'data: new Float32Array(projectionSize) }',
    'data: new Float32Array(projectionSize).fill(0.1) }',
  ),
  mutate('companion/jobs/clip-features.ts', caseOf('plus'))(
    'a black picture instead of one of zeros',
    '() => new Float32Array(3 * encoder.config.imageSize ** 2)',
    '() => new Float32Array(3 * encoder.config.imageSize ** 2).fill(-1.8)',
  ),
  mutate('companion/jobs/image-prompts.ts', caseOf('base-w10'))(
    'no image tokens instead of the projection of zeros',
    '{ ...prompt[branch]?.keysValues,',
    "{ ...Object.fromEntries(Object.entries(prompt[branch]!.keysValues).map(([name, t]) => [name, branch === 'none' ? { ...t, data: t.data.map(() => 0) } : t])),",
  ),
  mutate('companion/jobs/part-of-steps.ts', caseOf('start-end'))(
    'an end that is left out',
    '(i + 1) / n <= end',
    '(i + 1) / n < end',
  ),
]
