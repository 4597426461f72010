/** The UNets of the two families, as their published configurations have them. */
import type { UNetConfig } from '../../companion/networks/unet-layout.ts'

export const SD15_UNET: UNetConfig = {
  inChannels: 4,
  outChannels: 4,
  widths: [320, 640, 1280, 1280],
  layersPerBlock: 2,
  downAttention: [true, true, true, false],
  upAttention: [false, true, true, true],
  heads: [8, 8, 8, 8],
  depths: [1, 1, 1, 1],
  crossAttentionWidth: 768,
  normGroups: 32,
  normEps: 1e-5,
  linearProjection: false,
  added: undefined,
}

export const SDXL_UNET: UNetConfig = {
  ...SD15_UNET,
  widths: [320, 640, 1280],
  downAttention: [false, true, true],
  upAttention: [true, true, false],
  heads: [5, 10, 20],
  depths: [1, 2, 10],
  crossAttentionWidth: 2048,
  linearProjection: true,
  added: { timeWidth: 256, width: 2816 },
}
