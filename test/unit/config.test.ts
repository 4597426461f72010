/** Are configurations read as they are meant, and those that ask for another network refused by file and field? */
import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import {
  readControlNetConfig,
  readJson,
  readPipelineConfig,
  readPreprocessing,
  readSchedulerConfig,
  readTextConfig,
  readUNetConfig,
  readVaeConfig,
  readVisionConfig,
} from '../../companion/models/config.ts'
import { CLIP_DEVIATION, CLIP_MEAN } from '../../companion/vision/preprocess.ts'
import { temporaryFolder } from '../support/craft-safetensors.ts'
import { C15, T15, TVAE, VISION } from '../support/golden-networks.ts'
import { fixture, fixtureJson } from '../support/golden.ts'

const folder = temporaryFolder()
after(() => folder.dispose())
mkdirSync(join(folder.path, 'part'))

const tiny15 = ['models', 'diffusers', 'tiny15'] as const
const FILES = {
  unet: [...tiny15, 'unet', 'config.json'],
  vae: [...tiny15, 'vae', 'config.json'],
  text: [...tiny15, 'text_encoder', 'config.json'],
  scheduler: [...tiny15, 'scheduler', 'scheduler_config.json'],
  controlnet: ['models', 'controlnet', 'tiny-cn', 'config.json'],
  vision: ['models', 'clip_vision', 'tiny-vit', 'config.json'],
  preprocessing: ['models', 'clip_vision', 'tiny-vit', 'preprocessor_config.json'],
}
const READERS = {
  unet: readUNetConfig,
  vae: readVaeConfig,
  text: readTextConfig,
  scheduler: readSchedulerConfig,
  controlnet: readControlNetConfig,
  vision: readVisionConfig,
  preprocessing: readPreprocessing,
}
type Kind = keyof typeof FILES

/** Reads a good file in which some fields were changed; undefined takes a field away. */
function readChanged(kind: Kind, changes: Record<string, unknown>): unknown {
  const good = fixtureJson(...FILES[kind]) as Record<string, unknown>
  return READERS[kind](folder.put('part/config.json', JSON.stringify({ ...good, ...changes })))
}

test('the files of a model are the networks they describe', () => {
  assert.deepEqual(readUNetConfig(fixture(...FILES.unet)), T15)
  assert.deepEqual(readVaeConfig(fixture(...FILES.vae)), TVAE)
  assert.deepEqual(readControlNetConfig(fixture(...FILES.controlnet)), C15)
  assert.deepEqual(readVisionConfig(fixture(...FILES.vision)), VISION)
  const preprocessing = { size: 224, mean: [...CLIP_MEAN], deviation: [...CLIP_DEVIATION] }
  assert.deepEqual(readPreprocessing(fixture(...FILES.preprocessing)), preprocessing)
})

describe('refused by file and field', () => {
  const wrong: [Kind, field: string, value: unknown][] = [
    ['unet', 'in_channels', '4'],
    ['controlnet', 'global_pool_conditions', true],
    ['controlnet', 'controlnet_conditioning_channel_order', 'grb'],
    ['controlnet', 'conditioning_channels', 4],
    ['controlnet', 'mid_block_type', 'UNetMidBlock2DSimpleCrossAttn'],
    ['unet', 'block_out_channels', []],
    ['unet', 'block_out_channels', [16, -24, 32, 32]],
    ['unet', 'layers_per_block', 0],
    ['unet', 'attention_head_dim', null],
    ['unet', 'attention_head_dim', [4]],
    ['unet', 'attention_head_dim', 7],
    ['unet', 'transformer_layers_per_block', [1]],
    ['unet', 'norm_num_groups', 7],
    ['controlnet', 'attention_head_dim', [4, 4]],
    ['vae', 'norm_num_groups', 7],
    ['text', 'num_attention_heads', 7],
    ['vision', 'num_attention_heads', 7],
    ['text', 'max_position_embeddings', 2],
    ['unet', 'norm_eps', -1],
    ['unet', 'act_fn', 'gelu'],
    ['unet', 'mid_block_type', 'UNetMidBlock2DSimpleCrossAttn'],
    ['unet', 'time_embedding_type', 'fourier'],
    ['unet', 'flip_sin_to_cos', false],
    ['unet', 'resnet_time_scale_shift', 'scale_shift'],
    ['unet', 'only_cross_attention', true],
    ['unet', 'cross_attention_dim', undefined],
    ['vae', 'latent_channels', 16],
    ['vae', 'use_quant_conv', false],
    ['vae', 'scaling_factor', 0],
    ['vae', '_class_name', 'AsymmetricAutoencoderKL'],
    ['text', 'hidden_act', 'relu'],
    ['text', 'num_hidden_layers', undefined],
    ['vision', 'patch_size', 0],
    ['vision', 'hidden_act', 'silu'],
    ['preprocessing', 'resample', 2],
    ['preprocessing', 'do_center_crop', false],
    ['preprocessing', 'image_mean', [0.5, 0.5]],
    ['scheduler', 'beta_schedule', 'squaredcos_cap_v2'],
    ['scheduler', 'prediction_type', 'flow'],
    ['scheduler', 'timestep_spacing', 'karras'],
    ['scheduler', 'steps_offset', -1],
  ]
  for (const [kind, field, value] of wrong) {
    test(`${kind}: ${field} ${value === undefined ? 'absent' : JSON.stringify(value)}`, () => {
      assert.throws(
        () => readChanged(kind, { [field]: value }),
        ({ code, message }: Error & { code: string }) => {
          assert.equal(code, 'model-unsupported')
          assert.match(message, new RegExp(`^part.config\\.json: .*"${field}[."].* Choose another model\\.$`))
          assert.equal(message.includes('\n'), false)
          return true
        },
      )
    })
  }
  test('up and down blocks of kinds Imprint does not build', () => {
    const types = ['AttnDownBlock2D', 'DownBlock2D', 'DownBlock2D', 'DownBlock2D']
    assert.throws(() => readChanged('unet', { down_block_types: types }), /"down_block_types\.0"/)
  })
})

describe('read as it is meant', () => {
  test('what is absent has the value diffusers gives it', () => {
    const { normEps, linearProjection, depths } = readChanged('unet', {
      norm_eps: undefined,
      use_linear_projection: undefined,
      transformer_layers_per_block: undefined,
    }) as typeof T15
    assert.deepEqual(
      { normEps, linearProjection, depths },
      { normEps: 1e-5, linearProjection: false, depths: [1, 1, 1, 1] },
    )
    assert.equal((readChanged('vae', { scaling_factor: undefined }) as typeof TVAE).scalingFactor, 0.18215)
    const scheduler = readChanged('scheduler', { steps_offset: undefined, set_alpha_to_one: undefined })
    const { stepsOffset, alphaToOne } = scheduler as ReturnType<typeof readSchedulerConfig>
    assert.deepEqual({ stepsOffset, alphaToOne }, { stepsOffset: 0, alphaToOne: undefined })
  })

  test('the sampler and the noise levels a scheduler is used with', () => {
    const told = (changes: Record<string, unknown>) => {
      const { sampler, sigmas } = readChanged('scheduler', changes) as ReturnType<typeof readSchedulerConfig>
      return [sampler, sigmas]
    }
    const solver = { _class_name: 'DPMSolverMultistepScheduler' }
    assert.deepEqual(told({}), ['ddim', undefined])
    assert.deepEqual(told({ ...solver, use_karras_sigmas: true }), ['dpmpp_2m', 'karras'])
    assert.deepEqual(told({ ...solver, algorithm_type: 'sde-dpmsolver++' }), ['dpmpp_2m_sde', undefined])
    assert.deepEqual(told({ algorithm_type: 'sde-dpmsolver++', use_exponential_sigmas: true }), ['ddim', 'exponential'])
    assert.deepEqual(told({ use_karras_sigmas: null, use_beta_sigmas: true }), ['ddim', 'beta'])
  })

  test('what noise-free latents are clipped at', () => {
    const clip = (changes: Record<string, unknown>) =>
      (readChanged('scheduler', changes) as ReturnType<typeof readSchedulerConfig>).clip
    assert.equal(clip({}), Infinity)
    assert.equal(clip({ clip_sample: true, clip_sample_range: undefined }), 1)
    assert.equal(clip({ clip_sample: true, clip_sample_range: 2.5 }), 2.5)
  })

  test('SDXL takes zeros for no negative prompt, unless its file says otherwise', () => {
    const zero = (index: object): boolean =>
      readPipelineConfig(folder.put('part/config.json', JSON.stringify(index))).zeroNegative
    assert.equal(zero({ _class_name: 'StableDiffusionXLPipeline' }), true)
    assert.equal(zero({ _class_name: 'StableDiffusionXLPipeline', force_zeros_for_empty_prompt: false }), false)
    assert.equal(zero({ _class_name: 'StableDiffusionPipeline' }), false)
  })

  test('noise of training that ended without a signal', () => {
    const read = (changes: Record<string, unknown>) => {
      const { zeroSnr, prediction, spacing } = readChanged('scheduler', changes) as ReturnType<
        typeof readSchedulerConfig
      >
      return { zeroSnr, prediction, spacing }
    }
    const asked = { rescale_betas_zero_snr: true, prediction_type: 'v_prediction', timestep_spacing: 'trailing' }
    assert.deepEqual(read(asked), { zeroSnr: true, prediction: 'v_prediction', spacing: 'trailing' })
    assert.equal(read({ rescale_betas_zero_snr: undefined }).zeroSnr, false)
  })

  test('one value per level, or one for all', () => {
    const { heads, depths } = readChanged('unet', {
      attention_head_dim: [2, 3, 4, 8],
      transformer_layers_per_block: [1, 2, 10, 1],
    }) as typeof T15
    assert.deepEqual({ heads, depths }, { heads: [2, 3, 4, 8], depths: [1, 2, 10, 1] })
  })

  test('epsilons are taken from the file', () => {
    assert.equal((readChanged('unet', { norm_eps: 1e-3 }) as typeof T15).normEps, 1e-3)
    assert.equal((readChanged('vision', { layer_norm_eps: 1e-3 }) as typeof VISION).layerNormEps, 1e-3)
  })

  test('a side of a picture, as a number or as height and width', () => {
    for (const crop of [336, { height: 336, width: 336 }]) {
      const { size } = readChanged('preprocessing', { crop_size: crop }) as ReturnType<typeof readPreprocessing>
      assert.equal(size, 336)
    }
  })
})

test('a file that is missing or no JSON is named', () => {
  const message = /^part.config\.json is missing or no JSON file\. Download the model again\.$/
  folder.put('part/config.json', '{"a": ')
  assert.throws(() => readJson(join(folder.path, 'part', 'config.json')), { code: 'model-invalid', message })
  assert.throws(() => readUNetConfig(join(folder.path, 'absent', 'config.json')), { code: 'model-invalid' })
})
