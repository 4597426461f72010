import type { Outline } from './outline.ts'
import { useless, type Family, type Found } from './recognition.ts'

/** Width of the text states an adapter was made for; small test models have others. */
const FAMILIES: Readonly<Record<number, Family>> = { 768: 'sd15', 2048: 'sdxl' }
const SD2_WIDTH = 1024

/** Width of a face's embedding, which no picture encoder makes. */
const FACE = 512

/** An IP-Adapter and its variant, by the network that makes tokens of the picture. */
export function recogniseIpAdapter(file: Outline): Found | undefined {
  if (file.find(/^(image_proj_model|adapter_modules)\./) !== undefined)
    return useless('it is an IP-Adapter as its training left it; convert it to image_proj and ip_adapter first')
  const [, width] = file.shape('ip_adapter.1.to_k_ip.weight')
  if (width === undefined) return undefined
  if (width === SD2_WIDTH) return useless('it is an IP-Adapter for Stable Diffusion 2, which Imprint does not run')
  const projection = file.below('image_proj.')
  const variant = projectionKind(projection, width)
  if (variant === undefined) return useless('it is an IP-Adapter of a kind that Imprint does not know')
  const family = FAMILIES[width]
  return { role: 'adapter', ...(family && { family }), variant }
}

/** In this order: what tells a later kind is there in an earlier one too. */
function projectionKind(projection: Outline, width: number): string | undefined {
  if (projection.has('proj.weight')) return 'base'
  if (projection.has('proj.3.weight')) return 'full'
  if (projection.has('perceiver_resampler.proj_in.weight')) return 'faceid-plus'
  if (projection.has('proj.0.weight') && projection.has('norm.weight')) {
    const [rows = 0] = projection.shape('proj.2.weight')
    return rows / width > FACEID_TOKENS ? 'portrait' : 'faceid'
  }
  if (!projection.has('latents')) return undefined
  const [, features] = projection.shape('proj_in.weight')
  return features === FACE ? 'instantid' : 'plus'
}

/** A face is four tokens; the portrait adapters make more of it. */
const FACEID_TOKENS = 4
