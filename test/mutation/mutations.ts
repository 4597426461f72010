import type { Change, Check } from './tree.ts'

/** A plausible mistake, in words, and the tests that must notice it. */
export interface Mutation extends Change {
  readonly mistake: string
  readonly check: Check
}

const unet = 'parity/unet-goldens'
const parts = 'parity/vae-clip-goldens'
const quiet = 'parity/quiet-goldens'
const cases = 'parity/cases'

const PLAIN_UNET: Check = { file: unet, name: 'without image prompts' }
const ONE_PROMPT: Check = { file: unet, name: 'one image prompt' }
const ONE_LAYER: Check = { file: unet, name: 'one layer alone' }
const ODD_SIZE: Check = { file: unet, name: 'does not halve evenly' }
const TOKENS: Check = { file: unet, name: 'image tokens' }
const GUIDED: Check = { file: unet, name: 'under guidance' }
const TIME: Check = { file: unet, name: 'time embedding' }
const QUIET_UNET: Check = { file: quiet, name: 'UNet with an image prompt' }
const QUIET_TOKENS: Check = { file: quiet, name: 'image tokens' }
const QUIET_DECODER: Check = { file: quiet, name: 'decoder' }
const QUIET_ENCODER: Check = { file: quiet, name: 'encoder' }
const QUIET_TEXT: Check = { file: quiet, name: 'text tower' }
const QUIET_VISION: Check = { file: quiet, name: 'vision tower' }
const DECODER: Check = { file: parts, name: 'autoencoder decodes' }
const ENCODER: Check = { file: parts, name: 'autoencoder encodes' }
const LIMITS: Check = { file: parts, name: 'deviation is limited' }
const OPENAI_TEXT: Check = { file: parts, name: "OpenAI's text tower" }
const OPENCLIP_TEXT: Check = { file: parts, name: "OpenCLIP's text tower" }
const VISION: Check = { file: parts, name: 'vision tower' }
const PIXELS: Check = { file: 'parity/components', name: 'pixels as CLIP' }
const TOKENIZED: Check = { file: 'parity/components', name: 'token ids' }
const NOISE: Check = { file: 'unit/noise', name: 'seeds, lengths' }
const SAMPLERS: Check = { file: 'unit/samplers', name: '(leading|trailing|linspace) (model|karras)' }
const SCHEDULE: Check = { file: 'unit/schedule', name: '.' }
const caseOf = (name: string): Check => ({ file: cases, name: `^${name}$` })

const blocks = 'companion/networks/unet-blocks.ts'
const layout = 'companion/networks/unet-layout.ts'
const seam = 'companion/networks/cross-attention.ts'
const adapter = 'companion/networks/ip-adapter.ts'
const autoencoder = 'companion/networks/vae.ts'
const transformer = 'companion/networks/clip-transformer.ts'
const config = 'companion/models/config.ts'
const ops = 'companion/graph/ops.ts'
const nn = 'companion/graph/nn.ts'
const spacing = 'companion/diffusion/spacing.ts'
const levels = 'companion/diffusion/schedule.ts'
const sinusoid = 'companion/diffusion/time-embedding.ts'
const references = 'companion/jobs/references.ts'

const mutate =
  (file: string, check: Check) =>
  (mistake: string, from: string, to: string): Mutation => ({ mistake, file, from, to, check })

/** Epsilons of norms: five of six well-known ports have one of them wrong. */
const EPSILONS: readonly Mutation[] = [
  mutate(config, QUIET_UNET)("epsilon of the UNet's resnets", 'normEps: c.norm_eps', 'normEps: 1e-6'),
  mutate(blocks, QUIET_UNET)(
    'epsilon of the spatial transformer as of the resnets',
    'TRANSFORMER_GROUP_NORM_EPS = 1e-6',
    'TRANSFORMER_GROUP_NORM_EPS = 1e-5',
  ),
  mutate(blocks, QUIET_UNET)(
    "epsilon of the UNet's layer norms",
    '\nconst LAYER_NORM_EPS = 1e-5',
    '\nconst LAYER_NORM_EPS = 1e-6',
  ),
  mutate(autoencoder, QUIET_DECODER)(
    'epsilon of the decoder as of the UNet',
    'GROUP_NORM_EPS = 1e-6',
    'GROUP_NORM_EPS = 1e-5',
  ),
  mutate(autoencoder, QUIET_ENCODER)(
    'epsilon of the encoder as of the UNet',
    'GROUP_NORM_EPS = 1e-6',
    'GROUP_NORM_EPS = 1e-5',
  ),
  mutate(adapter, QUIET_TOKENS)("epsilon of the adapter's norms", 'LAYER_NORM_EPS = 1e-5', 'LAYER_NORM_EPS = 1e-6'),
  mutate(config, QUIET_TEXT)("epsilon of CLIP's text tower", 'layerNormEps: c.layer_norm_eps', 'layerNormEps: 1e-6'),
  mutate(config, QUIET_VISION)(
    "epsilon of CLIP's vision tower",
    'layerNormEps: c.layer_norm_eps',
    'layerNormEps: 1e-6',
  ),
  mutate(config, QUIET_UNET)(
    "groups of the UNet's norms",
    'normGroups: c.norm_num_groups,\n      normEps',
    'normGroups: 4,\n      normEps',
  ),
]

const ACTIVATIONS: readonly Mutation[] = [
  mutate(transformer, OPENAI_TEXT)('gelu where quick_gelu is asked for', 'quick_gelu: quickGelu', 'quick_gelu: gelu'),
  mutate(transformer, OPENCLIP_TEXT)('quick_gelu where gelu is asked for', '{ gelu, quick', '{ gelu: quickGelu, quick'),
  mutate(ops, OPENAI_TEXT)("quick_gelu's factor", 'alpha: { float: 1.702 }', 'alpha: { float: 1.7 }'),
  mutate(ops, PLAIN_UNET)("SiLU's factor", 'alpha: { float: 1 }', 'alpha: { float: 1.01 }'),
  mutate(ops, PLAIN_UNET)('GELU by its tanh approximation', "unary('Gelu', {}", "unary('FastGelu', {}"),
  mutate(blocks, PLAIN_UNET)(
    'GEGLU with value and gate exchanged',
    'mul(value!, gelu(gate!))',
    'mul(gate!, gelu(value!))',
  ),
]

const ATTENTION: readonly Mutation[] = [
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

const ADAPTER: readonly Mutation[] = [
  mutate(adapter, TOKENS)("width of the Resampler's heads", 'RESAMPLER_HEAD_WIDTH = 64', 'RESAMPLER_HEAD_WIDTH = 32'),
  mutate(adapter, TOKENS)(
    'the norms of picture and queries exchanged',
    "concat([layerNorm(x, w.at('norm1')",
    "concat([layerNorm(x, w.at('norm2')",
  ),
  mutate(adapter, TOKENS)(
    'queries that do not see themselves',
    '{ eps: LAYER_NORM_EPS }), normal], 0)',
    '{ eps: LAYER_NORM_EPS })], 0)',
  ),
  mutate(adapter, TOKENS)(
    'keys and values exchanged',
    'attention(q, k!, v!, { heads })',
    'attention(q, v!, k!, { heads })',
  ),
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
  mutate(references, caseOf('base-w10'))(
    'nothing instead of an embedding of zeros',
    'data: new Float32Array(config.features) }',
    'data: new Float32Array(config.features).fill(0.1) }',
  ),
  mutate(references, caseOf('plus'))(
    'a black picture instead of one of zeros',
    '() => new Float32Array(3 * imageSize ** 2)',
    '() => new Float32Array(3 * imageSize ** 2).fill(-1.8)',
  ),
  mutate(references, caseOf('base-w10'))(
    'no image tokens instead of the projection of zeros',
    "const none = await imageTokens(kept, from, 'zeros', zeros)",
    "const some = await imageTokens(kept, from, 'zeros', zeros)\n  const none = Object.fromEntries(Object.entries(some).map(([name, t]) => [name, { ...t, data: t.data.map(() => 0) }]))",
  ),
  mutate('companion/jobs/image-prompts.ts', caseOf('start-end'))(
    'an end that is left out',
    '(i + 1) / n <= end',
    '(i + 1) / n < end',
  ),
]

const UNET: readonly Mutation[] = [
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
  mutate(sinusoid, TIME)("the slowest wave's length", 'Math.log(10000)', 'Math.log(1000)'),
  mutate(sinusoid, TIME)('frequencies down to the slowest wave itself', '* k) / half)', '* k) / (half - 1))'),
]

const AUTOENCODER: readonly Mutation[] = [
  mutate(config, caseOf('text-only'))(
    "SDXL's scaling factor",
    'scalingFactor: c.scaling_factor',
    'scalingFactor: 0.13025',
  ),
  mutate('companion/jobs/imprint.ts', caseOf('text-only'))(
    'multiplied by the scaling factor',
    'value / vae.config.scalingFactor',
    'value * vae.config.scalingFactor',
  ),
  mutate(autoencoder, ENCODER)('padding on the other two sides', 'padding: [0, 0, 1, 1]', 'padding: [1, 1, 0, 0]'),
  mutate(autoencoder, ENCODER)('the deviation for the variance', 'LOG_VARIANCE.high), 0.5)', 'LOG_VARIANCE.high), 1)'),
  mutate(autoencoder, LIMITS)('lower limit of the log variance', 'low: -30', 'low: -20'),
  mutate(autoencoder, LIMITS)('upper limit of the log variance', 'high: 20', 'high: 30'),
]

const VISION_INPUT: readonly Mutation[] = [
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

const DIFFUSION: readonly Mutation[] = [
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
    'noise.alphaToOne ? 1 : alphas[0]!',
    'noise.alphaToOne ? alphas[0]! : 1',
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
  mutate('companion/jobs/imprint.ts', caseOf('clip-skip'))(
    'no clip skip',
    'recipe.prompt, recipe.clipSkip',
    'recipe.prompt, 0',
  ),
  mutate('companion/jobs/imprint.ts', caseOf('clip-skip'))(
    'clip skip for the negative prompt too',
    'recipe.negativePrompt, 0',
    'recipe.negativePrompt, recipe.clipSkip',
  ),
]

const TINY: Check = { file: 'parity/taesd', name: '^(decodes|encodes)$' }
const EDGES: Check = { file: 'unit/control-pictures', name: "OpenCV's edges" }
const LANCZOS: Check = { file: 'unit/control-pictures', name: "Pillow's Lanczos" }
const MASKS: Check = { file: 'unit/control-pictures', name: 'a mask of|half grey' }
const TILES: Check = { file: 'parity/tiled-decode', name: 'random weights' }
const tinyAutoencoder = 'companion/networks/taesd.ts'
const canny = 'companion/vision/canny.ts'
const mask = 'companion/vision/mask.ts'

const CONTROL_PICTURES: readonly Mutation[] = [
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
  mutate(mask, MASKS)(
    'luminance of newer displays',
    'red * 19595 + green * 38470 + blue * 7471',
    'red * 13933 + green * 46871 + blue * 4732',
  ),
  mutate(mask, MASKS)('white from above half grey', '>= 0.5', '> 0.502'),
  mutate('companion/networks/vae-tiles.ts', TILES)(
    'tiles that see less than they look at',
    'layersPerBlock + 2',
    'layersPerBlock',
  ),
]

/** Every constant of the family that a port may get wrong unnoticed. */
export const MUTATIONS: readonly Mutation[] = [
  ...EPSILONS,
  ...ACTIVATIONS,
  ...ATTENTION,
  ...ADAPTER,
  ...UNET,
  ...AUTOENCODER,
  ...VISION_INPUT,
  ...DIFFUSION,
  ...CONTROL_PICTURES,
]
