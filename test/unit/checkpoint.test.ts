/** Is a model opened only when every tensor of every file is where its configuration puts it? */
import assert from 'node:assert/strict'
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { openAdapter, readAdapterConfig } from '../../companion/models/adapter.ts'
import { openCheckpoint } from '../../companion/models/checkpoint.ts'
import { openImageEncoder } from '../../companion/models/image-encoder.ts'
import { writeSafetensors } from '../../companion/weights/write.ts'
import { openSafetensors } from '../../companion/weights/safetensors.ts'
import { temporaryFolder } from '../support/craft-safetensors.ts'
import { T15 } from '../support/golden-networks.ts'
import { fixture, readTensors } from '../support/golden.ts'

const folder = temporaryFolder()
after(() => folder.dispose())

const UNET = 'unet/diffusion_pytorch_model.safetensors'
const VAE = 'vae/diffusion_pytorch_model.safetensors'
const TEXT = 'text_encoder/model.safetensors'

type Tensors = Record<string, { shape: readonly number[]; data: Float32Array }>

/** A copy of a model among the fixtures, with the tensors of one of its files changed. */
async function changed(model: string[], file: string, change: (tensors: Tensors) => void): Promise<string> {
  const copy = join(folder.path, model.at(-1)!)
  rmSync(copy, { recursive: true, force: true })
  cpSync(fixture('models', ...model), copy, { recursive: true })
  const path = file === '' ? copy : join(copy, file)
  const tensors: Tensors = Object.fromEntries(readTensors(path))
  change(tensors)
  await writeSafetensors(path, tensors)
  return copy
}
const tiny15 = (file: string, change: (tensors: Tensors) => void) => changed(['diffusers', 'tiny15'], file, change)
const one = (...shape: number[]) => ({ shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)) })

describe('a checkpoint', () => {
  test('opens whole, and computes in the precision its files are written in', async () => {
    const copy = await tiny15(UNET, () => undefined)
    const dtypes = [copy, fixture('models', 'diffusers', 'tiny15')].map((path) => {
      openCheckpoint(path)
      return openSafetensors(join(path, UNET)).tensors.get('conv_in.weight')!.dtype
    })
    assert.deepEqual(dtypes, ['F32', 'F16'])
  })

  const wrong: [what: string, file: string, change: (tensors: Tensors) => void, says: RegExp][] = [
    [
      'lacks a tensor of its UNet',
      UNET,
      (t) => delete t['mid_block.resnets.1.norm2.bias'],
      /lacks the tensor "mid_block\.resnets\.1\.norm2\.bias" \[32\]/,
    ],
    [
      'lacks one that only the time embedding uses',
      UNET,
      (t) => delete t['time_embedding.linear_2.bias'],
      /lacks .*time_embedding\.linear_2\.bias/,
    ],
    [
      'lacks one that only the prompt uses',
      UNET,
      (t) => delete t['mid_block.attentions.0.transformer_blocks.0.attn2.to_v.weight'],
      /attn2\.to_v/,
    ],
    ['lacks one of its encoder', VAE, (t) => delete t['encoder.conv_in.bias'], /lacks .*encoder\.conv_in\.bias/],
    [
      'lacks its words',
      TEXT,
      (t) => {
        for (const name of Object.keys(t)) if (name.includes('token_embedding')) delete t[name]
      },
      /lacks .*token_embedding\.weight/,
    ],
    [
      'has one more',
      UNET,
      (t) => (t['add_embedding.linear_1.weight'] = one(4)),
      /has the tensor "add_embedding\.linear_1\.weight" that its configuration does not use/,
    ],
    ['has one more in its autoencoder', VAE, (t) => (t['decoder.extra'] = one(1)), /"decoder\.extra"/],
    [
      'has one of another shape',
      UNET,
      (t) => (t['conv_out.weight'] = one(8, 16, 3, 3)),
      /"conv_out\.weight" is \[8, 16, 3, 3\] where the configuration asks for \[4, 16, 3, 3\]/,
    ],
  ]
  for (const [what, file, change, says] of wrong) {
    test(what, async () => {
      const copy = await tiny15(file, change)
      assert.throws(() => openCheckpoint(copy), { code: 'model-invalid', message: says })
    })
  }

  test('may store position numbers, which every version counts for itself', async () => {
    openCheckpoint(await tiny15(TEXT, (t) => (t['text_model.embeddings.position_ids'] = one(1, 77))))
  })

  test('of parts that do not belong together', async () => {
    const copy = await tiny15(UNET, () => undefined)
    const path = join(copy, 'unet', 'config.json')
    const config = JSON.parse(readFileSync(path, 'utf8')) as object
    writeFileSync(path, JSON.stringify({ ...config, cross_attention_dim: 32 }))
    assert.throws(() => openCheckpoint(copy), { code: 'model-invalid' })
  })

  const told: [what: string, file: string, change: object, code: string, says: RegExp][] = [
    [
      'a summary of another width',
      'unet/config.json',
      { addition_time_embed_dim: 7 },
      'model-invalid',
      /38 wide.* 32\./,
    ],
    ['a picture of two sides', 'unet/config.json', { sample_size: [8, 8] }, 'model-unsupported', /"sample_size"/],
    [
      'zeros by a word',
      'model_index.json',
      { force_zeros_for_empty_prompt: 'yes' },
      'model-unsupported',
      /"force_zeros_/,
    ],
  ]
  for (const [what, file, change, code, message] of told) {
    test(`whose configuration speaks of ${what}`, async () => {
      const copy = await changed(['diffusers', 'tinyxl'], UNET, () => undefined)
      const path = join(copy, file)
      writeFileSync(path, JSON.stringify({ ...(JSON.parse(readFileSync(path, 'utf8')) as object), ...change }))
      assert.throws(() => openCheckpoint(copy), { code, message })
    })
  }

  test('without a file', async () => {
    const copy = await tiny15(UNET, () => undefined)
    rmSync(join(copy, VAE))
    assert.throws(() => openCheckpoint(copy), {
      code: 'model-invalid',
      message: /vae lacks diffusion_pytorch_model\.safetensors/,
    })
  })
})

describe('an image encoder', () => {
  test('lacks a tensor, or has one more', async () => {
    const encoder = (change: (tensors: Tensors) => void) =>
      changed(['clip_vision', 'tiny-vit'], 'model.safetensors', change)
    const lacking = await encoder((t) => delete t['visual_projection.weight'])
    assert.throws(() => openImageEncoder({ path: lacking, isFolder: true }), {
      code: 'model-invalid',
      message: /lacks .*visual_projection\.weight/,
    })
    const more = await encoder((t) => (t['logit_scale'] = one(1)))
    assert.throws(() => openImageEncoder({ path: more, isFolder: true }), {
      code: 'model-invalid',
      message: /"logit_scale"/,
    })
  })
})

describe('an adapter', () => {
  const adapter = (change: (tensors: Tensors) => void) =>
    changed(['ipadapter', 'ip-adapter_tiny15.safetensors'], '', change)
  const open = (path: string) => openAdapter(path, readAdapterConfig(path), T15, 1)

  test('opens for the UNet it was made for', async () => {
    const { config } = open(await adapter(() => undefined))
    assert.deepEqual(config, { kind: 'base', tokens: 4, width: 24, features: 40 })
  })

  test('lacks a layer, or has one more', async () => {
    const lacking = await adapter((t) => delete t['ip_adapter.31.to_v_ip.weight'])
    assert.throws(() => open(lacking), { code: 'model-invalid', message: /lacks .*ip_adapter\.31\.to_v_ip\.weight/ })
    const more = await adapter((t) => (t['ip_adapter.33.to_k_ip.weight'] = one(32, 24)))
    assert.throws(() => open(more), { code: 'model-invalid', message: /"ip_adapter\.33\.to_k_ip\.weight"/ })
  })

  test('was made for another UNet', async () => {
    const path = await adapter(() => undefined)
    const wider = { ...T15, widths: [16, 24, 32, 64] }
    assert.throws(() => openAdapter(path, readAdapterConfig(path), wider, 1), {
      code: 'model-invalid',
      message: /ip_adapter\.31.*\[32, 24\].*\[64, 24\]/,
    })
  })

  test('is another kind of file', () => {
    const vision = fixture('models', 'clip_vision', 'tiny-vit', 'model.safetensors')
    assert.throws(() => readAdapterConfig(vision), {
      code: 'model-unsupported',
      message: /no IP-Adapter that Imprint knows/,
    })
  })
})
