import { mutate, type Mutation } from '../mutate.ts'
import type { Check } from '../tree.ts'

const unet = 'parity/unet-goldens'
const parts = 'parity/vae-clip-goldens'
const quiet = 'parity/quiet-goldens'
const PLAIN_UNET: Check = { file: unet, name: 'without image prompts' }
const QUIET_UNET: Check = { file: quiet, name: 'UNet with an image prompt' }
const QUIET_TOKENS: Check = { file: quiet, name: 'image tokens' }
const QUIET_DECODER: Check = { file: quiet, name: 'decoder' }
const QUIET_ENCODER: Check = { file: quiet, name: 'encoder' }
const QUIET_TEXT: Check = { file: quiet, name: 'text tower' }
const QUIET_VISION: Check = { file: quiet, name: 'vision tower' }
const OPENAI_TEXT: Check = { file: parts, name: "OpenAI's text tower" }
const OPENCLIP_TEXT: Check = { file: parts, name: "OpenCLIP's text tower" }
const blocks = 'companion/networks/unet-blocks.ts'
const adapterNorm = 'companion/networks/ip-adapter/norm.ts'
const autoencoder = 'companion/networks/vae.ts'
const transformer = 'companion/networks/clip-transformer.ts'
const config = 'companion/models/config.ts'
const ops = 'companion/graph/ops.ts'

/** Epsilons of norms: five of six well-known ports have one of them wrong. */
export const EPSILONS: readonly Mutation[] = [
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
  mutate(adapterNorm, QUIET_TOKENS)("epsilon of the adapter's norms", 'LAYER_NORM_EPS = 1e-5', 'LAYER_NORM_EPS = 1e-6'),
  mutate(config, QUIET_TEXT)("epsilon of CLIP's text tower", 'layerNormEps: c.layer_norm_eps', 'layerNormEps: 1e-6'),
  mutate(config, QUIET_VISION)(
    "epsilon of CLIP's vision tower",
    'layerNormEps: c.layer_norm_eps',
    'layerNormEps: 1e-6',
  ),
  mutate(config, QUIET_UNET)(
    "groups of the UNet's norms",
    'normGroups: c.norm_num_groups,\n    normEps',
    'normGroups: 4,\n    normEps',
  ),
]

/** Activations that are nearly the same. */
export const ACTIVATIONS: readonly Mutation[] = [
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
