import type { NoiseConfig } from '../../companion/diffusion/schedule.ts'
import type { ClipTextConfig } from '../../companion/networks/clip-text.ts'
import type { ClipVisionConfig } from '../../companion/networks/clip-vision.ts'
import type { IpAdapterConfig } from '../../companion/networks/ip-adapter/config.ts'
import type { ControlNetConfig } from '../../companion/networks/controlnet.ts'
import type { UNetConfig, WayDownConfig } from '../../companion/networks/unet-layout.ts'
import type { VaeConfig } from '../../companion/networks/vae.ts'

/** The networks the goldens were computed on: tiny, with every kind of block of the real ones. */

const WAY_DOWN_15: WayDownConfig = {
  inChannels: 4,
  widths: [16, 24, 32, 32],
  layersPerBlock: 2,
  downAttention: [true, true, true, false],
  heads: [4, 4, 4, 4],
  depths: [1, 1, 1, 1],
  crossAttentionWidth: 24,
  normGroups: 8,
  normEps: 1e-5,
  linearProjection: false,
  added: undefined,
}

const WAY_DOWN_XL: WayDownConfig = {
  ...WAY_DOWN_15,
  widths: [16, 24, 32],
  downAttention: [false, true, true],
  heads: [2, 3, 4],
  depths: [1, 2, 3],
  crossAttentionWidth: 56,
  linearProjection: true,
  added: { timeWidth: 8, width: 80 },
}

/** Stable Diffusion 1.5's UNet. */
export const T15: UNetConfig = { ...WAY_DOWN_15, outChannels: 4, upAttention: [false, true, true, true] }

/** A UNet of the SDXL family. */
export const TXL: UNetConfig = { ...WAY_DOWN_XL, outChannels: 4, upAttention: [true, true, false] }

const HINT = { middleAttends: true, hintWidths: [4, 8, 12, 16], hintOrder: 'rgb' } as const

/** The ControlNets of both. */
export const C15: ControlNetConfig = { ...WAY_DOWN_15, ...HINT }
export const CXL: ControlNetConfig = { ...WAY_DOWN_XL, ...HINT }

/** The autoencoder of both. */
export const TVAE: VaeConfig = {
  widths: [16, 24, 32, 32],
  layersPerBlock: 2,
  latentChannels: 4,
  normGroups: 8,
  scalingFactor: 0.18215,
}

const TEXT = { layers: 3, positions: 77, vocabularySize: 1000, layerNormEps: 1e-5 } as const

/** OpenAI's text tower. */
export const TE1: ClipTextConfig = {
  ...TEXT,
  hiddenSize: 24,
  heads: 2,
  intermediateSize: 48,
  activation: 'quick_gelu',
  projectionSize: undefined,
}

/** OpenCLIP's text tower. */
export const TE2: ClipTextConfig = {
  ...TEXT,
  hiddenSize: 32,
  heads: 4,
  intermediateSize: 64,
  activation: 'gelu',
  projectionSize: 32,
}

/** OpenCLIP's vision tower. */
export const VISION: ClipVisionConfig = {
  hiddenSize: 40,
  layers: 3,
  heads: 4,
  intermediateSize: 80,
  activation: 'gelu',
  layerNormEps: 1e-5,
  imageSize: 224,
  patchSize: 14,
  projectionSize: 40,
}

/** IP-Adapter and IP-Adapter Plus; the Resampler's heads are wider together (128) than what they read (32). */
export const BASE: IpAdapterConfig = { kind: 'base', tokens: 4, width: 24, features: 40 }
export const PLUS: IpAdapterConfig = {
  kind: 'plus',
  tokens: 4,
  width: 24,
  features: 40,
  inner: 32,
  heads: 2,
  depth: 4,
}

/** The adapters that read faces, or every state of CLIP by itself. */
export const FULL: IpAdapterConfig = { kind: 'full', tokens: 257, width: 24, features: 40 }
const FACE = { tokens: 4, width: 24, faceWidth: 16, faceInner: 32 } as const
export const FACEID: IpAdapterConfig = { kind: 'faceid', ...FACE }
export const FACE_PERCEIVER = { ...FACE, features: 40, heads: 2, depth: 4 } as const
export const FACEID_PLUS_V2: IpAdapterConfig = { kind: 'faceid-plusv2', ...FACE_PERCEIVER }

/** The noise Stable Diffusion 1.5 was trained with. */
export const SD15_NOISE: NoiseConfig = {
  trainSteps: 1000,
  betaStart: 0.00085,
  betaEnd: 0.012,
  stepsOffset: 1,
  alphaToOne: false,
  zeroSnr: false,
  prediction: 'epsilon',
  clip: Infinity,
}
