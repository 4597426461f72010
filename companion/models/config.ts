import { readFileSync } from 'node:fs'
import * as z from 'zod'
import { ImprintError } from '../../shared/errors.ts'
import { SPACINGS, type Sampler, type Sigmas, type Spacing } from '../../shared/recipe.ts'
import type { NoiseConfig } from '../diffusion/schedule.ts'
import type { ClipTextConfig } from '../networks/clip-text.ts'
import type { ClipVisionConfig } from '../networks/clip-vision.ts'
import type { ControlNetConfig } from '../networks/controlnet.ts'
import type { UNetConfig, WayDownConfig } from '../networks/unet-layout.ts'
import type { VaeConfig } from '../networks/vae.ts'
import { CLIP_DEVIATION, CLIP_MEAN, type ClipPreprocessing } from '../vision/preprocess.ts'
import { called } from '../weights/called.ts'

/**
 * Configuration files of a diffusers folder as the networks want them. Fields that would change the network in a way
 * Imprint does not build must have the value it builds; a file with another one is refused by name.
 */

const only = <T extends string | number | boolean | null>(value: T) => z.literal(value).optional()
const positive = z.number().int().positive()
const perLevel = z.union([positive, z.array(positive)])

const spread = (value: number | readonly number[], levels: number): readonly number[] =>
  typeof value === 'number' ? Array<number>(levels).fill(value) : value

/** What UNets and ControlNets have in common: the way down and the middle. */
const wayDown = {
  block_out_channels: z.array(positive).min(1),
  layers_per_block: positive,
  down_block_types: z.array(z.enum(['DownBlock2D', 'CrossAttnDownBlock2D'])),
  cross_attention_dim: positive,
  attention_head_dim: perLevel,
  num_attention_heads: only(null),
  transformer_layers_per_block: perLevel.default(1),
  norm_num_groups: positive,
  norm_eps: z.number().positive().default(1e-5),
  use_linear_projection: z.boolean().default(false),
  act_fn: only('silu'),
  addition_embed_type: z.enum(['text_time']).nullish(),
  addition_time_embed_dim: positive.nullish(),
  projection_class_embeddings_input_dim: positive.nullish(),
  class_embed_type: only(null),
  encoder_hid_dim: only(null),
  resnet_time_scale_shift: only('default'),
  flip_sin_to_cos: only(true),
  freq_shift: only(0),
  downsample_padding: only(1),
  only_cross_attention: only(false),
}

type WayDown = z.infer<z.ZodObject<typeof wayDown>>

const addedIsWhole = (
  c: Pick<WayDown, 'addition_embed_type' | 'addition_time_embed_dim' | 'projection_class_embeddings_input_dim'>,
) => !c.addition_embed_type || (c.addition_time_embed_dim && c.projection_class_embeddings_input_dim)
const ADDED_WIDTHS = { path: ['addition_time_embed_dim'], message: 'the widths of the added embedding are missing' }

/** Levels must have a value each, and whole heads and groups. */
function checkLevels(c: WayDown, fault: z.RefinementCtx): void {
  const levels = c.block_out_channels.length
  for (const field of ['attention_head_dim', 'transformer_layers_per_block'] as const) {
    const values = c[field]
    if (typeof values !== 'number' && values.length !== levels)
      fault.addIssue({ code: 'custom', path: [field], message: `${values.length} values for ${levels} levels` })
  }
  const heads = spread(c.attention_head_dim, levels)
  if (!c.block_out_channels.every((width, level) => width % heads[level]! === 0))
    fault.addIssue({ code: 'custom', path: ['attention_head_dim'], message: 'a width is no multiple of it' })
  checkGroups(c, fault)
}

function checkGroups(
  c: { readonly block_out_channels: readonly number[]; readonly norm_num_groups: number },
  fault: z.RefinementCtx,
): void {
  if (!c.block_out_channels.every((width) => width % c.norm_num_groups === 0))
    fault.addIssue({ code: 'custom', path: ['norm_num_groups'], message: 'a width is no multiple of it' })
}

function wayDownConfig(c: WayDown & { readonly in_channels: number }): WayDownConfig {
  const levels = c.block_out_channels.length
  return {
    inChannels: c.in_channels,
    widths: c.block_out_channels,
    layersPerBlock: c.layers_per_block,
    downAttention: c.down_block_types.map((type) => type === 'CrossAttnDownBlock2D'),
    // The field is misnamed in diffusers: it holds the number of heads.
    heads: spread(c.attention_head_dim, levels),
    depths: spread(c.transformer_layers_per_block, levels),
    crossAttentionWidth: c.cross_attention_dim,
    normGroups: c.norm_num_groups,
    normEps: c.norm_eps,
    linearProjection: c.use_linear_projection,
    added: c.addition_embed_type
      ? { timeWidth: c.addition_time_embed_dim!, width: c.projection_class_embeddings_input_dim! }
      : undefined,
  }
}

const unet = z
  .looseObject({
    ...wayDown,
    _class_name: only('UNet2DConditionModel'),
    in_channels: z.union([z.literal(4), z.literal(9)]),
    out_channels: z.literal(4),
    mid_block_type: only('UNetMidBlock2DCrossAttn'),
    up_block_types: z.array(z.enum(['UpBlock2D', 'CrossAttnUpBlock2D'])),
    time_cond_proj_dim: positive.nullish(),
    time_embedding_type: only('positional'),
    dual_cross_attention: only(false),
  })
  .refine(addedIsWhole, ADDED_WIDTHS)
  .superRefine(checkLevels)
  .transform((c): UNetConfig => ({
    ...wayDownConfig(c),
    outChannels: c.out_channels,
    upAttention: c.up_block_types.map((type) => type === 'CrossAttnUpBlock2D'),
    ...(c.time_cond_proj_dim && { guidanceWidth: c.time_cond_proj_dim }),
  }))

const MIDDLES = ['UNetMidBlock2DCrossAttn', 'UNetMidBlock2D'] as const

const controlNet = z
  .looseObject({
    ...wayDown,
    _class_name: only('ControlNetModel'),
    in_channels: z.literal(4),
    mid_block_type: z.enum(MIDDLES).default('UNetMidBlock2DCrossAttn'),
    // Levels without attention have no transformer blocks in small ones.
    transformer_layers_per_block: z
      .union([z.number().int().nonnegative(), z.array(z.number().int().nonnegative())])
      .default(1),
    conditioning_channels: only(3),
    conditioning_embedding_out_channels: z.array(positive).min(1),
    controlnet_conditioning_channel_order: z.enum(['rgb', 'bgr']).default('rgb'),
    global_pool_conditions: only(false),
  })
  .refine(addedIsWhole, ADDED_WIDTHS)
  .superRefine(checkLevels)
  .transform((c): ControlNetConfig => ({
    ...wayDownConfig(c),
    middleAttends: c.mid_block_type === 'UNetMidBlock2DCrossAttn',
    hintWidths: c.conditioning_embedding_out_channels,
    hintOrder: c.controlnet_conditioning_channel_order,
  }))

const vae = z
  .looseObject({
    _class_name: only('AutoencoderKL'),
    in_channels: only(3),
    out_channels: only(3),
    block_out_channels: z.array(positive).min(1),
    layers_per_block: positive,
    latent_channels: z.literal(4),
    norm_num_groups: positive,
    scaling_factor: z.number().positive().default(0.18215),
    act_fn: only('silu'),
    mid_block_add_attention: only(true),
    use_quant_conv: only(true),
    use_post_quant_conv: only(true),
    shift_factor: only(null),
  })
  .superRefine(checkGroups)
  .transform((c): VaeConfig => ({
    widths: c.block_out_channels,
    layersPerBlock: c.layers_per_block,
    latentChannels: c.latent_channels,
    normGroups: c.norm_num_groups,
    scalingFactor: c.scaling_factor,
  }))

const transformer = {
  hidden_size: positive,
  num_hidden_layers: positive,
  num_attention_heads: positive,
  intermediate_size: positive,
  hidden_act: z.enum(['gelu', 'quick_gelu']),
  layer_norm_eps: z.number().positive().default(1e-5),
}

const headsAreWhole = (c: z.infer<z.ZodObject<typeof transformer>>) => c.hidden_size % c.num_attention_heads === 0
const HEADS = { path: ['num_attention_heads'], message: 'the width is no multiple of it' }

const transformerConfig = (c: z.infer<z.ZodObject<typeof transformer>>) => ({
  hiddenSize: c.hidden_size,
  layers: c.num_hidden_layers,
  heads: c.num_attention_heads,
  intermediateSize: c.intermediate_size,
  activation: c.hidden_act,
  layerNormEps: c.layer_norm_eps,
})

/** Start and end of text, and a word between them. */
const room = z.number().int().min(3)

const text = z
  .looseObject({ ...transformer, vocab_size: positive, max_position_embeddings: room, projection_dim: positive })
  .refine(headsAreWhole, HEADS)
  .transform((c): ClipTextConfig => ({
    ...transformerConfig(c),
    vocabularySize: c.vocab_size,
    positions: c.max_position_embeddings,
    projectionSize: c.projection_dim,
  }))

const vision = z
  .looseObject({ ...transformer, image_size: positive, patch_size: positive, projection_dim: positive })
  .refine(headsAreWhole, HEADS)
  .transform((c): ClipVisionConfig => ({
    ...transformerConfig(c),
    imageSize: c.image_size,
    patchSize: c.patch_size,
    projectionSize: c.projection_dim,
  }))

const triple = z.tuple([z.number(), z.number(), z.number()])
const side = z.union([positive, z.looseObject({ height: positive }).transform(({ height }) => height)])

const preprocessing = z
  .looseObject({
    crop_size: side,
    image_mean: triple.default([...CLIP_MEAN]),
    image_std: triple.default([...CLIP_DEVIATION]),
    do_center_crop: only(true),
    resample: only(3),
  })
  .transform((c): ClipPreprocessing => ({ size: c.crop_size, mean: c.image_mean, deviation: c.image_std }))

/** Schedulers of diffusers by the sampler that does the same. */
const SCHEDULERS: Record<string, Sampler> = {
  DDIMScheduler: 'ddim',
  PNDMScheduler: 'pndm',
  EulerDiscreteScheduler: 'euler',
  EulerAncestralDiscreteScheduler: 'euler_ancestral',
  HeunDiscreteScheduler: 'heun',
  DPMSolverMultistepScheduler: 'dpmpp_2m',
  UniPCMultistepScheduler: 'unipc',
  LCMScheduler: 'lcm',
  TCDScheduler: 'tcd',
}

/** The sampler a scheduler's file means. */
function samplerOf(scheduler = '', algorithm?: string): Sampler | undefined {
  const sampler = SCHEDULERS[scheduler]
  return sampler === 'dpmpp_2m' && algorithm === 'sde-dpmsolver++' ? 'dpmpp_2m_sde' : sampler
}

/** What a checkpoint says of its noise and of the steps it was tried with. */
export type SchedulerConfig = NoiseConfig & {
  readonly sampler: Sampler | undefined
  /** Undefined where the file does not say: each sampler has its own then. */
  readonly spacing: Spacing | undefined
  /** Noise levels other than those of training's steps. */
  readonly sigmas: Sigmas | undefined
}

const scheduler = z
  .looseObject({
    _class_name: z.string().optional(),
    num_train_timesteps: positive.default(1000),
    beta_start: z.number().positive(),
    beta_end: z.number().positive(),
    beta_schedule: z.literal('scaled_linear'),
    steps_offset: z.number().int().nonnegative().default(0),
    set_alpha_to_one: z.boolean().optional(),
    prediction_type: z.enum(['epsilon', 'v_prediction']).default('epsilon'),
    timestep_spacing: z.enum(SPACINGS).optional(),
    clip_sample: z.boolean().default(false),
    clip_sample_range: z.number().positive().default(1),
    trained_betas: only(null),
    rescale_betas_zero_snr: z.boolean().default(false),
    algorithm_type: z.string().optional(),
    use_karras_sigmas: z.boolean().nullish(),
    use_exponential_sigmas: z.boolean().nullish(),
    use_beta_sigmas: z.boolean().nullish(),
  })
  .transform((c): SchedulerConfig => ({
    trainSteps: c.num_train_timesteps,
    betaStart: c.beta_start,
    betaEnd: c.beta_end,
    stepsOffset: c.steps_offset,
    alphaToOne: c.set_alpha_to_one,
    zeroSnr: c.rescale_betas_zero_snr,
    clip: c.clip_sample ? c.clip_sample_range : Infinity,
    prediction: c.prediction_type,
    sampler: samplerOf(c._class_name, c.algorithm_type),
    spacing: c.timestep_spacing,
    sigmas: c.use_karras_sigmas
      ? 'karras'
      : c.use_exponential_sigmas
        ? 'exponential'
        : c.use_beta_sigmas
          ? 'beta'
          : undefined,
  }))

const pipeline = z
  .looseObject({ _class_name: z.string().default(''), force_zeros_for_empty_prompt: z.boolean().optional() })
  // The pipelines of SDXL do so unless they are told otherwise.
  .transform((c) => ({ zeroNegative: c.force_zeros_for_empty_prompt ?? c._class_name.startsWith('StableDiffusionXL') }))

const latentSide = z.looseObject({ sample_size: positive.default(64) }).transform((c) => c.sample_size)

/** What a JSON file says; throws `model-unsupported` naming the file and the field. */
const reader =
  <T>(schema: z.ZodType<T>) =>
  (path: string): T => {
    const parsed = schema.safeParse(readJson(path))
    if (parsed.success) return parsed.data
    const [issue] = parsed.error.issues
    const field = issue?.path.join('.') ?? ''
    throw new ImprintError(
      'model-unsupported',
      `${called(path)}: Imprint cannot run a model whose "${field}" is like this (${issue?.message ?? 'invalid'}). Choose another model.`,
    )
  }

export const readUNetConfig = reader(unet)
export const readControlNetConfig = reader(controlNet)
export const readVaeConfig = reader(vae)
export const readTextConfig = reader(text)
export const readVisionConfig = reader(vision)
export const readPreprocessing = reader(preprocessing)
export const readSchedulerConfig = reader(scheduler)
/** What model_index.json says beside the parts of a model. */
export const readPipelineConfig = reader(pipeline)
/** Side in latents of the pictures a UNet was trained on, from its config.json. */
export const readLatentSide = reader(latentSide)

/** A JSON file; throws `model-invalid` naming it when it is missing or no JSON. */
export function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch (cause) {
    const remedy = 'Download the model again.'
    throw new ImprintError('model-invalid', `${called(path)} is missing or no JSON file. ${remedy}`, { cause })
  }
}
