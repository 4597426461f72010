/** Configurations as the published models' config.json files have them; what differs from them is said. */

const UNET = {
  _class_name: 'UNet2DConditionModel',
  in_channels: 4,
  out_channels: 4,
  layers_per_block: 2,
  norm_num_groups: 32,
}

/** A text tower of the right width with one layer and a small vocabulary: what is measured is the UNet. */
const textTower = (width: number, activation: string) => ({
  vocab_size: 2048,
  hidden_size: width,
  num_hidden_layers: 1,
  num_attention_heads: width / 64,
  intermediate_size: 4 * width,
  hidden_act: activation,
  max_position_embeddings: 77,
  projection_dim: width,
})

/** The models whose size the benchmark measures. */
export const FULL_SIZE = {
  sd15: {
    title: 'Stable Diffusion 1.5',
    side: 512,
    pipeline: 'StableDiffusionPipeline',
    unet: {
      ...UNET,
      sample_size: 64,
      block_out_channels: [320, 640, 1280, 1280],
      down_block_types: ['CrossAttnDownBlock2D', 'CrossAttnDownBlock2D', 'CrossAttnDownBlock2D', 'DownBlock2D'],
      up_block_types: ['UpBlock2D', 'CrossAttnUpBlock2D', 'CrossAttnUpBlock2D', 'CrossAttnUpBlock2D'],
      cross_attention_dim: 768,
      attention_head_dim: 8,
    },
    towers: [textTower(768, 'quick_gelu')],
  },
  sdxl: {
    title: 'SDXL',
    side: 1024,
    pipeline: 'StableDiffusionXLPipeline',
    unet: {
      ...UNET,
      sample_size: 128,
      block_out_channels: [320, 640, 1280],
      down_block_types: ['DownBlock2D', 'CrossAttnDownBlock2D', 'CrossAttnDownBlock2D'],
      up_block_types: ['CrossAttnUpBlock2D', 'CrossAttnUpBlock2D', 'UpBlock2D'],
      cross_attention_dim: 2048,
      attention_head_dim: [5, 10, 20],
      transformer_layers_per_block: [1, 2, 10],
      use_linear_projection: true,
      addition_embed_type: 'text_time',
      addition_time_embed_dim: 256,
      projection_class_embeddings_input_dim: 2816,
    },
    towers: [textTower(768, 'quick_gelu'), textTower(1280, 'gelu')],
  },
} as const

export type FullSize = keyof typeof FULL_SIZE
