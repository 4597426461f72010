/** Are models found by what they hold, wherever they lie, and is the one meant that a recipe names? */
import assert from 'node:assert/strict'
import { copyFileSync, cpSync, mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { after, describe, test } from 'node:test'
import { findModel, findModels } from '../../companion/models/catalog.ts'
import { temporaryFolder } from '../support/craft-safetensors.ts'
import { fixture } from '../support/golden.ts'

const BASE = fixture('models', 'ipadapter', 'ip-adapter_tiny15.safetensors')
const PLUS = fixture('models', 'ipadapter', 'ip-adapter-plus_tiny15.safetensors')
const made: (() => void)[] = []
after(() => made.forEach((dispose) => dispose()))

/** A models folder with copies of files at the given places. */
function models(files: Readonly<Record<string, string>> = {}): string {
  const { path, dispose } = temporaryFolder()
  made.push(dispose)
  for (const [place, source] of Object.entries(files)) {
    mkdirSync(dirname(join(path, place)), { recursive: true })
    copyFileSync(source, join(path, place))
  }
  return path
}

const summary = (root: string) =>
  Object.fromEntries(findModels([root]).map(({ place, role, variant }) => [place, variant ?? role]))

describe('found', () => {
  test('the fixtures, each for what it is', () => {
    const found = findModels([fixture('models')])
    const roles = Object.fromEntries(
      found.map(({ place, role, variant }) => [place, variant ? `${role} ${variant}` : role]),
    )
    assert.equal(roles['diffusers/tiny15'], 'checkpoint base')
    assert.equal(roles['clip_vision/tiny-vit'], 'encoder')
    assert.equal(roles['ipadapter/ip-adapter_tiny15.safetensors'], 'adapter base')
    assert.equal(roles['ipadapter/ip-adapter-plus_tiny15.safetensors'], 'adapter plus')
    assert.equal(roles['ipadapter/ip-adapter-plus_tiny15.bin'], 'adapter plus')
    assert.equal(roles['ipadapter/ip-adapter-faceid_tiny15.bin'], 'adapter faceid')
    assert.equal(roles['checkpoints/tinyxl-single.safetensors'], 'checkpoint base')
    assert.equal(roles['controlnet/tiny-cn'], 'controlnet')
    assert.equal(roles['loras/tiny15-kohya.safetensors'], 'lora kohya')
    assert.equal(found.length, 13, 'the parts of a checkpoint are not listed beside it')
    for (const { bytes } of found) assert.ok(bytes > 10_000)
  })

  test('under wrong names and deep in folders', () => {
    const root = models({ 'lora/stable-diffusion-v1.safetensors': PLUS, 'a/b/c/vae.safetensors': BASE })
    assert.deepEqual(summary(root), { 'lora/stable-diffusion-v1.safetensors': 'plus', 'a/b/c/vae.safetensors': 'base' })
  })

  test('through links, while broken ones and circles are passed over', () => {
    const elsewhere = models({ 'x/adapter.safetensors': BASE })
    const root = models()
    symlinkSync(join(elsewhere, 'x', 'adapter.safetensors'), join(root, 'file.safetensors'))
    symlinkSync(join(elsewhere, 'x'), join(root, 'folder'))
    symlinkSync(join(root, 'nothing'), join(root, 'broken.safetensors'))
    mkdirSync(join(root, 'circle'))
    symlinkSync(root, join(root, 'circle', 'back'))
    const places = Object.keys(summary(root))
    assert.ok(places.includes('file.safetensors') && places.includes('folder/adapter.safetensors'))
    assert.equal(places.includes('broken.safetensors'), false)
  })

  test('damaged files with the reason, other files not at all', () => {
    const root = models()
    writeFileSync(join(root, 'cut.safetensors'), Buffer.alloc(4))
    writeFileSync(join(root, 'readme.txt'), 'hello')
    const [cut, ...others] = findModels([root])
    assert.deepEqual(others, [])
    assert.equal(cut!.role, 'unknown')
    assert.match(cut!.why!, /cut\.safetensors is damaged/)
  })

  test('a checkpoint that is damaged does not hide what lies beside it', () => {
    const root = models({ 'good.safetensors': BASE })
    mkdirSync(join(root, 'bad'))
    writeFileSync(join(root, 'bad', 'model_index.json'), '{')
    const found = Object.fromEntries(findModels([root]).map(({ place, role }) => [place, role]))
    assert.deepEqual(found, { bad: 'unknown', 'good.safetensors': 'adapter' })
  })

  test('a checkpoint whose weights are cut short or whose settings are no JSON, with the file that is at fault', () => {
    const root = models()
    const faults = {
      'unet/diffusion_pytorch_model.safetensors': (file: string) => truncateSync(file, 1000),
      'imprint.json': (file: string) => writeFileSync(file, '{"weight": 0.5,'),
    }
    for (const [place, spoil] of Object.entries(faults)) {
      const folder = join(root, 'mine')
      cpSync(fixture('models', 'diffusers', 'tiny15'), folder, { recursive: true })
      spoil(join(folder, place))
      const mine = findModels([root]).find(({ place }) => place === 'mine')!
      assert.equal(mine.role, 'unknown')
      assert.match(mine.why!, new RegExp(`\\bmine/${place} `))
      rmSync(folder, { recursive: true })
    }
  })

  test('whole models by whichever pipeline saved them, but for those of other families', () => {
    const root = models()
    const families = {
      StableDiffusionPipeline: 'sd15',
      StableDiffusionControlNetImg2ImgPipeline: 'sd15',
      LatentConsistencyModelPipeline: 'sd15',
      StableDiffusionXLPipeline: 'sdxl',
      StableDiffusionXLControlNetPipeline: 'sdxl',
      StableDiffusionXLInpaintPipeline: 'sdxl',
      StableDiffusion3Pipeline: undefined,
      FluxPipeline: undefined,
      StableDiffusionUpscalePipeline: undefined,
    }
    for (const name of Object.keys(families)) {
      mkdirSync(join(root, name))
      writeFileSync(join(root, name, 'model_index.json'), JSON.stringify({ _class_name: name }))
    }
    assert.deepEqual(Object.fromEntries(findModels([root]).map(({ place, family }) => [place, family])), families)
  })

  test('in folders that are there', () => {
    const root = models({ 'a.safetensors': BASE })
    assert.equal(findModels([join(root, 'absent'), root]).length, 1)
    assert.deepEqual(findModels([]), [])
  })
})

describe('meant', () => {
  const find = (root: string, name: string) => findModel(findModels([root]), 'adapter', name).place

  test('by path, by file name, by stem', () => {
    const root = models({ 'a/one.safetensors': BASE, 'b/two.safetensors': PLUS })
    for (const name of ['b/two.safetensors', 'two.safetensors', 'two'])
      assert.equal(find(root, name), 'b/two.safetensors')
  })

  test('a safetensors file before a pickle of its stem', () => {
    const root = models({ 'x.safetensors': BASE })
    writeFileSync(join(root, 'x.bin'), 'junk')
    assert.equal(find(root, 'x'), 'x.safetensors')
  })

  test('one of two of a name only by its path', () => {
    const root = models({ 'a/x.safetensors': BASE, 'b/x.safetensors': PLUS })
    const message = 'Two models are called "x": a/x.safetensors and b/x.safetensors. Name one by its path.'
    assert.throws(() => find(root, 'x'), { code: 'model-missing', message })
    assert.equal(find(root, 'a/x.safetensors'), 'a/x.safetensors')
  })

  test('of the role that is asked for', () => {
    const root = models({ 'tiny15.safetensors': BASE })
    cpSync(fixture('models', 'diffusers', 'tiny15'), join(root, 'tiny15'), { recursive: true })
    const all = findModels([root])
    assert.equal(findModel(all, 'checkpoint', 'tiny15').place, 'tiny15')
    assert.equal(findModel(all, 'adapter', 'tiny15').place, 'tiny15.safetensors')
  })

  test('nothing by another name: what there is instead is said', () => {
    const root = models({ 'a/one.safetensors': BASE, 'two.safetensors': PLUS })
    assert.throws(() => find(root, 'three'), {
      code: 'model-missing',
      message: /No adapter is called "three"; there is two, one\./,
    })
    assert.throws(() => find(models(), 'three'), { code: 'model-missing', message: /there is no adapter at all/ })
  })

  test('what is of another kind is told from what is not there', () => {
    const root = models({ 'x.safetensors': BASE })
    assert.throws(() => findModel(findModels([root]), 'lora', 'x'), {
      code: 'model-unsupported',
      message: 'x.safetensors cannot be used as lora: it is of the kind adapter. Name another.',
    })
  })

  test('a damaged file is not passed over, but refused with the reason', () => {
    const root = models()
    writeFileSync(join(root, 'x.safetensors'), Buffer.alloc(4))
    assert.throws(() => find(root, 'x'), {
      code: 'model-unsupported',
      message: /x\.safetensors cannot be used as adapter: .*damaged/,
    })
  })
})
