import { existsSync } from 'node:fs'
import { basename, join } from 'node:path'
import * as z from 'zod'
import { asImprintError } from '../../shared/errors.ts'
import { openSafetensors } from '../weights/safetensors.ts'
import { recogniseAdapter } from './adapter.ts'
import { readJson, readVisionConfig } from './config.ts'

/** What a file or folder is, from its content. */
export interface Recognition {
  readonly role: 'checkpoint' | 'adapter' | 'encoder' | 'unknown'
  readonly isFolder: boolean
  readonly family?: 'sd15' | 'sdxl'
  readonly variant?: string
  /** For an unknown file: why it cannot be used. */
  readonly why?: string
}

const indexSchema = z.looseObject({ _class_name: z.string() })
const architectures = z.looseObject({ architectures: z.array(z.string()).optional() })

const FAMILIES: Record<string, 'sd15' | 'sdxl'> = {
  StableDiffusionPipeline: 'sd15',
  StableDiffusionXLPipeline: 'sdxl',
}

/** Width of the cross-attention an adapter was made for; small test models have others. */
const ADAPTER_FAMILIES: Record<number, 'sd15' | 'sdxl'> = { 768: 'sd15', 2048: 'sdxl' }

/** A diffusers checkpoint or an image encoder kept as a folder; undefined for any other folder. */
export function recogniseFolder(folder: string): Recognition | undefined {
  try {
    if (existsSync(join(folder, 'model_index.json'))) {
      const { _class_name: pipeline } = indexSchema.parse(readJson(join(folder, 'model_index.json')))
      const family = FAMILIES[pipeline]
      if (family) return { role: 'checkpoint', isFolder: true, family }
      return { role: 'unknown', isFolder: true, why: `it is a ${pipeline}, which Imprint cannot run yet` }
    }
    if (!existsSync(join(folder, 'config.json'))) return undefined
    const { architectures: names } = architectures.parse(readJson(join(folder, 'config.json')))
    if (!names?.includes('CLIPVisionModelWithProjection')) return undefined
    readVisionConfig(join(folder, 'config.json'))
    return { role: 'encoder', isFolder: true }
  } catch (cause) {
    return { role: 'unknown', isFolder: true, why: `${basename(folder)} is damaged: ${asImprintError(cause).message}` }
  }
}

/** A weights file on its own; undefined for a part of a model that its folder stands for. */
export function recogniseFile(file: string): Recognition | undefined {
  if (/^(diffusion_pytorch_)?model(\.fp16)?(-\d+-of-\d+)?\.safetensors$/.test(basename(file))) return undefined
  if (!file.endsWith('.safetensors')) {
    return {
      role: 'unknown',
      isFolder: false,
      why: 'it is a pickle, which Imprint cannot read yet; use its .safetensors twin',
    }
  }
  try {
    const { tensors } = openSafetensors(file)
    const adapter = recogniseAdapter(tensors)
    if (!adapter) return { role: 'unknown', isFolder: false, why: 'its tensors are of no kind Imprint knows' }
    const family = ADAPTER_FAMILIES[adapter.width]
    return { role: 'adapter', isFolder: false, ...(family && { family }), variant: adapter.kind }
  } catch (cause) {
    return { role: 'unknown', isFolder: false, why: asImprintError(cause).message }
  }
}
