/** Are somebody's own face networks found by what they are, run as they are, and refused with a sentence? */
import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { after, describe, test } from 'node:test'
import { clipCrop, faceIn } from '../../companion/jobs/faces.ts'
import { findModels } from '../../companion/models/catalog.ts'
import { facePackFor, facePackOf } from '../../companion/models/face-pack.ts'
import { readOnnxOutline } from '../../companion/models/onnx-outline.ts'
import { loadStoredNetwork } from '../../companion/runtime/stored-network.ts'
import { cropFace } from '../../companion/vision/faces/alignment.ts'
import type { Raster } from '../../shared/raster.ts'
import { assertClose } from '../support/close.ts'
import { temporaryFolder } from '../support/craft-safetensors.ts'
import { fixture } from '../support/golden.ts'
import { tinyWorkshop } from '../support/tiny15.ts'
import { CONVOLUTIONS, SEEN } from '../support/face-models.ts'
import { portrait } from '../support/face-pictures.ts'
import { detectorStandIn, recogniserStandIn, recogniserWeights } from '../support/face-stand-ins.ts'

const made: (() => void)[] = []
after(() => made.forEach((dispose) => dispose()))

function models(files: Readonly<Record<string, Uint8Array>>): string {
  const { path, dispose } = temporaryFolder()
  made.push(dispose)
  for (const [place, bytes] of Object.entries(files)) {
    mkdirSync(dirname(join(path, place)), { recursive: true })
    writeFileSync(join(path, place), bytes)
  }
  return path
}

const DETECTOR = detectorStandIn(SEEN)
const FACE = { x: 20, y: 30, cells: 1 } as const

describe('a face found end to end', () => {
  const root = models({
    'a/detect.onnx': DETECTOR,
    'a/who.onnx': recogniserStandIn(CONVOLUTIONS.buffalo_l),
    'b/detect.onnx': DETECTOR,
    'b/who.onnx': recogniserStandIn(CONVOLUTIONS.antelopev2, { raw: true, weightsAsInputs: true }),
  })

  test('where the detector says, whose the recogniser says', async () => {
    const picture = portrait(FACE)
    const seen = faceIn(tinyWorkshop(root), 'buffalo_l', picture, undefined)
    await assert.doesNotReject(seen, 'the recogniser takes one size')
    const face = await seen
    const points = SEEN.points.map((offset, i) => 8 * ((i % 2 ? 30 : 20) + offset))
    assertClose(
      'points',
      face.keyPoints.flatMap(({ x, y }) => [x, y]),
      points,
      1e-6,
    )
    const expected = embeddingByHand(cropFace(picture, face.keyPoints, 112))
    assertClose('embedding', face.embedding, expected, 1e-4)
    assert.deepEqual(clipCrop(picture, face), cropFace(picture, face.keyPoints, 224))
  })

  test('a recogniser that normalises by itself gets raw pixels and says the same', async () => {
    const shop = tinyWorkshop(root)
    assert.equal(shop.library.facePack('antelopev2').takesRawPixels, true)
    const own = await faceIn(shop, 'antelopev2', portrait(FACE), undefined)
    const given = await faceIn(shop, 'buffalo_l', portrait(FACE), undefined)
    assertClose('embedding', own.embedding, given.embedding, 1e-4)
  })

  test('transparent pixels count as white', async () => {
    const { width, height, data } = portrait(FACE)
    const rgba = new Uint8Array(4 * width * height)
    for (let i = 0; i < width * height; i++) {
      const isFace = data[3 * i] === 255
      rgba.set(isFace ? [0, 0, 0, 0] : [...data.subarray(3 * i, 3 * i + 3), 255], 4 * i)
    }
    const shop = tinyWorkshop(root)
    const through = await faceIn(shop, 'buffalo_l', { width, height, channels: 4, data: rgba }, undefined)
    assert.deepEqual(through, await faceIn(shop, 'buffalo_l', portrait(FACE), undefined))
  })

  test('a picture is looked at once, and networks are loaded once and counted', async () => {
    const shop = tinyWorkshop(root)
    const first = await faceIn(shop, 'buffalo_l', portrait(FACE), undefined)
    assert.deepEqual(shop.networks.takeCounts(), { 'face-detector': 1, 'face-recogniser': 1 })
    assert.equal(shop.networks.takeLoads(), 2)
    assert.deepEqual(await faceIn(shop, 'buffalo_l', portrait(FACE), undefined), first)
    assert.deepEqual(shop.networks.takeCounts(), {})
    const dark = { ...portrait(FACE), data: portrait(FACE).data.map((value) => (value === 255 ? 255 : value >> 1)) }
    await faceIn(shop, 'buffalo_l', dark, undefined)
    assert.deepEqual(shop.networks.takeCounts(), { 'face-detector': 1, 'face-recogniser': 1 })
    assert.equal(shop.networks.takeLoads(), 0)
  })

  test('without the pack it is said which files to put where', async () => {
    const empty = models({})
    await assert.rejects(faceIn(tinyWorkshop(empty), 'buffalo_l', portrait(FACE), undefined), {
      code: 'model-missing',
      message: /det_10g\.onnx/,
    })
  })
})

/** The stand-in's only layer, written out: 8 filters over squares of 14 pixels.  -> [512] */
function embeddingByHand({ data }: Raster): Float32Array {
  const weights = recogniserWeights()
  return Float32Array.from({ length: 512 }, (_, i) => {
    const [filter, row, column] = [i >> 6, (i >> 3) & 7, i & 7]
    let sum = 0
    for (let c = 0; c < 3; c++) {
      for (let k = 0; k < 196; k++) {
        const [y, x] = [14 * row + Math.floor(k / 14), 14 * column + (k % 14)]
        sum += weights[(filter * 3 + c) * 196 + k]! * ((data[3 * (112 * y + x) + c]! - 127.5) / 127.5)
      }
    }
    return sum
  })
}

describe('packs', () => {
  test('are buffalo_l for faces of unit length and for the portraits called unnorm, else antelopev2', () => {
    const face = { tokens: 4, width: 8, faceWidth: 512 }
    const faceId = { kind: 'faceid', faceInner: 8, ...face } as const
    const resampler = { kind: 'instantid', inner: 8, heads: 1, depth: 1, ...face } as const
    assert.equal(facePackFor(faceId, '/a/ip-adapter-faceid_sdxl.bin'), 'buffalo_l')
    assert.equal(facePackFor(resampler, '/a/ip-adapter.bin'), 'antelopev2')
    assert.equal(facePackFor(resampler, '/a/portrait_sdxl_unnorm.bin'), 'buffalo_l')
  })

  test('are folders with both networks, told by content under any name and at any depth', () => {
    const root = models({
      'deep/down/x.onnx': recogniserStandIn(CONVOLUTIONS.antelopev2),
      'deep/down/y.ONNX': detectorStandIn(SEEN, 640),
      'only/detector.onnx': DETECTOR,
      'alone/recogniser.onnx': recogniserStandIn(CONVOLUTIONS.buffalo_l),
      'junk/det_10g.onnx': Buffer.from('not a model'),
      'junk/w600k_r50.onnx': new Uint8Array(0),
    })
    const found = findModels([root, join(root, 'absent')]).filter(({ role }) => role === 'face-pack')
    assert.deepEqual(
      found.map(({ place, name, variant }) => [place, name, variant]),
      [['deep/down/x.onnx', 'x', 'antelopev2']],
    )
    assert.deepEqual(facePackOf(found[0]!.path), {
      kind: 'antelopev2',
      detector: join(root, 'deep/down/y.ONNX'),
      detectorSide: 640,
      recogniser: join(root, 'deep/down/x.onnx'),
      takesRawPixels: false,
    })
  })

  test('may share a folder and a detector', () => {
    const root = models({
      'd.onnx': DETECTOR,
      'r.onnx': recogniserStandIn(CONVOLUTIONS.buffalo_l),
      's.onnx': recogniserStandIn(CONVOLUTIONS.antelopev2),
    })
    assert.deepEqual(
      findModels([root]).map(({ name, variant }) => `${name} ${variant}`),
      ['r buffalo_l', 's antelopev2'],
    )
    const { library } = tinyWorkshop(root)
    const [one, other] = [library.facePack('buffalo_l'), library.facePack('antelopev2')]
    assert.deepEqual([one.detector, other.detector], [join(root, 'd.onnx'), join(root, 'd.onnx')])
    assert.deepEqual([one.recogniser, other.recogniser], [join(root, 'r.onnx'), join(root, 's.onnx')])
  })

  test('that come or go while Imprint runs are found, or missed', () => {
    const root = models({ 'x/d.onnx': DETECTOR })
    const { library } = tinyWorkshop(root)
    assert.throws(() => library.facePack('buffalo_l'), { code: 'model-missing' })
    const recogniser = join(root, 'x', 'r.onnx')
    writeFileSync(recogniser, recogniserStandIn(CONVOLUTIONS.buffalo_l))
    assert.equal(library.facePack('buffalo_l').recogniser, recogniser)
    rmSync(join(root, 'x', 'd.onnx'))
    assert.throws(() => library.facePack('buffalo_l'), { code: 'model-missing' })
    rmSync(join(root, 'x'), { recursive: true })
    assert.throws(() => library.facePack('buffalo_l'), { code: 'model-missing' })
  })

  test('that are missing: which files, where to put them, and their licence', () => {
    const root = models({ 'x/d.onnx': DETECTOR, 'x/r.onnx': recogniserStandIn(CONVOLUTIONS.antelopev2) })
    assert.equal(tinyWorkshop(root).library.facePack('antelopev2').detectorSide, undefined)
    for (const [kind, files] of [
      ['buffalo_l', /det_10g\.onnx and w600k_r50\.onnx into models\/insightface\/buffalo_l; .*research only/],
      ['antelopev2', /scrfd_10g_bnkps\.onnx and glintr100\.onnx into models\/insightface\/antelopev2; .*research only/],
    ] as const) {
      const { library } = tinyWorkshop(kind === 'buffalo_l' ? root : models({}))
      assert.throws(() => library.facePack(kind), { code: 'model-missing', message: files })
    }
  })

  test('are listed, and an adapter that reads faces says which one it lacks', () => {
    const adapter = readFileSync(fixture('models', 'ipadapter', 'ip-adapter-faceid_tiny15.bin'))
    const pack = { 'x/d.onnx': DETECTOR, 'x/r.onnx': recogniserStandIn(CONVOLUTIONS.buffalo_l) }
    const missing = (files: Readonly<Record<string, Uint8Array>>) =>
      findModels([models({ 'face.bin': adapter, ...files })]).find(({ role }) => role === 'adapter')!.missing
    assert.equal(missing(pack), undefined)
    const other = { ...pack, 'x/r.onnx': recogniserStandIn(CONVOLUTIONS.antelopev2) }
    for (const files of [{}, other]) {
      const [lacks, ...more] = missing(files)!
      assert.match(lacks!, /^InsightFace's buffalo_l \(det_10g\.onnx and w600k_r50\.onnx in .*research only\)$/)
      assert.equal(more.length, 0)
    }
  })
})

describe('an ONNX file', () => {
  const folder = temporaryFolder()
  made.push(folder.dispose)
  const put = (name: string, bytes: Uint8Array) => folder.put(name, bytes)

  test('is read without its weights, which old files list as inputs', () => {
    const outline = readOnnxOutline(put('r.onnx', recogniserStandIn(3, { raw: true, weightsAsInputs: true })))
    assert.deepEqual(outline, {
      inputs: [[undefined, 3, 112, 112]],
      outputs: [[1, 512]],
      operators: ['Sub', 'Mul', 'Conv', 'Conv', 'Conv', 'Reshape'],
    })
  })

  test('cut anywhere or with any byte wrong ends in an error or an outline, never in a hang', () => {
    const bytes = recogniserStandIn(3)
    for (let i = 0; i < 400; i++) {
      const broken = i % 2 ? bytes.slice(0, (i * 37) % bytes.length) : bytes.slice()
      if (i % 2 === 0) broken[i] = 0xff
      const file = put('broken.onnx', broken)
      try {
        assert.ok(readOnnxOutline(file).operators.length <= 5)
      } catch (error) {
        assert.ok(error instanceof Error && error.name === 'Error', String(error))
      }
    }
  })

  test('of endless fields is left, whatever they are in', () => {
    const fields = Buffer.alloc(2 ** 20, Buffer.from([8, 0]))
    assert.throws(() => readOnnxOutline(put('endless.onnx', fields)), /too many fields/)
    const graph = Buffer.concat([Buffer.from([0x3a, 0x80, 0x80, 0x40]), fields])
    assert.throws(() => readOnnxOutline(put('endless.onnx', graph)), /too many fields/)
  })

  test('that is damaged, or does not take what it is given, is named', async () => {
    const damaged = put('damaged.onnx', recogniserStandIn(3).slice(0, 500))
    await assert.rejects(loadStoredNetwork(damaged), {
      code: 'model-invalid',
      message: /^damaged\.onnx cannot be opened/,
    })
    const network = await loadStoredNetwork(put('fits.onnx', recogniserStandIn(3)))
    const small = { shape: [1, 3, 8, 8], data: new Float32Array(192) }
    await assert.rejects(network.run(small), {
      code: 'model-unsupported',
      message: /fits\.onnx does not run on \[1, 3, 8, 8\]/,
    })
    await network.dispose()
  })
})
