/** Is a checkpoint in one file the model it would be as a folder, whatever its tensors are called and beside whatever else? */
import assert from 'node:assert/strict'
import { cpSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { openCheckpointFile } from '../../companion/models/checkpoint-file.ts'
import { openCheckpoint } from '../../companion/models/checkpoint.ts'
import { openLibrary } from '../../companion/models/library.ts'
import { openClipTokenizer } from '../../companion/models/tokenizer-files.ts'
import { tokenEmbeddings } from '../../companion/networks/clip-text.ts'
import { readRows } from '../../companion/weights/read.ts'
import { writeSafetensors } from '../../companion/weights/write.ts'
import { temporaryFolder } from '../support/craft-safetensors.ts'
import { fixture, readTensors } from '../support/golden.ts'
import { writeHollow } from '../support/hollow-files.ts'
import { sd15Shapes, sdxlShapes, type Shapes } from '../support/original-shapes.ts'

const folder = temporaryFolder()
after(() => folder.dispose())

/** A hollow file of full size. */
function hollow(name: string, shapes: Shapes): string {
  const path = join(folder.path, name)
  writeHollow(path, shapes)
  return path
}
const without = (shapes: Shapes, prefix: string): Shapes =>
  Object.fromEntries(Object.entries(shapes).filter(([name]) => !name.startsWith(prefix)))

describe('without a configuration', () => {
  test('SD1.5 is what its published models are', () => {
    const opened = openCheckpointFile(hollow('v1.safetensors', sd15Shapes()), undefined)
    const { family, towers, pictureSize, zeroNegative, scheduler } = opened
    assert.deepEqual([family, towers.length, pictureSize, zeroNegative], ['sd15', 1, 512, false])
    assert.deepEqual(scheduler, {
      trainSteps: 1000,
      betaStart: 0.00085,
      betaEnd: 0.012,
      stepsOffset: 1,
      alphaToOne: false,
      zeroSnr: false,
      prediction: 'epsilon',
      clip: Infinity,
      sampler: 'pndm',
      spacing: undefined,
      sigmas: undefined,
    })
  })

  test('SDXL has two towers, and a second tokenizer that fills up with "!"', () => {
    const opened = openCheckpointFile(hollow('xl.safetensors', sdxlShapes()), undefined)
    const { family, towers, pictureSize, zeroNegative, scheduler } = opened
    assert.deepEqual([family, pictureSize, zeroNegative, scheduler.sampler], ['sdxl', 1024, true, 'euler'])
    assert.deepEqual(
      towers.map(({ tokenizer }) => tokenizer.encode('hello world', 6)),
      [
        [49406, 3306, 1002, 49407, 49407, 49407],
        [49406, 3306, 1002, 49407, 0, 0],
      ],
    )
  })

  test('marks of velocities, and of training down to noise alone, are read', () => {
    const marked = hollow('v.safetensors', { ...sdxlShapes(), v_pred: [], ztsnr: [] })
    const { prediction, zeroSnr, spacing } = openCheckpointFile(marked, undefined).scheduler
    assert.deepEqual([prediction, zeroSnr, spacing], ['v_prediction', true, 'trailing'])
  })

  test('a file that lacks a part says which, and what to do', () => {
    for (const [prefix, says] of [
      ['first_stage_model.', /holds no autoencoder \(VAE\)\. Use a version/],
      ['conditioner.embedders.1.', /holds no second text encoder\./],
      ['conditioner.', /holds no text encoder and no second text encoder\./],
    ] as const) {
      const path = hollow('lacking.safetensors', without(sdxlShapes(), prefix))
      assert.throws(() => openCheckpointFile(path, undefined), { code: 'model-invalid', message: says })
    }
  })

  test("CLIP's vocabulary is the one its towers were trained with", () => {
    const tokenizer = openClipTokenizer('<|endoftext|>')
    assert.equal(tokenizer.end, 49407)
    assert.deepEqual(tokenizer.encode('a photo of a cat', 7), [49406, 320, 1125, 539, 320, 2368, 49407])
  })
})

describe('with the configuration of a folder', () => {
  const config = fixture('models', 'diffusers', 'tiny15')
  const single = fixture('models', 'checkpoints', 'tiny15-single.safetensors')
  const stored = readTensors(single)
  const bytesOf = (tensor: { file: string; offset: number; bytes: number }) =>
    readFileSync(tensor.file).subarray(tensor.offset, tensor.offset + tensor.bytes)

  test('EMA weights and a safety checker change nothing', async () => {
    const path = join(folder.path, 'extra.safetensors')
    const extra = { shape: [2], data: new Float32Array([1, 2]) }
    await writeSafetensors(path, {
      ...Object.fromEntries(stored),
      'model_ema.diffusion_modelout2bias': extra,
      'safety_checker.concept_embeds': extra,
    })
    const [plain, more] = [single, path].map((file) => openCheckpointFile(file, config))
    const read = ({ unet }: typeof plain & object) => bytesOf(unet.ledger.weights.get('conv_out.bias', [4]))
    assert.deepEqual(read(more!), read(plain!))
  })

  test('its weights are the folder’s', () => {
    const [file, whole] = [openCheckpointFile(single, config), openCheckpoint(config)]
    const rows = [file, whole].map(({ towers: [{ ledger, config: c }] }) => {
      return readRows(tokenEmbeddings(ledger.weights, c), [0, 5, 7])
    })
    assert.deepEqual(rows[0], rows[1])
    assert.deepEqual([file.unet.config, file.vae.config], [whole.unet.config, whole.vae.config])
    assert.deepEqual(file.scheduler, whole.scheduler)
  })
})

describe('the library', () => {
  const library = openLibrary([fixture('models')])

  test('refuses a configuration that is a file, and one for a folder', () => {
    assert.throws(() => library.checkpoint({ file: 'tiny15-single', config: 'tinyxl-single' }), {
      code: 'model-unsupported',
      message: /tinyxl-single\.safetensors is a file and has no configuration\./,
    })
    assert.throws(() => library.checkpoint({ file: 'tiny15', config: 'tiny15' }), {
      code: 'model-unsupported',
      message: /tiny15 is a folder and has a configuration of its own\./,
    })
  })

  test('keeps a file under two configurations apart, and takes a folder before a file', () => {
    const named = { file: 'tiny15-single', config: 'tiny15' }
    assert.equal(library.checkpoint(named), library.checkpoint(named))
    assert.equal(library.checkpoint(named).name, 'tiny15-single')
    assert.equal(library.checkpoint(undefined).name, 'tiny15')
  })

  test('uses a file where there is no folder, and another where the first is refused', () => {
    const alone = temporaryFolder()
    after(() => alone.dispose())
    const open = () => openLibrary([alone.path]).checkpoint(undefined).name
    assert.throws(open, { code: 'model-missing' })
    cpSync(fixture('models', 'checkpoints', 'tiny15-single.safetensors'), join(alone.path, 'a.safetensors'))
    // Of sizes that no published model has, and nothing else there: it says why it is refused.
    assert.throws(open, { code: 'model-unsupported', message: /^a\.safetensors holds a network of sizes/ })
    writeHollow(join(alone.path, 'b.safetensors'), sd15Shapes())
    assert.equal(open(), 'b')
    const whole = join(alone.path, 'z')
    cpSync(fixture('models', 'diffusers', 'tiny15'), whole, { recursive: true })
    assert.equal(open(), 'z')
    rmSync(join(whole, 'scheduler', 'scheduler_config.json'))
    assert.equal(open(), 'b')
  })

  test('lists a file as the checkpoint it is', () => {
    const found = library.entries().filter(({ role, isFolder }) => role === 'checkpoint' && !isFolder)
    assert.deepEqual(
      found.map(({ name, family, variant, place, missing }) => ({ name, family, variant, place, missing })),
      ['tiny15', 'tinyxl'].map((name) => ({
        name: `${name}-single`,
        family: name === 'tiny15' ? 'sd15' : 'sdxl',
        variant: 'base',
        place: `checkpoints/${name}-single.safetensors`,
        missing: undefined,
      })),
    )
  })
})
