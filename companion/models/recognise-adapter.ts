import { inferIpAdapter, ADAPTER_PARTS } from './adapter-config.ts'
import { facePackFor } from './face-pack.ts'
import type { Outline } from './outline.ts'
import { useless, type Family, type Found } from './recognition.ts'

/** Width of the text states an adapter was made for; small test models have others. */
const FAMILIES: Readonly<Record<number, Family>> = { 768: 'sd15', 2048: 'sdxl' }
const SD2_WIDTH = 1024

/** A face is four tokens; the portrait adapters make more of it. */
const FACEID_TOKENS = 4

/** An IP-Adapter and its variant, by the network that makes tokens of the picture. */
export function recogniseIpAdapter(file: Outline, path: string): Found | undefined {
  const parts = ADAPTER_PARTS.find(({ layers }) => file.has(`${layers}1.to_k_ip.weight`))
  if (!parts) return undefined
  const [, width] = file.shape(`${parts.layers}1.to_k_ip.weight`)
  if (width === SD2_WIDTH) return useless('it is an IP-Adapter for Stable Diffusion 2, which Imprint does not run')
  const config = inferIpAdapter(file, path)
  if (!config) return useless('it is an IP-Adapter of a kind that Imprint does not know')
  const family = FAMILIES[config.width]
  const variant = config.kind === 'faceid' && config.tokens > FACEID_TOKENS ? 'portrait' : config.kind
  const facePack = facePackFor(config, path)
  return { role: 'adapter', ...(family && { family }), variant, ...(facePack && { facePack }) }
}
