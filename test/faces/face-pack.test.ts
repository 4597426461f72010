/** Are somebody's own face networks found by what they are, run as they are, and refused with a sentence? */
import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { after, describe, test } from 'node:test'
import { findFacePack, findFacePacks, type FacePack } from '../../companion/models/face-pack.ts'
import { readOnnxOutline } from '../../companion/models/onnx-outline.ts'
import { loadStoredNetwork } from '../../companion/runtime/stored-network.ts'
import { cropFace } from '../../companion/vision/faces/alignment.ts'
import { findFace } from '../../companion/vision/faces/find-face.ts'
import type { Raster } from '../../shared/raster.ts'
import { assertClose } from '../support/close.ts'
import { temporaryFolder } from '../support/craft-safetensors.ts'
import { detectorStandIn, recogniserStandIn, recogniserWeights, type SeenAs } from '../support/face-stand-ins.ts'

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

/** Eyes, nose and mouth around a cell, in strides of 8 pixels, a little tilted. */
const SEEN: SeenAs = {
  box: [4, 5, 5, 6],
  points: [-2, -1.5, 2.25, -2, 0.25, 0.5, -1.5, 2.5, 2, 2.25],
}
const DETECTOR = detectorStandIn(SEEN)
const LAYERS = { buffalo_l: 53, antelopev2: 103 } as const

/** A picture at the detector's own size, so nothing is resized: quiet waves, and a white cell where a face is to be. */
function portrait(): Raster {
  const side = 640
  const data = Uint8Array.from({ length: 3 * side * side }, (_, i) => {
    const [c, x, y] = [i % 3, Math.floor(i / 3) % side, Math.floor(i / 3 / side)]
    const isFace = x >> 3 === 20 && y >> 3 === 30
    return isFace ? 255 : 90 + 40 * Math.sin(x / 11 + c) + 40 * Math.cos(y / 7 - 2 * c)
  })
  return { width: side, height: side, channels: 3, data }
}

async function openPack({ detector, recogniser, ...pack }: FacePack) {
  const networks = {
    ...pack,
    detector: await loadStoredNetwork(detector),
    recogniser: await loadStoredNetwork(recogniser),
  }
  return { networks, dispose: () => Promise.all([networks.detector.dispose(), networks.recogniser.dispose()]) }
}

async function faceOf(pack: FacePack) {
  const { networks, dispose } = await openPack(pack)
  try {
    return await findFace(portrait(), networks, 'largest')
  } finally {
    await dispose()
  }
}

describe('a face found end to end', () => {
  const root = models({
    'a/detect.onnx': DETECTOR,
    'a/who.onnx': recogniserStandIn(LAYERS.buffalo_l),
    'b/detect.onnx': DETECTOR,
    'b/who.onnx': recogniserStandIn(LAYERS.antelopev2, { raw: true, weightsAsInputs: true }),
  })

  test('where the detector says, whose the recogniser says', async () => {
    const face = await faceOf(findFacePack([root], 'buffalo_l'))
    assertClose('box', Object.values(face.box) as number[], [128, 200, 200, 288], 1e-6)
    const points = SEEN.points.map((offset, i) => 8 * ((i % 2 ? 30 : 20) + offset))
    assertClose(
      'points',
      face.keyPoints.flatMap(({ x, y }) => [x, y]),
      points,
      1e-6,
    )
    const expected = embeddingByHand(cropFace(portrait(), face.keyPoints, 112))
    assertClose('embedding', face.embedding, expected, 1e-4)
    const length = Math.hypot(...expected)
    assertClose(
      'normed',
      face.normedEmbedding,
      expected.map((value) => value / length),
      1e-5,
    )
    assert.deepEqual([face.crop224.width, face.crop224.height, face.crop256.width], [224, 224, 256])
    assert.deepEqual(face.crop224, cropFace(portrait(), face.keyPoints, 224))
    assert.deepEqual(face.crop256, cropFace(portrait(), face.keyPoints, 256))
  })

  test('a recogniser that normalises by itself gets raw pixels and says the same', async () => {
    const raw = findFacePack([root], 'antelopev2')
    assert.equal(raw.takesRawPixels, true)
    const [own, given] = [await faceOf(raw), await faceOf(findFacePack([root], 'buffalo_l'))]
    assertClose('embedding', own.embedding, given.embedding, 1e-4)
  })

  test('transparent pixels count as white', async () => {
    const { networks, dispose } = await openPack(findFacePack([root], 'buffalo_l'))
    const { width, height, data } = portrait()
    const rgba = new Uint8Array(4 * width * height)
    for (let i = 0; i < width * height; i++) {
      const isFace = data[3 * i] === 255
      rgba.set(isFace ? [0, 0, 0, 0] : [...data.subarray(3 * i, 3 * i + 3), 255], 4 * i)
    }
    const face = await findFace({ width, height, channels: 4, data: rgba }, networks, 'surest')
    await dispose()
    assertClose('box', Object.values(face.box) as number[], [128, 200, 200, 288], 1e-6)
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
  test('are folders with both networks, told by content under any name and at any depth', () => {
    const root = models({
      'deep/down/x.onnx': recogniserStandIn(LAYERS.antelopev2),
      'deep/down/y.ONNX': detectorStandIn(SEEN, 640),
      'only/detector.onnx': DETECTOR,
      'alone/recogniser.onnx': recogniserStandIn(LAYERS.buffalo_l),
      'junk/det_10g.onnx': Buffer.from('not a model'),
      'junk/w600k_r50.onnx': new Uint8Array(0),
    })
    assert.deepEqual(findFacePacks([root, join(root, 'absent')]), [
      {
        kind: 'antelopev2',
        detector: join(root, 'deep/down/y.ONNX'),
        detectorSide: 640,
        recogniser: join(root, 'deep/down/x.onnx'),
        takesRawPixels: false,
      },
    ])
  })

  test('that are missing: which files, where to put them, and their licence', () => {
    const root = models({ 'x/d.onnx': DETECTOR, 'x/r.onnx': recogniserStandIn(LAYERS.antelopev2) })
    assert.equal(findFacePack([root], 'antelopev2').detectorSide, undefined)
    for (const [kind, files] of [
      ['buffalo_l', /det_10g\.onnx and w600k_r50\.onnx into models\/insightface\/buffalo_l; .*research only/],
      ['antelopev2', /scrfd_10g_bnkps\.onnx and glintr100\.onnx into models\/insightface\/antelopev2; .*research only/],
    ] as const) {
      assert.throws(() => findFacePack(kind === 'buffalo_l' ? [root] : [], kind), {
        code: 'model-missing',
        message: files,
      })
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
