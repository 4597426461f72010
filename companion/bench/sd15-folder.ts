import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { clipTextGraph, tokenEmbeddings } from '../networks/clip-text.ts'
import { ipAdapterGraph } from '../networks/ip-adapter.ts'
import { textKeysValuesGraph, timeGraph } from '../networks/unet-conditioning.ts'
import { unetGraph } from '../networks/unet.ts'
import { crossAttentions, unetLayout } from '../networks/unet-layout.ts'
import { readTextConfig, readUNetConfig } from '../models/config.ts'
import { takeInventory, writeRandomWeights } from './inventory.ts'

/** Stable Diffusion 1.5's UNet, as its config.json says. */
const UNET = {
  _class_name: 'UNet2DConditionModel',
  sample_size: 64,
  in_channels: 4,
  out_channels: 4,
  layers_per_block: 2,
  block_out_channels: [320, 640, 1280, 1280],
  down_block_types: ['CrossAttnDownBlock2D', 'CrossAttnDownBlock2D', 'CrossAttnDownBlock2D', 'DownBlock2D'],
  up_block_types: ['UpBlock2D', 'CrossAttnUpBlock2D', 'CrossAttnUpBlock2D', 'CrossAttnUpBlock2D'],
  cross_attention_dim: 768,
  attention_head_dim: 8,
  norm_num_groups: 32,
}

/** A text tower of the right width, with one layer: what is measured is the UNet. */
const TEXT = {
  architectures: ['CLIPTextModel'],
  vocab_size: 2048,
  hidden_size: 768,
  num_hidden_layers: 1,
  num_attention_heads: 12,
  intermediate_size: 3072,
  hidden_act: 'quick_gelu',
  max_position_embeddings: 77,
  projection_dim: 768,
}

const OPTIONS = { attention: 'fused' } as const
/** Image tokens of the base adapter, and the width of the starter's image features, which it reads. */
const ADAPTER = { kind: 'base', tokens: 4, width: 768, features: 128 } as const

/**
 * Writes a model of Stable Diffusion 1.5's size with random weights in F16 (1.7 GB) as a diffusers folder, with a base
 * IP-Adapter beside it; tokenizer, scheduler, autoencoder and image encoder are the starter model's. Does nothing when it is there.
 */
export function writeFullSizeModel(folder: string, starter: string): void {
  const done = join(folder, 'model_index.json')
  if (existsSync(done)) return
  mkdirSync(folder, { recursive: true })
  for (const part of ['tokenizer', 'scheduler', 'vae', 'image_encoder', 'feature_extractor']) {
    cpSync(join(starter, part), join(folder, part), { recursive: true })
  }
  writeUNet(join(folder, 'unet'))
  writeText(join(folder, 'text_encoder'))
  writeAdapter(join(folder, 'ip_adapter'), join(folder, 'unet', 'config.json'))
  writeFileSync(done, JSON.stringify({ _class_name: 'StableDiffusionPipeline' }))
}

function writeUNet(folder: string): void {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'config.json'), JSON.stringify(UNET))
  const config = readUNetConfig(join(folder, 'config.json'))
  const { weights, shapes } = takeInventory()
  timeGraph(weights, config, OPTIONS)
  textKeysValuesGraph(weights, config, 77, OPTIONS)
  unetGraph(weights, config, { height: 64, width: 64, textTokens: 77, imageTokens: [] }, OPTIONS)
  writeRandomWeights(join(folder, 'diffusion_pytorch_model.safetensors'), shapes)
}

function writeText(folder: string): void {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'config.json'), JSON.stringify(TEXT))
  const config = { ...readTextConfig(join(folder, 'config.json')), projectionSize: undefined }
  const { weights, shapes } = takeInventory()
  tokenEmbeddings(weights, config)
  clipTextGraph(weights, config, 0, OPTIONS)
  writeRandomWeights(join(folder, 'model.safetensors'), shapes)
}

function writeAdapter(folder: string, unet: string): void {
  mkdirSync(folder, { recursive: true })
  const { weights, shapes } = takeInventory()
  ipAdapterGraph(weights, ADAPTER, crossAttentions(unetLayout(readUNetConfig(unet))), 1, OPTIONS)
  writeRandomWeights(join(folder, 'ip-adapter_full-size.safetensors'), shapes)
}
