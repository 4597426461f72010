/** Configuration files of published models, as they lie in their folders. */

const UNET = {
  _class_name: 'UNet2DConditionModel',
  act_fn: 'silu',
  center_input_sample: false,
  downsample_padding: 1,
  flip_sin_to_cos: true,
  freq_shift: 0,
  in_channels: 4,
  layers_per_block: 2,
  mid_block_scale_factor: 1,
  norm_eps: 1e-5,
  norm_num_groups: 32,
  out_channels: 4,
}

const SD15_UNET = {
  ...UNET,
  attention_head_dim: 8,
  block_out_channels: [320, 640, 1280, 1280],
  cross_attention_dim: 768,
  down_block_types: ['CrossAttnDownBlock2D', 'CrossAttnDownBlock2D', 'CrossAttnDownBlock2D', 'DownBlock2D'],
  sample_size: 64,
  up_block_types: ['UpBlock2D', 'CrossAttnUpBlock2D', 'CrossAttnUpBlock2D', 'CrossAttnUpBlock2D'],
}

const SDXL_UNET = {
  ...UNET,
  addition_embed_type: 'text_time',
  addition_embed_type_num_heads: 64,
  addition_time_embed_dim: 256,
  attention_head_dim: [5, 10, 20],
  block_out_channels: [320, 640, 1280],
  class_embed_type: null,
  class_embeddings_concat: false,
  conv_in_kernel: 3,
  conv_out_kernel: 3,
  cross_attention_dim: 2048,
  cross_attention_norm: null,
  down_block_types: ['DownBlock2D', 'CrossAttnDownBlock2D', 'CrossAttnDownBlock2D'],
  dual_cross_attention: false,
  encoder_hid_dim: null,
  encoder_hid_dim_type: null,
  mid_block_only_cross_attention: null,
  mid_block_type: 'UNetMidBlock2DCrossAttn',
  num_attention_heads: null,
  num_class_embeds: null,
  only_cross_attention: false,
  projection_class_embeddings_input_dim: 2816,
  resnet_out_scale_factor: 1,
  resnet_skip_time_act: false,
  resnet_time_scale_shift: 'default',
  sample_size: 128,
  time_cond_proj_dim: null,
  time_embedding_act_fn: null,
  time_embedding_dim: null,
  time_embedding_type: 'positional',
  timestep_post_act: null,
  transformer_layers_per_block: [1, 2, 10],
  up_block_types: ['CrossAttnUpBlock2D', 'CrossAttnUpBlock2D', 'UpBlock2D'],
  upcast_attention: null,
  use_linear_projection: true,
}

const vae = (size: number, scaling: object) => ({
  _class_name: 'AutoencoderKL',
  act_fn: 'silu',
  block_out_channels: [128, 256, 512, 512],
  down_block_types: Array<string>(4).fill('DownEncoderBlock2D'),
  in_channels: 3,
  latent_channels: 4,
  layers_per_block: 2,
  norm_num_groups: 32,
  out_channels: 3,
  sample_size: size,
  up_block_types: Array<string>(4).fill('UpDecoderBlock2D'),
  ...scaling,
})

const CLIP = {
  attention_dropout: 0,
  dropout: 0,
  initializer_factor: 1,
  initializer_range: 0.02,
  layer_norm_eps: 1e-5,
}

const TEXT = {
  ...CLIP,
  bos_token_id: 0,
  eos_token_id: 2,
  max_position_embeddings: 77,
  model_type: 'clip_text_model',
  vocab_size: 49408,
}

const OPENAI_TEXT = {
  ...TEXT,
  architectures: ['CLIPTextModel'],
  hidden_act: 'quick_gelu',
  hidden_size: 768,
  intermediate_size: 3072,
  num_attention_heads: 12,
  num_hidden_layers: 12,
  pad_token_id: 1,
  projection_dim: 768,
}

const OPENCLIP_TEXT = {
  ...TEXT,
  architectures: ['CLIPTextModelWithProjection'],
  hidden_act: 'gelu',
  hidden_size: 1280,
  intermediate_size: 5120,
  num_attention_heads: 20,
  num_hidden_layers: 32,
  pad_token_id: 1,
  projection_dim: 1280,
}

const SCHEDULER = {
  beta_end: 0.012,
  beta_schedule: 'scaled_linear',
  beta_start: 0.00085,
  clip_sample: false,
  num_train_timesteps: 1000,
  set_alpha_to_one: false,
  skip_prk_steps: true,
  steps_offset: 1,
  trained_betas: null,
}

/** Stable Diffusion 1.5's folder, by file. */
export const SD15_FOLDER = {
  'model_index.json': { _class_name: 'StableDiffusionPipeline', requires_safety_checker: true },
  'scheduler/scheduler_config.json': { ...SCHEDULER, _class_name: 'PNDMScheduler' },
  'text_encoder/config.json': OPENAI_TEXT,
  'unet/config.json': SD15_UNET,
  'vae/config.json': vae(512, {}),
}

/** SDXL base's folder, by file. */
export const SDXL_FOLDER = {
  'model_index.json': { _class_name: 'StableDiffusionXLPipeline', force_zeros_for_empty_prompt: true },
  'scheduler/scheduler_config.json': {
    ...SCHEDULER,
    _class_name: 'EulerDiscreteScheduler',
    interpolation_type: 'linear',
    prediction_type: 'epsilon',
    sample_max_value: 1,
    timestep_spacing: 'leading',
    use_karras_sigmas: false,
  },
  'text_encoder/config.json': OPENAI_TEXT,
  'text_encoder_2/config.json': OPENCLIP_TEXT,
  'unet/config.json': SDXL_UNET,
  'vae/config.json': vae(1024, { force_upcast: true, scaling_factor: 0.13025 }),
}

const vision = (sizes: object) => ({
  ...CLIP,
  architectures: ['CLIPVisionModelWithProjection'],
  image_size: 224,
  model_type: 'clip_vision_model',
  num_channels: 3,
  patch_size: 14,
  ...sizes,
})

/** The image encoders that adapters read: ViT-H, ViT-bigG, and OpenAI's ViT-L. */
export const VISION_CONFIGS = {
  'ViT-H': vision({
    hidden_act: 'gelu',
    hidden_size: 1280,
    intermediate_size: 5120,
    num_attention_heads: 16,
    num_hidden_layers: 32,
    projection_dim: 1024,
  }),
  'ViT-bigG': vision({
    hidden_act: 'gelu',
    hidden_size: 1664,
    intermediate_size: 8192,
    num_attention_heads: 16,
    num_hidden_layers: 48,
    projection_dim: 1280,
  }),
  'ViT-L': vision({
    hidden_act: 'quick_gelu',
    hidden_size: 1024,
    intermediate_size: 4096,
    num_attention_heads: 16,
    num_hidden_layers: 24,
    projection_dim: 768,
  }),
}
