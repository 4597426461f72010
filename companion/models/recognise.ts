import { existsSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import * as z from 'zod'
import { asImprintError, ImprintError } from '../../shared/errors.ts'
import { openWeightFile } from '../weights/weight-file.ts'
import { readJson, readVisionConfig } from './config.ts'
import { readExtras } from './extras.ts'
import { openFolderWeights } from './part.ts'
import { VISION_TOWERS } from './recognise-parts.ts'
import { T2I_ADAPTER } from './recognise-t2i-adapter.ts'
import { recogniseTensors } from './recognise-tensors.ts'
import { useless, type Family, type Found, type Recognition } from './recognition.ts'

const indexSchema = z.looseObject({ _class_name: z.string() })

/** What diffusers' pipelines are called that a model of these families may have been saved from. */
const PIPELINES: readonly (readonly [name: RegExp, family: Family])[] = [
  [/^StableDiffusionXL(ControlNet)?(Img2Img|Inpaint)?Pipeline$/, 'sdxl'],
  [/^(StableDiffusion(ControlNet)?|LatentConsistencyModel)(Img2Img|Inpaint)?Pipeline$/, 'sd15'],
]

/** A model kept as a folder: a diffusers checkpoint, or one network with its configuration; undefined for any other. */
export function recogniseFolder(folder: string): Recognition | undefined {
  try {
    const found = existsSync(join(folder, 'model_index.json')) ? checkpointFolder(folder) : networkFolder(folder)
    return found && { ...found, isFolder: true }
  } catch (cause) {
    return { ...useless(asImprintError(cause).message), isFolder: true }
  }
}

/** The folders a checkpoint names as its own; an image encoder among them may serve others too. */
export function partsOfCheckpoint(folder: string): ReadonlySet<string> {
  try {
    const index = z.record(z.string(), z.unknown()).parse(readJson(join(folder, 'model_index.json')))
    return new Set(Object.keys(index).filter((name) => name !== 'image_encoder'))
  } catch {
    return new Set()
  }
}

const unetSchema = z.looseObject({ in_channels: z.number() })
const schedulerSchema = z.looseObject({ prediction_type: z.string().optional() })

function parse<T>(schema: z.ZodType<T>, path: string): T {
  const parsed = schema.safeParse(readJson(path))
  if (parsed.success) return parsed.data
  throw new ImprintError('model-invalid', `${basename(path)} is no configuration of diffusers. Download it again.`)
}

function checkpointFolder(folder: string): Found {
  const { _class_name: pipeline } = parse(indexSchema, join(folder, 'model_index.json'))
  const family = PIPELINES.find(([name]) => name.test(pipeline))?.[1]
  if (!family) return useless(`it is a ${pipeline}, which Imprint cannot run`)
  const parts = ['unet', 'vae', 'text_encoder', ...(family === 'sdxl' ? ['text_encoder_2'] : [])]
  const lacking = new Set(parts.filter((part) => !hasWeights(join(folder, part))))
  const missing = [...lacking].map((part) => `the weights of ${part}`)
  // Opened, though not read, so that a listing tells of what would fail later.
  for (const part of parts.filter((part) => !lacking.has(part)))
    openFolderWeights(join(folder, part), part.startsWith('text') ? 'model' : 'diffusion_pytorch_model')
  readExtras(join(folder, 'imprint.json'))
  return { role: 'checkpoint', family, variant: folderVariant(folder), ...(missing.length > 0 && { missing }) }
}

function folderVariant(folder: string): string {
  const read = <T>(schema: z.ZodType<T>, ...path: string[]) => {
    const file = join(folder, ...path)
    return existsSync(file) ? schema.safeParse(readJson(file)).data : undefined
  }
  if (read(unetSchema, 'unet', 'config.json')?.in_channels === 9) return 'inpaint'
  const scheduler = read(schedulerSchema, 'scheduler', 'scheduler_config.json')
  return scheduler?.prediction_type === 'v_prediction' ? 'v-prediction' : 'base'
}

const networkSchema = z.looseObject({
  _class_name: z.string().optional(),
  architectures: z.array(z.string()).optional(),
  addition_embed_type: z.unknown().optional(),
  hidden_size: z.unknown().optional(),
  adapter_type: z.string().optional(),
})

/** What the classes are called that such configurations belong to. */
const CLASSES: Readonly<Record<string, Found['role']>> = {
  UNet2DConditionModel: 'unet',
  ControlNetModel: 'controlnet',
  T2IAdapter: 'controlnet',
  AutoencoderKL: 'vae',
  AutoencoderTiny: 'taesd',
  CLIPVisionModelWithProjection: 'encoder',
  CLIPTextModel: 'text-encoder',
  CLIPTextModelWithProjection: 'text-encoder',
}

function networkFolder(folder: string): Found | undefined {
  if (!existsSync(join(folder, 'config.json'))) return undefined
  const config = parse(networkSchema, join(folder, 'config.json'))
  const role = CLASSES[config._class_name ?? config.architectures?.[0] ?? '']
  if (!role) return undefined
  if (config._class_name === 'T2IAdapter') return t2iAdapterFolder(folder, config.adapter_type)
  // Read in full, so that a listing tells of what would fail later.
  if (role === 'encoder') readVisionConfig(join(folder, 'config.json'))
  const isUNet = role === 'unet' || role === 'controlnet'
  const family = isUNet ? ({ family: config.addition_embed_type === 'text_time' ? 'sdxl' : 'sd15' } as const) : {}
  const variant = role === 'encoder' ? VISION_TOWERS[Number(config.hidden_size)] : undefined
  const missing = hasWeights(folder) ? {} : { missing: ['its weights'] }
  return { role, ...family, ...(variant && { variant }), ...missing }
}

/** T2I-Adapters by the kinds that Imprint runs. */
const T2I_ADAPTERS: Readonly<Record<string, Family>> = { full_adapter: 'sd15', full_adapter_xl: 'sdxl' }

function t2iAdapterFolder(folder: string, kind = 'full_adapter'): Found {
  const family = T2I_ADAPTERS[kind]
  if (!family) return useless(`it is a T2I-Adapter of the kind ${kind}, which Imprint cannot use`)
  return { role: 'controlnet', family, variant: T2I_ADAPTER, ...(!hasWeights(folder) && { missing: ['its weights'] }) }
}

/** Whether there are safetensors weights in a folder, whole, in half precision or in several files. */
const hasWeights = (folder: string): boolean =>
  existsSync(folder) && readdirSync(folder).some((name) => name.endsWith('.safetensors'))

/** A part of a model in several files, which its folder stands for. */
const SHARD = /-\d+-of-\d+\.\w+$/

/** A weights file on its own; undefined for one of several that only together are a model. */
export function recogniseFile(file: string): Recognition | undefined {
  if (SHARD.test(basename(file))) return undefined
  try {
    return { ...recogniseTensors(openWeightFile(file)), isFolder: false }
  } catch (cause) {
    return { ...useless(asImprintError(cause).message), isFolder: false }
  }
}
