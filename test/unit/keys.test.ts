/** Do files of one network after another, in the names of old, hold what diffusers' folders hold? */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { splitCheckpoint, type CheckpointPart } from '../../companion/weights/keys/checkpoint.ts'
import { clipTextKeys, openClipTextKeys, openClipVisionKeys } from '../../companion/weights/keys/clip.ts'
import { translate, type KeyMap } from '../../companion/weights/keys/key-map.ts'
import { controlNetKeys, unetKeys } from '../../companion/weights/keys/unet.ts'
import { vaeKeys } from '../../companion/weights/keys/vae.ts'
import { toFloat32 } from '../../companion/weights/dtype.ts'
import type { StoredTensor } from '../../companion/weights/safetensors.ts'
import { openWeightFile } from '../../companion/weights/weight-file.ts'
import { fixture } from '../support/golden.ts'
import * as original from '../support/original-shapes.ts'

/** Tensors of such shapes that lie nowhere. */
const stored = (shapes: original.Shapes): Map<string, StoredTensor> =>
  new Map(
    Object.entries(shapes).map(([name, shape]) => {
      const bytes = 2 * shape.reduce((product, dim) => product * dim, 1)
      return [name, { name, dtype: 'F16', shape, file: '/models/some.safetensors', offset: 0, bytes }]
    }),
  )

const elements = (tensors: ReadonlyMap<string, StoredTensor>): number =>
  [...tensors.values()].reduce((sum, { bytes }) => sum + bytes / 2, 0)

/** Numbers of a tensor as rows of its shape, whichever way they lie. */
function numbers({ file, offset, bytes, dtype, shape, transposed }: StoredTensor): number[] {
  const floats = toFloat32(readFileSync(file).subarray(offset, offset + bytes), dtype)!
  const [rows = 1, columns = 1] = shape
  return transposed
    ? Array.from({ length: floats.length }, (_, i) => floats[(i % columns) * rows + Math.floor(i / columns)]!)
    : [...floats]
}

describe('the fixtures in one file are those in folders', () => {
  const folders: Record<CheckpointPart, string> = {
    unet: 'unet/diffusion_pytorch_model.safetensors',
    vae: 'vae/diffusion_pytorch_model.safetensors',
    textEncoder: 'text_encoder/model.safetensors',
    textEncoder2: 'text_encoder_2/model.safetensors',
  }
  for (const [family, name, parts] of [
    ['sd15', 'tiny15', ['unet', 'vae', 'textEncoder']],
    ['sdxl', 'tinyxl', ['unet', 'vae', 'textEncoder', 'textEncoder2']],
  ] as const) {
    const split = splitCheckpoint(
      openWeightFile(fixture('models', 'checkpoints', `${name}-single.safetensors`)).tensors,
    )
    test(`${name} is of its family, and nothing is left over`, () => {
      assert.equal(split.family, family)
      assert.deepEqual(split.ignored, [])
      assert.equal(split.parts.textEncoder2.size > 0, family === 'sdxl')
    })
    for (const part of parts) {
      test(`${name}: ${part}`, () => {
        const folder = openWeightFile(fixture('models', 'diffusers', name, folders[part])).tensors
        const expected = part.startsWith('text') ? translate(folder, clipTextKeys) : folder
        const found = split.parts[part]
        assert.deepEqual([...found.keys()].sort(), [...expected.keys()].sort())
        for (const [key, tensor] of found) {
          assert.deepEqual(tensor.shape, expected.get(key)!.shape, key)
          assert.deepEqual(numbers(tensor), numbers(expected.get(key)!), key)
        }
      })
    }
  }
})

describe('whole networks, one name for each', () => {
  const cases: [name: string, map: KeyMap, shapes: original.Shapes, tensors: number, elements?: number][] = [
    ['SD1.5 UNet', unetKeys, original.unetShapes(original.SD15), 686, 859_520_964],
    ['SDXL UNet', unetKeys, original.unetShapes(original.SDXL), 1680, 2_567_463_684],
    ['autoencoder', vaeKeys(Object.keys(original.vaeShapes())), original.vaeShapes(), 248, 83_653_863],
    ['SD1.5 ControlNet', controlNetKeys, original.controlNetShapes(original.SD15), 340],
    ['ViT-H', openClipVisionKeys, original.openClipVisionShapes(1280, 32, 1024), 520, 632_076_800],
    ['ViT-bigG', openClipVisionKeys, original.openClipVisionShapes(1664, 48, 1280, 8192), 776, 1_844_907_264],
  ]
  for (const [name, map, shapes, tensors, expected] of cases) {
    test(name, () => {
      const found = translate(stored(shapes), map)
      assert.equal(found.size, tensors)
      if (expected !== undefined) assert.equal(elements(found), expected)
      // Names in diffusers' way stay as they are, so that a second pass changes nothing.
      const again = name.startsWith('ViT') ? found : translate(found, map)
      assert.deepEqual([...again.keys()], [...found.keys()])
    })
  }

  test('the text tower of SDXL has its thirds side by side and its projection turned', () => {
    const { logit_scale: unused, ...shapes } = original.openClipTextShapes(1280, 32)
    assert.deepEqual(unused, [])
    const found = translate(stored(shapes), openClipTextKeys)
    assert.equal(found.size, 517)
    const at = (name: string) => found.get(`text_model.encoder.layers.31.self_attn.${name}`)!
    for (const [third, name] of ['q', 'k', 'v'].entries()) {
      assert.deepEqual(at(`${name}_proj.weight`).shape, [1280, 1280])
      assert.equal(at(`${name}_proj.weight`).offset, third * 2 * 1280 * 1280)
      assert.equal(at(`${name}_proj.bias`).offset, third * 2 * 1280)
    }
    assert.equal(new Set([...found.values()].map(({ name }) => name)).size, found.size, 'one name in a graph for each')
    assert.equal(found.get('text_projection.weight')!.transposed, true)
  })

  test('whole checkpoints', () => {
    const sizes = (shapes: original.Shapes) =>
      Object.values(splitCheckpoint(stored(shapes)).parts).map((part) => part.size)
    assert.deepEqual(sizes(original.sd15Shapes()), [686, 248, 196, 0])
    assert.deepEqual(sizes(original.sdxlShapes()), [1680, 248, 196, 517])
  })
})

describe('refused or passed over', () => {
  const base = original.sd15Shapes()
  const split = (more: original.Shapes) => splitCheckpoint(stored({ ...base, ...more }))

  test('what no network needs is passed over with the reason', () => {
    const more = {
      'model_ema.diffusion_modeltime_embed0weight': [1],
      alphas_cumprod: [1000],
      'cond_stage_model.transformer.text_model.embeddings.position_ids': [1, 77],
      'safety_checker.concept_embeds': [17, 768],
    }
    const { ignored } = split(more)
    assert.deepEqual(ignored.map((line) => line.split(': ')[0]).sort(), Object.keys(more).sort())
    for (const line of ignored) assert.match(line, /: [a-z ,]+$/)
  })

  const message = (more: original.Shapes, expected: RegExp) =>
    assert.throws(() => split(more), { code: 'model-unsupported', message: expected })

  test('what belongs nowhere is named', () => {
    message({ 'surprise.weight': [1] }, /some\.safetensors cannot be used: the tensor "surprise\.weight" belongs to no/)
    message({ 'model.diffusion_model.input_blocks.1.0.surprise.weight': [1] }, /input_blocks\.1\.0\.surprise\.weight"/)
    message({ 'first_stage_model.decoder.up.0.block.7.conv1.weight': [1] }, /decoder\.up\.0\.block\.7\.conv1\.weight"/)
  })

  test('two tensors for one place', () => {
    message({ 'model.diffusion_model.conv_in.weight': [320, 4, 3, 3] }, /both stand for "conv_in\.weight"/)
    message({ 'unet.conv_in.weight': [320, 4, 3, 3] }, /"unet\.conv_in\.weight" is of a network that it holds twice/)
  })

  test('shapes that cannot be what their names say', () => {
    message({ 'first_stage_model.decoder.mid.attn_1.q.weight': [512, 512, 3, 3] }, /no convolution of one pixel/)
  })

  test('other families by name', () => {
    message({ 'conditioner.embedders.0.model.ln_final.weight': [1280] }, /SDXL refiner/)
    message({ 'cond_stage_model.model.ln_final.weight': [1024] }, /Stable Diffusion 2/)
  })
})
