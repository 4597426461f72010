import { basename } from 'node:path'
import { ImprintError } from '../../shared/errors.ts'
import type { ClipTextConfig } from '../networks/clip-text.ts'
import type { ClipVisionConfig } from '../networks/clip-vision.ts'
import type { ControlNetConfig } from '../networks/controlnet.ts'
import type { UNetConfig, WayDownConfig } from '../networks/unet-layout.ts'
import type { VaeConfig } from '../networks/vae.ts'
import type { StoredTensor } from '../weights/safetensors.ts'
import type { Family } from './recognition.ts'

/**
 * Configurations of networks whose file brings none: sizes are read off the tensors' shapes, and what leaves no trace in
 * them (heads, groups, activations) is what every published model of the family has.
 */

type Tensors = ReadonlyMap<string, StoredTensor>

/** Published networks normalise in 32 groups; smaller ones, made for tests, come with a configuration. */
const NORM_GROUPS = 32
const NORM_EPS = 1e-5
const HEAD_WIDTH = 64
const SD15_HEADS = 8
const TIME_WIDTH = 256
const SCALING_FACTORS: Readonly<Record<Family, number>> = { sd15: 0.18215, sdxl: 0.13025 }

const shapeOf = (tensors: Tensors, name: string): readonly number[] => tensors.get(name)?.shape ?? []

/** How often a place is there, counted from 0. */
function counted(tensors: Tensors, name: (i: number) => string): number {
  let count = 0
  while (tensors.has(name(count))) count++
  return count
}

/** Throws `model-unsupported` where there are no levels, or one that normalises in no whole groups or attends with no whole heads. */
function refuseSmall(tensors: Tensors, widths: readonly number[], heads: readonly number[] = []): void {
  const whole = widths.every((width) => width > 0 && width % NORM_GROUPS === 0) && heads.every(Number.isInteger)
  if (widths.length > 0 && whole) return
  throw unpublished(tensors)
}

function unpublished(tensors: Tensors): ImprintError {
  const [any] = tensors.values()
  return new ImprintError(
    'model-unsupported',
    `${basename(any?.file ?? 'The file')} holds a network of sizes that no published model has. Name the model folder whose configuration belongs to it.`,
  )
}

const attends = (tensors: Tensors, block: string): boolean => tensors.has(`${block}.attentions.0.norm.weight`)

/** The UNet that these tensors, under diffusers' names, belong to. */
export function inferUNet(tensors: Tensors, family: Family): UNetConfig {
  const wayDown = inferWayDown(tensors, family)
  const [, guidanceWidth] = shapeOf(tensors, 'time_embedding.cond_proj.weight')
  return {
    ...wayDown,
    outChannels: shapeOf(tensors, 'conv_out.weight')[0] ?? 0,
    upAttention: wayDown.widths.map((_, i) => attends(tensors, `up_blocks.${i}`)),
    ...(guidanceWidth !== undefined && { guidanceWidth }),
  }
}

/** The ControlNet that these tensors, under diffusers' names, belong to. */
export function inferControlNet(tensors: Tensors, family: Family): ControlNetConfig {
  const hint = 'controlnet_cond_embedding'
  const halving = counted(tensors, (i) => `${hint}.blocks.${2 * i + 1}.weight`)
  const layers = [`${hint}.conv_in`, ...Array.from({ length: halving }, (_, i) => `${hint}.blocks.${2 * i + 1}`)]
  return {
    ...inferWayDown(tensors, family),
    middleAttends: attends(tensors, 'mid_block'),
    hintWidths: layers.map((layer) => shapeOf(tensors, `${layer}.weight`)[0] ?? 0),
    hintOrder: 'rgb',
  }
}

function inferWayDown(tensors: Tensors, family: Family): WayDownConfig {
  const levels = Array.from(
    { length: counted(tensors, (i) => `down_blocks.${i}.resnets.0.conv1.weight`) },
    (_, level) => `down_blocks.${level}`,
  )
  const widths = levels.map((level) => shapeOf(tensors, `${level}.resnets.0.conv1.weight`)[0] ?? 0)
  const heads = widths.map((width) => (family === 'sd15' ? SD15_HEADS : width / HEAD_WIDTH))
  refuseSmall(tensors, widths, heads)
  const depthAt = (block: string) =>
    counted(tensors, (i) => `${block}.attentions.0.transformer_blocks.${i}.norm1.weight`)
  const named = (end: string) => [...tensors.keys()].find((name) => name.endsWith(end)) ?? ''
  const [, added] = shapeOf(tensors, 'add_embedding.linear_1.weight')
  return {
    inChannels: shapeOf(tensors, 'conv_in.weight')[1] ?? 0,
    widths,
    layersPerBlock: counted(tensors, (i) => `down_blocks.0.resnets.${i}.conv1.weight`),
    downAttention: levels.map((level) => attends(tensors, level)),
    heads,
    // A level without attention has a depth all the same: where it is the last one, the middle block has it.
    depths: levels.map(
      (level, i) => depthAt(attends(tensors, level) || i < levels.length - 1 ? level : 'mid_block') || 1,
    ),
    crossAttentionWidth: shapeOf(tensors, named('attn2.to_k.weight'))[1] ?? 0,
    normGroups: NORM_GROUPS,
    normEps: NORM_EPS,
    linearProjection: shapeOf(tensors, named('attentions.0.proj_in.weight')).length === 2,
    added: added === undefined ? undefined : { timeWidth: TIME_WIDTH, width: added },
  }
}

/** The autoencoder that these tensors, under diffusers' names, belong to. */
export function inferVae(tensors: Tensors, family: Family): VaeConfig {
  const levels = counted(tensors, (i) => `encoder.down_blocks.${i}.resnets.0.conv1.weight`)
  const widths = Array.from(
    { length: levels },
    (_, i) => shapeOf(tensors, `encoder.down_blocks.${i}.resnets.0.conv1.weight`)[0] ?? 0,
  )
  refuseSmall(tensors, widths)
  return {
    widths,
    layersPerBlock: counted(tensors, (i) => `encoder.down_blocks.0.resnets.${i}.conv1.weight`),
    latentChannels: shapeOf(tensors, 'decoder.conv_in.weight')[1] ?? 0,
    normGroups: NORM_GROUPS,
    scalingFactor: SCALING_FACTORS[family],
  }
}

/** The text tower that these tensors, under Hugging Face's names, belong to; OpenCLIP's is SDXL's second one. */
export function inferTextTower(tensors: Tensors, maker: 'openai' | 'openclip'): ClipTextConfig {
  const [vocabularySize = 0, hiddenSize = 0] = shapeOf(tensors, 'text_model.embeddings.token_embedding.weight')
  const heads = hiddenSize / HEAD_WIDTH
  refuseSmall(tensors, [hiddenSize], [heads])
  return {
    hiddenSize,
    layers: counted(tensors, (i) => `text_model.encoder.layers.${i}.layer_norm1.weight`),
    heads,
    intermediateSize: shapeOf(tensors, 'text_model.encoder.layers.0.mlp.fc1.weight')[0] ?? 0,
    activation: maker === 'openai' ? 'quick_gelu' : 'gelu',
    layerNormEps: NORM_EPS,
    vocabularySize,
    positions: shapeOf(tensors, 'text_model.embeddings.position_embedding.weight')[0] ?? 0,
    projectionSize: shapeOf(tensors, 'text_projection.weight')[0],
  }
}

/** Heads of CLIP's published vision towers, by how wide they are. */
const VISION_HEADS: Readonly<Record<number, number>> = { 768: 12, 1024: 16, 1280: 16, 1664: 16 }
/** Up to this width (ViT-B, ViT-L) those in use are OpenAI's own, and the larger ones OpenCLIP's. */
const OPENAI_WIDTH = 1024

/** The vision tower that these tensors, under Hugging Face's names, belong to. Throws `model-unsupported` for an unknown width or no square. */
export function inferVisionTower(tensors: Tensors): ClipVisionConfig {
  const embeddings = 'vision_model.embeddings'
  const [hiddenSize = 0, , patchSize = 0] = shapeOf(tensors, `${embeddings}.patch_embedding.weight`)
  const [positions = 0] = shapeOf(tensors, `${embeddings}.position_embedding.weight`)
  const heads = VISION_HEADS[hiddenSize]
  // A row for the class token, and one for each patch of the square.
  const imageSize = patchSize * Math.sqrt(positions - 1)
  if (heads === undefined || !(imageSize > 0) || !Number.isInteger(imageSize)) throw unpublished(tensors)
  return {
    hiddenSize,
    layers: counted(tensors, (i) => `vision_model.encoder.layers.${i}.layer_norm1.weight`),
    heads,
    intermediateSize: shapeOf(tensors, 'vision_model.encoder.layers.0.mlp.fc1.weight')[0] ?? 0,
    activation: hiddenSize <= OPENAI_WIDTH ? 'quick_gelu' : 'gelu',
    layerNormEps: NORM_EPS,
    imageSize,
    patchSize,
    projectionSize: shapeOf(tensors, 'visual_projection.weight')[0] ?? 0,
  }
}
