/** Is every file known for what it is when its name says something else? Files of full size, hollow ones. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { closeSync, ftruncateSync, openSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { after, describe, test } from 'node:test'
import { findModels } from '../../companion/models/catalog.ts'
import {
  adapterKeys,
  adapterShapes,
  projectionShapes,
  trainedAdapterShapes,
  type AdapterVariant,
  type Family,
} from '../support/adapter-shapes.ts'
import { archive, stream, word } from '../support/craft-pickle.ts'
import { safetensorsBytes, temporaryFolder } from '../support/craft-safetensors.ts'
import { hollowPickle, writeHollow } from '../support/hollow-files.ts'
import * as original from '../support/original-shapes.ts'
import * as small from '../support/small-shapes.ts'

const folder = temporaryFolder()
after(() => folder.dispose())

const UNET = 'model.diffusion_model.'
const REFINER: original.Shapes = {
  ...original.beginning(UNET, original.unetShapes({ ...original.SDXL, context: 1280, added: 2560 })),
  ...original.beginning('first_stage_model.', original.vaeShapes()),
  ...original.beginning('conditioner.embedders.0.model.', original.openClipTextShapes()),
}

/** What the file is, and what it holds: tensors by name, or all its bytes. */
type Made = readonly [is: string, holds: original.Shapes | Buffer]

/** Every name is wrong on purpose. */
const FILES: Readonly<Record<string, Made>> = {
  'portrait-lora.safetensors': ['checkpoint sd15 base', original.sd15Shapes()],
  'kl-f8-vae.ckpt': ['checkpoint sd15 inpaint', original.sd15Shapes(9)],
  'ip-adapter_sd15.safetensors': ['checkpoint sdxl base', original.sdxlShapes()],
  '4x-upscaler.pt': ['checkpoint sdxl v-prediction', { ...original.sdxlShapes(), v_pred: [] }],
  'v1-5-pruned.safetensors': ['checkpoint sdxl refiner', REFINER],
  'clip_g.ckpt': ['checkpoint sd15 base', hollowPickle({ state_dict: withoutTables(original.sd15Shapes()) })],
  'embedding.safetensors': ['unet sdxl base', original.unetShapes(original.SDXL)],
  'control.safetensors': ['unet sd15 base', original.beginning(UNET, original.unetShapes(original.SD15))],
  'xl-base.safetensors': [
    'controlnet sd15',
    original.beginning('control_model.', original.controlNetShapes(original.SD15)),
  ],
  'model.pth': ['controlnet sdxl', original.controlNetShapes(original.SDXL)],
  'unet.safetensors': ['vae', original.vaeShapes()],
  'adapter.safetensors': ['vae', original.beginning('first_stage_model.', original.vaeShapes())],
  'ip-adapter-plus_sdxl.safetensors': ['adapter sd15 base', adapterShapes('base', 'sd15')],
  'ip-adapter_sdxl.safetensors': ['adapter sdxl plus', adapterShapes('plus', 'sdxl')],
  'faceid.safetensors': ['adapter sd15 full', adapterShapes('full', 'sd15')],
  'plusv2.bin': ['adapter sd15 faceid', hollowPickle(nested('faceid', 'sd15'))],
  'instantid.safetensors': ['adapter sdxl faceid-plus', adapterShapes('faceid-plus', 'sdxl')],
  'full-face.bin': ['adapter sd15 portrait', hollowPickle(nested('portrait', 'sd15'))],
  'ip-adapter.safetensors': ['adapter sdxl instantid', hollowPickle(nested('instantid', 'sdxl'))],
  'controlnet.safetensors': ['adapter sd15 faceid-plus', adapterShapes('faceid-plus', 'sd15')],
  // The one kind whose name is asked, since nothing else tells it from the one before.
  'lora-plusv2.safetensors': ['adapter sd15 faceid-plusv2', adapterShapes('faceid-plus', 'sd15')],
  'vit-g.safetensors': ['adapter sdxl base', adapterShapes('base of bigG', 'sdxl')],
  'optimizer.safetensors': ['adapter sd15 plus', trainedAdapterShapes('plus', 'sd15')],
  'vit-l.safetensors': ['encoder vit-h', original.clipVisionShapes(1280, 32, 1024)],
  'vit-h.safetensors': [
    'encoder vit-bigg',
    original.beginning('visual.', original.openClipVisionShapes(1664, 48, 1280, 8192)),
  ],
  'text.safetensors': ['encoder vit-l', { ...original.clipVisionShapes(1024, 24, 768), ...original.clipTextShapes() }],
  'vision.safetensors': ['text-encoder vit-l', original.clipTextShapes()],
  'clip_l.safetensors': ['text-encoder sdxl vit-bigg', original.openClipTextShapes()],
  'sdxl-style.safetensors': [
    'lora sd15 kohya',
    small.kohyaShapes('lora_unet_down_blocks_1_attentions_0_transformer_blocks_0_attn2_to_k', 768, 640),
  ],
  'sd15-style.safetensors': [
    'lora sdxl kohya',
    small.kohyaShapes('lora_unet_input_blocks_4_1_transformer_blocks_1_attn1_to_q', 640, 640),
  ],
  'checkpoint.safetensors': [
    'lora sdxl peft',
    small.peftShapes('unet.mid_block.attentions.0.transformer_blocks.0.attn2.to_k', 2048, 1280),
  ],
  'hypernetwork.safetensors': [
    'lora sd15 loha',
    small.lohaShapes('lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k', 768, 320),
  ],
  'sd_xl_base.ckpt': ['taesd decoder', hollowPickle({ '': small.taesdDecoderShapes() })],
  'sdxl-vae.pth': ['upscaler esrgan', hollowPickle({ params_ema: small.esrganShapes() })],
  'taesd.pt': ['embedding sd15', hollowPickle({ '': { '<style>': [8, 768] } })],
  'lora.safetensors': ['embedding sdxl', { clip_l: [4, 768], clip_g: [4, 1280] }],
}

function nested(variant: AdapterVariant, family: Family): Record<string, original.Shapes> {
  return { image_proj: projectionShapes(variant, family), ip_adapter: adapterKeys(family) }
}

/** Without the one tensor that would make a pickle's only storage large. */
function withoutTables(shapes: original.Shapes): original.Shapes {
  return Object.fromEntries(Object.entries(shapes).filter(([name]) => !name.includes('token_embedding')))
}

for (const [name, [, holds]] of Object.entries(FILES)) {
  if (Buffer.isBuffer(holds)) folder.put(name, holds)
  else writeHollow(join(folder.path, name), holds)
}

const listed = findModels([folder.path])

describe(`${Object.keys(FILES).length} files under wrong names`, () => {
  for (const [name, [is]] of Object.entries(FILES)) {
    test(`${name}: ${is}`, () => {
      const found = listed.find(({ place }) => place === name)!
      const { role, family, variant, why, missing } = found
      assert.equal([role, family, variant].filter(Boolean).join(' '), is, why)
      // There is no face pack beside them.
      assert.equal(missing?.length, /faceid|portrait|instantid/.test(is) ? 1 : undefined)
    })
  }

  test('and nothing else', () => assert.equal(listed.length, Object.keys(FILES).length))
})

describe('what cannot be used', () => {
  const broken = temporaryFolder()
  after(() => broken.dispose())

  const cases: Readonly<Record<string, [bytes: Uint8Array, why: RegExp]>> = {
    'truncated.safetensors': [
      safetensorsBytes({ 'a.weight': { dtype: 'F16', shape: [4], data_offsets: [0, 8] } }, new Uint8Array(4)),
      /tensor "a\.weight" ends at byte \d+, but the file has only \d+/,
    ],
    'empty.safetensors': [new Uint8Array(0), /empty\.safetensors is empty/],
    'photo.safetensors': [Buffer.from('ffd8ffe000104a46494600010100', 'hex'), /it is a JPEG picture/],
    'forbidden.bin': [archive(stream('cos\nsystem\n(', word('true'), 'tR')), /"os\.system", which Imprint never runs/],
    'flux.safetensors': [
      safetensorsBytes({ 'double_blocks.0.img_attn.qkv.weight': { dtype: 'F16', shape: [0], data_offsets: [0, 0] } }),
      /Flux family/,
    ],
    'strange.safetensors': [
      safetensorsBytes({ 'who.knows': { dtype: 'F16', shape: [0], data_offsets: [0, 0] } }),
      /"who\.knows", are of no kind Imprint knows/,
    ],
  }
  for (const [name, [bytes]] of Object.entries(cases)) broken.put(name, bytes)

  test('is listed with one sentence each', () => {
    const found = Object.fromEntries(findModels([broken.path]).map((entry) => [entry.place, entry]))
    assert.deepEqual(Object.keys(found).sort(), Object.keys(cases).sort())
    for (const [name, [, why]] of Object.entries(cases)) {
      assert.equal(found[name]!.role, 'unknown')
      assert.match(found[name]!.why!, why)
      assert.doesNotMatch(found[name]!.why!, /\n/)
    }
  })

  const imprint = (...args: string[]) =>
    spawnSync(process.execPath, [join(import.meta.dirname, '../../companion/bin/imprint.mjs'), ...args], {
      encoding: 'utf8',
    })

  test('does not keep the others from being listed: the status is 0', () => {
    const { status, stdout } = imprint('models', '--models', broken.path)
    assert.equal(status, 0)
    for (const name of Object.keys(cases)) assert.match(stdout, new RegExp(`unknown +${name.split('.')[0]!} `))
  })

  for (const name of ['truncated.safetensors', 'empty.safetensors', 'photo.safetensors', 'forbidden.bin']) {
    test(`${name} is refused when it is to be used: the status is 2`, () => {
      const out = join(broken.path, 'out.png')
      const { status, stderr } = imprint('generate', '--models', broken.path, '--checkpoint', name, '--out', out)
      assert.equal(status, 2)
      assert.match(stderr, cases[name]![1])
      assert.equal(stderr.trim().split('\n').length, 1, stderr)
    })
  }
})

test('a header is enough: a file of terabytes is known at once', () => {
  const huge = temporaryFolder()
  after(() => huge.dispose())
  const path = join(huge.path, 'x.safetensors')
  writeHollow(path, original.vaeShapes())
  const descriptor = openSync(path, 'r+')
  ftruncateSync(descriptor, 2 ** 41)
  closeSync(descriptor)
  assert.deepEqual(
    findModels([huge.path]).map(({ role, bytes }) => [role, bytes]),
    [['vae', 2 ** 41]],
  )
})
