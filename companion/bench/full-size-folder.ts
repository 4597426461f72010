import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { clipTextGraph, tokenEmbeddings } from '../networks/clip-text.ts'
import { ipAdapterGraph } from '../networks/ip-adapter.ts'
import { textKeysValuesGraph, timeGraph } from '../networks/unet-conditioning.ts'
import { unetGraph } from '../networks/unet.ts'
import { crossAttentions, unetLayout, type UNetConfig } from '../networks/unet-layout.ts'
import { readTextConfig, readUNetConfig } from '../models/config.ts'
import { takeInventory, writeRandomWeights } from './inventory.ts'
import { FULL_SIZE, type FullSize } from './published-sizes.ts'

const OPTIONS = { attention: 'fused' } as const
/** Image tokens of the base adapter, and the width of the starter's image features, which it reads. */
const ADAPTER = { kind: 'base', tokens: 4, features: 128 } as const
/** The rank of the LoRA beside the model, one that many are published with. */
const LORA_RANK = 16
/** What LoRAs mostly change: every projection of the transformers. */
const PROJECTIONS = /\.(to_[qkv]|to_out\.0|ff\.net\.0\.proj|ff\.net\.2)\.weight$/
/** Any size will do to learn which tensors a network uses. */
const SMALL = { height: 8, width: 8 }

type Shapes = ReadonlyMap<string, readonly number[]>

/**
 * Writes a model of a published one's size with random weights in F16 as a diffusers folder (1.7 GB for Stable Diffusion
 * 1.5, 5.8 GB for SDXL), with a base IP-Adapter inside it and a LoRA of its transformers beside it; tokenizer, scheduler,
 * autoencoder and image encoder are the starter model's. Does nothing when it is there.
 */
export function writeFullSizeModel(folder: string, size: FullSize, starter: string): void {
  const done = join(folder, 'model_index.json')
  const lora = `${folder}-lora.safetensors`
  if (existsSync(done) && existsSync(lora)) return
  const { pipeline, unet, towers } = FULL_SIZE[size]
  for (const part of ['scheduler', 'vae', 'image_encoder', 'feature_extractor']) {
    cpSync(join(starter, part), join(folder, part), { recursive: true })
  }
  towers.forEach((tower, i) => {
    const behind = i === 0 ? '' : `_${i + 1}`
    cpSync(join(starter, 'tokenizer'), join(folder, `tokenizer${behind}`), { recursive: true })
    writeText(join(folder, `text_encoder${behind}`), tower)
  })
  const { config, shapes } = writeUNet(join(folder, 'unet'), unet)
  writeAdapter(join(folder, 'ip_adapter'), config)
  writeRandomWeights(lora, loraShapes(shapes))
  writeFileSync(done, JSON.stringify({ _class_name: pipeline }))
}

function writeUNet(folder: string, json: object): { config: UNetConfig; shapes: Shapes } {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'config.json'), JSON.stringify(json))
  const config = readUNetConfig(join(folder, 'config.json'))
  const { weights, shapes } = takeInventory()
  timeGraph(weights, config, OPTIONS)
  textKeysValuesGraph(weights, config, 77, OPTIONS)
  unetGraph(weights, config, { ...SMALL, textTokens: 77, imageTokens: [] }, OPTIONS)
  writeRandomWeights(join(folder, 'diffusion_pytorch_model.safetensors'), shapes)
  return { config, shapes }
}

/** A LoRA's factors for every projection, in diffusers' names. */
function loraShapes(unet: Shapes): Shapes {
  const projections = [...unet].filter(([name]) => PROJECTIONS.test(name))
  return new Map(
    projections.flatMap(([name, [out = 0, into = 0]]): [string, readonly number[]][] => {
      const module = `unet.${name.replace(/\.weight$/, '')}`
      return [
        [`${module}.lora_A.weight`, [LORA_RANK, into]],
        [`${module}.lora_B.weight`, [out, LORA_RANK]],
      ]
    }),
  )
}

function writeText(folder: string, json: object): void {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'config.json'), JSON.stringify(json))
  const config = readTextConfig(join(folder, 'config.json'))
  const { weights, shapes } = takeInventory()
  tokenEmbeddings(weights, config)
  clipTextGraph(weights, config, 0, OPTIONS)
  writeRandomWeights(join(folder, 'model.safetensors'), shapes)
}

function writeAdapter(folder: string, unet: UNetConfig): void {
  mkdirSync(folder, { recursive: true })
  const { weights, shapes } = takeInventory()
  const config = { ...ADAPTER, width: unet.crossAttentionWidth }
  ipAdapterGraph(weights, config, crossAttentions(unetLayout(unet)), 1, OPTIONS)
  writeRandomWeights(join(folder, 'ip-adapter_full-size.safetensors'), shapes)
}
