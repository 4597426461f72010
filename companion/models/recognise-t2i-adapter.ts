import type { Outline } from './outline.ts'
import { useless, type Found } from './recognition.ts'

/** Channels of SDXL's: squares of sixteen pixels in grey or in three colours. */
const SDXL_CHANNELS = new Set([256, 768])

/** A T2I-Adapter, original or diffusers' names. */
export function recogniseT2iAdapter(file: Outline): Found | undefined {
  if (file.find(/^(adapter\.)?body\.0\.(resnets|block1|in_conv|body)\./) === undefined) return undefined
  if (file.find(/^(adapter\.)?body\.\d\.out_conv\./) !== undefined)
    return useless('it is a light T2I-Adapter, which Imprint cannot use')
  const [, channels = 0] = file.shape(file.has('conv_in.weight') ? 'conv_in.weight' : 'adapter.conv_in.weight')
  return { role: 'controlnet', family: SDXL_CHANNELS.has(channels) ? 'sdxl' : 'sd15', variant: T2I_ADAPTER }
}

/** How a T2I-Adapter is told from a ControlNet, which does the same by other means. */
export const T2I_ADAPTER = 't2i-adapter'
