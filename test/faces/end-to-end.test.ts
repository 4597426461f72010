/** Does a face reach the picture: seen, set upright, recognised, made into tokens, and read by UNet and IdentityNet? */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { writePng } from '../../companion/cli/pictures.ts'
import { clipCrop, faceIn } from '../../companion/jobs/faces.ts'
import { drawKeyPoints } from '../../companion/vision/faces/key-point-picture.ts'
import { writeSafetensors } from '../../companion/weights/write.ts'
import type { Recipe, Reference } from '../../shared/recipe.ts'
import { imprint, type Ended } from '../support/cli.ts'
import { temporaryFolder } from '../support/craft-safetensors.ts'
import { writeFaceModels, writeFacePacks } from '../support/face-models.ts'
import { portrait } from '../support/face-pictures.ts'
import { readTensors } from '../support/golden.ts'
import { tinyWorkshop } from '../support/tiny15.ts'

/** Models without the packs, and with them. */
const [models, packed, work] = [temporaryFolder(), temporaryFolder(), temporaryFolder()]
after(() => [models, packed, work].forEach(({ dispose }) => dispose()))
await writeFaceModels(models.path)
await writeFaceModels(packed.path)
writeFacePacks(packed.path)
const file = (name: string) => join(work.path, name)

/** What the picture shows, as Imprint sees it with either pack. */
const picture = portrait({ x: 20, y: 30, cells: 1 })
const shop = tinyWorkshop(packed.path)
const [face, faceOfInstantId] = [
  await faceIn(shop, 'buffalo_l', picture, undefined),
  await faceIn(shop, 'antelopev2', picture, undefined),
]
const SIDE = 64
await writePng(file('face.png'), picture)
await writePng(file('nobody.png'), portrait())
await writePng(file('crop.png'), clipCrop(picture, face))
const drawn = faceOfInstantId.keyPoints.map(({ x, y }) => ({ x: (x * SIDE) / 640, y: (y * SIDE) / 640 }))
await writePng(file('points.png'), drawKeyPoints(drawn, { width: SIDE, height: SIDE }))
const numbers = ({ embedding }: { embedding: Float32Array }) => ({ face_embedding: { shape: [512], data: embedding } })
await writeSafetensors(file('face.safetensors'), numbers(face))
await writeSafetensors(file('instantid.safetensors'), numbers(faceOfInstantId))

const COMMON = ['generate', '--device', 'cpu']
const env = { IMPRINT_HOME: join(work.path, 'home') }

let runs = 0
/** Runs a recipe from its file, and reads what was dumped; packs are there only where a face is to be seen. */
async function made(recipe: Recipe, { seen = true } = {}): Promise<Float32Array> {
  const { ended, dump } = run(recipe, seen)
  const { status, stderr } = await ended
  assert.equal(status, 0, stderr)
  return latentsOf(dump)
}

function run(recipe: Recipe, seen: boolean): { ended: Promise<Ended>; dump: string } {
  const [path, dump] = [file(`${++runs}.json`), file(`${runs}.safetensors`)]
  writeFileSync(path, JSON.stringify(recipe))
  const folder = seen ? packed.path : models.path
  return { ended: imprint([...COMMON, '--models', folder, '--recipe', path, '--dump', dump], { env }), dump }
}

const latentsOf = (dump: string): Float32Array => readTensors(dump).get('latents')!.data

const recipe = (reference: Reference, changes: Partial<Recipe> = {}): Recipe => ({
  checkpoint: 'tiny15',
  prompt: 'a fox',
  negativePrompt: 'dull',
  size: [SIDE, SIDE],
  seed: 1,
  steps: 2,
  guidance: 5,
  references: [{ weight: 1, ...reference }],
  ...changes,
})

describe('FaceID', () => {
  test('a picture given by plain options, and the face seen in it given as numbers, make the same to the bit', async () => {
    const dump = file('plain.safetensors')
    const options = ['--checkpoint', 'tiny15', '--prompt', 'a fox', '--negative', 'dull', '--size', '64x64']
    const more = ['--seed', '1', '--steps', '2', '--guidance', '5', '--weight', '1', '--dump', dump]
    const reference = ['--reference', file('face.png'), '--adapter', 'faceid']
    const args = [...COMMON, '--models', packed.path, ...options, ...more, ...reference]
    const { status, stderr } = await imprint(args, { env })
    assert.equal(status, 0, stderr)
    const given = await made(recipe({ embedding: 'face.safetensors', adapter: 'faceid' }), { seen: false })
    assert.deepEqual(latentsOf(dump), given)
  })

  test('PlusV2 shows CLIP the face set upright at 224 pixels, beside its numbers', async () => {
    const plus: Reference = { adapter: 'plusv2', shortcut: 0.7 }
    const seen = await made(recipe({ image: 'face.png', ...plus }))
    const given: Reference = { embedding: 'face.safetensors', image: 'crop.png', ...plus }
    assert.deepEqual(seen, await made(recipe(given), { seen: false }))
  })
})

describe('InstantID', () => {
  const instant = (reference: Reference, control: { image?: string } = {}): Recipe =>
    recipe(
      { adapter: 'instantid', ...reference },
      { checkpoint: 'tinyxl', controls: [{ controlnet: 'identity', reads: 'face', weight: 0.8, ...control }] },
    )

  test('the face and its points drawn, and the face as numbers beside that drawing, make the same to the bit', async () => {
    const seen = await made(instant({ image: 'face.png' }))
    const given = instant({ embedding: 'instantid.safetensors' }, { image: 'points.png' })
    assert.deepEqual(seen, await made(given, { seen: false }))
  })
})

test('models: the packs that are there, and adapters that lack one', async () => {
  const listed = async (folder: string) => (await imprint(['models', '--models', folder], { env })).stdout
  const [without, having] = [await listed(models.path), await listed(packed.path)]
  assert.match(without, /^adapter +faceid +.* faceid, lacks InsightFace's buffalo_l \(det_10g\.onnx and .*$/m)
  assert.match(
    without,
    /^adapter +instantid +.* instantid, lacks InsightFace's antelopev2 \(scrfd_10g_bnkps\.onnx and .*$/m,
  )
  assert.match(having, /^adapter +faceid +.* faceid$/m)
  assert.match(having, /^face-pack +insightface\/antelopev2\/recogniser\.onnx +.* MB +antelopev2$/m)
  assert.match(having, /^face-pack +insightface\/buffalo_l\/recogniser\.onnx +.* MB +buffalo_l$/m)
  assert.doesNotMatch(having, /lacks|^face-pack +detector/m)
})

describe('ends in one sentence and status 2', () => {
  const refused = async (reference: Reference, seen: boolean, sentence: RegExp) => {
    const { status, stdout, stderr } = await run(recipe(reference), seen).ended
    assert.deepEqual([status, stdout], [2, ''])
    assert.match(stderr, sentence)
  }

  test('without the pack: which files to put where, and their licence', () =>
    refused(
      { image: 'face.png', adapter: 'faceid' },
      false,
      /^This adapter needs InsightFace's buffalo_l: put det_10g\.onnx and w600k_r50\.onnx into .*; .*research only.*\n$/,
    ))

  test('where no face is seen', () =>
    refused({ image: 'nobody.png', adapter: 'faceid' }, true, /^No face is found in the reference; use .*\n$/))
})
