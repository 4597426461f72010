/** Does each network for faces run once, on what it is meant for, and IdentityNet on the face instead of the words? */
import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import type { Result } from '../../companion/engine/engine.ts'
import { imprint } from '../../companion/jobs/imprint.ts'
import type { Raster } from '../../shared/raster.ts'
import type { Control, Recipe, Reference } from '../../shared/recipe.ts'
import { changedModel } from '../support/changed-model.ts'
import { relativeDifference } from '../support/close.ts'
import { temporaryFolder } from '../support/craft-safetensors.ts'
import { writeFaceModels, writeFacePacks } from '../support/face-models.ts'
import { portrait } from '../support/face-pictures.ts'
import { fixture } from '../support/golden.ts'
import { hashInput } from '../support/hash-weights.ts'
import { tinyWorkshop } from '../support/tiny15.ts'

const models = temporaryFolder()
after(() => models.dispose())
await writeFaceModels(models.path)
writeFacePacks(models.path)
await changedModel(models.path, 'told', { time_cond_proj_dim: 8 }, (tensors) => {
  tensors.set('time_embedding.cond_proj.weight', { shape: [16, 8], data: hashInput('told', 128) })
})

const [ada, eve] = [portrait({ x: 20, y: 30, cells: 1 }), portrait({ x: 44, y: 12, cells: 1 })]
const pictures: Readonly<Record<string, Raster>> = { ada, eve, nobody: portrait() }
const faces = { ada: [hashInput('ada', 512)], eve: [hashInput('eve', 512)] }
const STEPS = 2
const ALWAYS = { unet: 2 * STEPS, 'vae-decoder': 1 }

/** Runs one after the other in one workshop. */
function studio(
  common: Partial<Recipe>,
): (references: readonly Reference[], changes?: Partial<Recipe>) => Promise<Result> {
  const shop = tinyWorkshop(models.path, fixture('models', 'ipadapter'))
  return async (references, changes = {}) => {
    const recipe: Recipe = {
      prompt: 'a fox',
      negativePrompt: 'dull',
      size: [64, 64],
      seed: 1,
      steps: STEPS,
      guidance: 5,
      ...common,
      references: [...references],
      ...changes,
    }
    let result: Result | undefined
    for await (const event of imprint(shop, { recipe, pictures, faces, dump: true }))
      if (event.type === 'result') result = event
    return result!
  }
}

const latents = (result: Result): Float32Array => result.dump!['latents']!.data
const differ = (one: Result, other: Result) => assert.ok(relativeDifference(latents(one), latents(other)) > 1e-3)

describe('FaceID', () => {
  const run = studio({ checkpoint: 'tiny15' })
  const ada: Reference = { image: 'ada', adapter: 'faceid' }

  test('looks for a face once, however often its weight moves', async () => {
    const first = await run([ada])
    const { 'clip-text': text, ...rest } = first.runs
    assert.ok(text)
    assert.deepEqual(rest, {
      ...ALWAYS,
      ...{ 'face-detector': 1, 'face-recogniser': 1, 'ip-adapter': 2 },
      ...{ 'unet-text': 2, 'unet-time': STEPS },
    })
    const stronger = await run([{ ...ada, weight: 1.5 }])
    assert.deepEqual(stronger.runs, ALWAYS)
    differ(first, stronger)
  })

  test('Plus looks at what was found, and another shortcut is another face', async () => {
    const plus: Reference = { ...ada, adapter: 'plusv2' }
    const first = await run([plus])
    assert.deepEqual([first.runs['face-recogniser'], first.runs['clip-vision']], [undefined, 2])
    const shorter = await run([{ ...plus, shortcut: 0.5 }])
    assert.deepEqual(shorter.runs, { ...ALWAYS, 'ip-adapter': 2 })
    differ(first, shorter)
  })

  test('of several pictures each shows a face, which all count', async () => {
    const [alone, two] = [await run([ada]), await run([{ images: ['ada', 'eve'], adapter: 'faceid' }])]
    assert.deepEqual([two.runs['face-detector'], two.runs['ip-adapter']], [1, 1])
    differ(alone, two)
  })

  test('a model that is told the guidance as a number is given no face to steer away from', async () => {
    const { runs } = await run([{ embedding: 'ada', adapter: 'faceid' }], { checkpoint: 'told', sampler: 'lcm' })
    assert.deepEqual([runs['unet'], runs['ip-adapter']], [STEPS, 1])
  })
})

describe('IdentityNet', () => {
  const identity: Control = { controlnet: 'identity', reads: 'face' }
  const run = studio({ checkpoint: 'tinyxl', controls: [identity] })
  const ada: Reference = { image: 'ada', adapter: 'instantid' }

  test('reads the face on either side of guidance, and other words change nothing for it', async () => {
    const first = await run([ada])
    assert.deepEqual([first.runs['controlnet-text'], first.runs['controlnet-hint']], [2, 1])
    const reworded = await run([ada], { prompt: 'an owl', negativePrompt: 'loud' })
    assert.equal(reworded.runs['unet-text'], 2)
    assert.equal(reworded.runs['controlnet-text'], undefined)
    const other = await run([{ ...ada, image: 'eve' }])
    assert.deepEqual([other.runs['controlnet-text'], other.runs['controlnet-hint']], [1, 1])
    differ(first, other)
  })

  test('is another control where it reads the words', async () => {
    const words = [{ ...identity, image: 'ada', reads: 'prompt' as const }]
    const face = [{ ...identity, image: 'ada' }]
    differ(await run([ada], { controls: words }), await run([ada], { controls: face }))
  })

  test('takes the first reference that is a face, and draws it unless given a picture', async () => {
    const plain: Reference = { image: 'eve', adapter: 'ip-adapter_tinyxl' }
    const eve: Reference = { ...ada, image: 'eve' }
    const [first, second] = [await run([plain, ada, eve]), await run([plain, eve, ada])]
    differ(first, second)
    const posed = await run([plain, ada, eve], { controls: [{ ...identity, image: 'nobody' }] })
    assert.equal(posed.runs['controlnet-hint'], 1)
    differ(first, posed)
  })

  test('sees nobody where no reference is a face, and no pose in numbers', async () => {
    await assert.rejects(run([{ image: 'ada', adapter: 'ip-adapter_tinyxl' }]), {
      code: 'recipe-invalid',
      message: /^recipe\.controls\.0: it reads a face, and no reference gives one\. Add a reference with an InstantID/,
    })
    await assert.rejects(run([{ embedding: 'ada', adapter: 'instantid' }]), {
      code: 'recipe-invalid',
      message:
        /^recipe\.controls\.0\.image: a face that comes as numbers has no pose to draw\. Give a picture of the pose\.$/,
    })
  })
})
