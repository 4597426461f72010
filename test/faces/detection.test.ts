/** Are faces read off SCRFD's nine outputs as its makers read them, and is the one chosen that is meant? */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { decodeFaces, letterbox } from '../../companion/vision/faces/detection.ts'
import type { FaceNetworks, Numbers } from '../../companion/vision/faces/face-networks.ts'
import { chooseFace, detectFaces } from '../../companion/vision/faces/find-face.ts'
import type { Box, Point } from '../../companion/vision/faces/geometry.ts'
import { selectionIn } from '../../companion/vision/faces/selection.ts'
import type { Raster } from '../../shared/raster.ts'
import type { SeenFace } from '../../companion/vision/faces/geometry.ts'
import { assertClose } from '../support/close.ts'
import { formulaPicture } from '../support/formula-picture.ts'

const STRIDES = [8, 16, 32] as const

/** What a detector says at one anchor, all else being silent. */
interface Said {
  readonly stride: (typeof STRIDES)[number]
  readonly x: number
  readonly y: number
  readonly anchor: 0 | 1
  readonly score: number
  readonly box: readonly [number, number, number, number]
  readonly points?: readonly number[]
}

const NOWHERE = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0] as const

/** The nine outputs for a square of that side, in the order of InsightFace's files. */
function outputs(side: number, said: readonly Said[]): Numbers[] {
  const of = (width: number, values: (one: Said) => readonly number[]) =>
    STRIDES.map((stride): Numbers => {
      const columns = side / stride
      const data = new Float32Array(2 * columns * columns * width)
      for (const one of said.filter((other) => other.stride === stride)) {
        data.set(values(one), (2 * (one.y * columns + one.x) + one.anchor) * width)
      }
      return { shape: [data.length / width, width], data }
    })
  return [...of(1, ({ score }) => [score]), ...of(4, ({ box }) => box), ...of(10, ({ points }) => points ?? NOWHERE)]
}

const boxOf = ({ box }: SeenFace) => [box.left, box.top, box.right, box.bottom]
/** A face of that box on the grid of 8 pixels, its cell at the corner. */
const face = (left: number, top: number, width: number, height: number, score: number): Said => ({
  stride: 8,
  x: left / 8,
  y: top / 8,
  anchor: 0,
  score,
  box: [0, 0, width / 8, height / 8],
})

describe('decoding', () => {
  test('distances and offsets count in strides from the cell’s corner, and are scaled back', () => {
    for (const anchor of [0, 1] as const) {
      for (const stride of STRIDES) {
        const points = [-1, -1, 1, -1, 0, 0.25, -0.5, 1, 0.75, 1.5]
        const said: Said = { stride, x: 3, y: 5, anchor, score: 0.75, box: [1, 1.5, 2, 2.5], points }
        const [seen, ...others] = decodeFaces(outputs(320, [said]), 320, 0.5)
        assert.equal(others.length, 0)
        assert.equal(seen!.score, 0.75)
        assertClose(
          'box',
          boxOf(seen!),
          [2, 3.5, 5, 7.5].map((cells) => (cells * stride) / 0.5),
          1e-9,
        )
        const flat = seen!.keyPoints.flatMap(({ x, y }) => [x, y])
        assertClose(
          'points',
          flat,
          points.map((v, i) => ((v + (i % 2 ? 5 : 3)) * stride) / 0.5),
          1e-9,
        )
      }
    }
  })

  test('outputs are told by shape: in another order, and with a leading 1', () => {
    const said = [face(40, 80, 32, 40, 0.9), { ...face(64, 160, 64, 64, 0.8), stride: 32 as const, x: 2, y: 5 }]
    const plain = outputs(320, said)
    const expected = decodeFaces(plain, 320, 1)
    assert.equal(expected.length, 2)
    const batched = plain.map(({ shape, data }) => ({ shape: [1, ...shape], data }))
    assert.deepEqual(decodeFaces(batched.reverse(), 320, 1), expected)
  })

  test('an output that is missing is named', () => {
    const eight = outputs(320, []).slice(0, 8)
    assert.throws(() => decodeFaces(eight, 320, 1), { code: 'model-unsupported', message: /no \[200, 10\]/ })
  })

  test('half sure is sure enough, less is not', () => {
    const scores = (score: number) => decodeFaces(outputs(320, [face(0, 0, 40, 40, score)]), 320, 1).length
    assert.deepEqual([0.49, 0.5, 1].map(scores), [0, 1, 1])
  })

  test('numbers that are none are no face', () => {
    assert.deepEqual(decodeFaces(outputs(320, [face(0, 0, NaN, 40, 0.9), face(80, 0, 40, Infinity, 0.9)]), 320, 1), [])
  })

  test('of boxes that share over two fifths of their area the surest stays', () => {
    // Side by side by d of 19 pixels (20 with the last one counted): (20 - d) / (20 + d) shared, 0.4 at d = 8.571.
    const pair = (shift: number) => {
      const second = { ...face(8, 0, 0, 19, 0.9), box: [(8 - shift) / 8, 0, (shift + 19 - 8) / 8, 19 / 8] as const }
      return decodeFaces(outputs(320, [face(0, 0, 19, 19, 0.6), second]), 320, 1).map(({ score }) => score.toFixed(1))
    }
    assert.deepEqual(pair(8.5), ['0.9'])
    assert.deepEqual(pair(8.6), ['0.9', '0.6'])
    // Without the last pixel counted 8.5 would share 0.382, and both would stay.
    assert.ok((19 - 8.5) / (19 + 8.5) < 0.4)
  })

  test('the surest comes first', () => {
    const said = [face(0, 0, 40, 40, 0.6), face(80, 0, 40, 40, 0.9), face(160, 0, 40, 40, 0.7)]
    const scores = decodeFaces(outputs(320, said), 320, 1).map(({ score }) => score.toFixed(1))
    assert.deepEqual(scores, ['0.9', '0.7', '0.6'])
  })
})

describe('the detector’s square', () => {
  test('holds the picture in its upper left corner, sides cut to whole pixels, the rest black', () => {
    for (const [width, height, scaledWidth, scaledHeight] of [
      [160, 150, 64, 60],
      [150, 160, 60, 64],
      [97, 131, 47, 64],
      [64, 64, 64, 64],
    ] as const) {
      const { input, scale } = letterbox(formulaPicture(width, height), 64)
      assert.deepEqual(input.shape, [1, 3, 64, 64])
      assert.equal(scale, scaledHeight / height)
      const black = Math.fround(-127.5 / 128)
      const reaches = (along: (i: number) => number) =>
        Array.from({ length: 64 }, (_, i) => i).filter((i) => input.data[along(i)] !== black).length
      assert.ok(reaches((x) => x) <= scaledWidth && reaches((y) => 64 * y) <= scaledHeight)
      assert.ok(scaledWidth === 64 || input.data[scaledWidth] === black)
      assert.ok(scaledHeight === 64 || input.data[64 * scaledHeight] === black)
    }
  })

  test('takes pixels as (v - 127.5) / 128, red first', () => {
    const picture = { width: 1, height: 1, channels: 3 as const, data: Uint8Array.of(255, 0, 128) }
    assertClose('input', letterbox(picture, 1).input.data, [127.5 / 128, -127.5 / 128, 0.5 / 128], 1e-7)
  })
})

/** Networks that see a face only where the square has that side, and note which they were shown. */
function seesAt(side: number, detectorSide?: number): { networks: FaceNetworks; shown: number[] } {
  const shown: number[] = []
  const detector = {
    run: ({ shape }: Numbers) => {
      shown.push(shape[2]!)
      return Promise.resolve(outputs(shape[2]!, shape[2] === side ? [face(0, 0, 80, 80, 0.9)] : []))
    },
  }
  const recogniser = { run: () => Promise.reject(new Error('not asked')) }
  return { shown, networks: { detector, detectorSide, recogniser, takesRawPixels: false } }
}

describe('looking again', () => {
  const picture = formulaPicture(40, 40)

  test('smaller, until a face is seen', async () => {
    const { networks, shown } = seesAt(448)
    assert.equal((await detectFaces(picture, networks)).length, 1)
    assert.deepEqual(shown, [640, 576, 512, 448])
  })

  test('down to 320 and no further', async () => {
    const { networks, shown } = seesAt(256)
    assert.deepEqual(await detectFaces(picture, networks), [])
    assert.equal(shown.at(-1), 320)
  })

  test('only once with a detector of one size', async () => {
    const { networks, shown } = seesAt(320, 640)
    assert.deepEqual(await detectFaces(picture, networks), [])
    assert.deepEqual(shown, [640])
  })
})

describe('choosing', () => {
  const said = [face(0, 0, 40, 40, 0.9), face(80, 0, 80, 64, 0.6), face(200, 160, 48, 56, 0.7)]
  const faces = decodeFaces(outputs(320, said), 320, 1)
  const score = (isSelected?: (at: Point) => boolean) => chooseFace(faces, isSelected).score.toFixed(1)
  /** A mask of 32 x 32 pixels, white in columns and rows from the first to before the last, over a picture of 320. */
  const selected = (left: number, top: number, right: number, bottom: number) =>
    selectionIn(whiteIn({ left, top, right, bottom }), { width: 320, height: 320 })

  test('the largest, or of those whose middle is selected the largest', () => {
    assert.equal(score(), '0.6')
    assert.equal(score(selected(19, 15, 30, 30)), '0.7')
    assert.equal(score(selected(0, 0, 32, 32)), '0.6')
    assert.equal(score(selected(0, 0, 12, 32)), '0.9', 'the middle on the far edge')
    assert.equal(score(selected(0, 0, 13, 32)), '0.6')
  })

  test('a lone face is the one that is meant', () => {
    assert.equal(chooseFace(faces.slice(0, 1), selected(30, 0, 32, 2)), faces[0])
  })

  test('none: it is said whether there is none at all or none selected', () => {
    assert.throws(() => chooseFace([]), { code: 'picture-invalid', message: /No face is found/ })
    assert.throws(() => chooseFace(faces, selected(30, 0, 32, 2)), {
      code: 'picture-invalid',
      message: /None of the 3 faces/,
    })
  })

  test('nothing beyond the picture is selected, and grey from its middle on is', () => {
    const whole = selectionIn(whiteIn({ left: 0, top: 0, right: 32, bottom: 32 }), { width: 320, height: 320 })
    assert.deepEqual(
      [whole({ x: 0, y: 0 }), whole({ x: 319.9, y: 319.9 }), whole({ x: -1, y: 5 }), whole({ x: 5, y: 320 })],
      [true, true, false, false],
    )
    const greys = { width: 2, height: 1, channels: 3 as const, data: Uint8Array.of(127, 127, 127, 128, 128, 128) }
    const half = selectionIn(greys, { width: 2, height: 1 })
    assert.deepEqual([half({ x: 0, y: 0 }), half({ x: 1, y: 0 })], [false, true])
  })
})

function whiteIn({ left, top, right, bottom }: Box): Raster {
  const side = 32
  const data = Uint8Array.from({ length: 3 * side * side }, (_, i) => {
    const [x, y] = [Math.floor(i / 3) % side, Math.floor(i / 3 / side)]
    return x >= left && x < right && y >= top && y < bottom ? 255 : 0
  })
  return { width: side, height: side, channels: 3, data }
}
