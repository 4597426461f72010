/** Are pictures resized, faces set upright and key points drawn as the networks' makers did it? */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { crc32 } from 'node:zlib'
import { cropFace, similarity, type CropSide } from '../../companion/vision/faces/alignment.ts'
import type { Point } from '../../companion/vision/faces/geometry.ts'
import { drawKeyPoints } from '../../companion/vision/faces/key-point-picture.ts'
import { planesOf } from '../../companion/vision/planes.ts'
import { resizeBilinear } from '../../companion/vision/faces/resize-bilinear.ts'
import { roundHalfEven } from '../../shared/round-half-even.ts'
import { assertClose } from '../support/close.ts'
import { formulaPicture } from '../support/formula-picture.ts'
import { fixtureJson } from '../support/golden.ts'

type Pair = [number, number]
interface Goldens {
  readonly faces: { name: string; points: Pair[]; crops: { side: CropSide; transform: number[]; crc32: number }[] }[]
  readonly resizes: { from: Pair; to: Pair; crc32: number }[]
  readonly drawings: { name: string; runs: [colour: string, length: number][] }[]
}

const goldens = fixtureJson('goldens', 'faces.json') as Goldens
const SIZE = { width: 160, height: 150 }
const pointsOf = (pairs: readonly Pair[]): Point[] => pairs.map(([x, y]) => ({ x, y }))

/** ArcFace's template as the specification lists it, and at 256. */
const TEMPLATE: Pair[] = [
  [38.2946, 51.6963],
  [73.5318, 51.5014],
  [56.0252, 71.7366],
  [41.5493, 92.3655],
  [70.7299, 92.2041],
]
const template = (side: CropSide) =>
  pointsOf(TEMPLATE.map(([x, y]) => (side === 256 ? [2 * x + 16, 2 * y] : [(x * side) / 112, (y * side) / 112])))

test('bilinear resizing gives OpenCV’s bits, up and down', () => {
  for (const { from, to, crc32: expected } of goldens.resizes) {
    const resized = resizeBilinear(formulaPicture(...from), { width: to[0], height: to[1] })
    assert.deepEqual([resized.width, resized.height], to)
    assert.equal(crc32(resized.data), expected, `${from.join(' x ')} to ${to.join(' x ')}`)
  }
})

test('halves round to even', () => {
  assert.deepEqual(
    [0.5, 1.5, 2.5, -0.5, -1.5, 2.4, 2.6].map((v) => roundHalfEven(v) + 0),
    [0, 2, 2, 0, -2, 2, 3],
  )
})

test('a network gets its planes one after the other, black beyond the picture', () => {
  const picture = { width: 1, height: 1, channels: 3 as const, data: Uint8Array.of(255, 0, 128) }
  const planes = planesOf(picture, { mean: 127.5, scale: 127.5 }, { width: 2, height: 1 })
  assertClose('planes', planes, [1, -1, -1, -1, 0.5 / 127.5, -1], 1e-7)
})

describe('setting upright', () => {
  for (const { name, points, crops } of goldens.faces) {
    for (const { side, transform, crc32: expected } of crops) {
      test(`${name} at ${side}: the transform of scikit-image, the pixels of OpenCV`, () => {
        assertClose('transform', similarity(pointsOf(points), template(side)), transform, 1e-10)
        const crop = cropFace(formulaPicture(SIZE.width, SIZE.height), pointsOf(points), side)
        assert.equal(crc32(crop.data), expected)
      })
    }
  }

  test('points that lie right already stay', () => {
    assertClose('transform', similarity(template(112), template(112)), [1, 0, 0, 0, 1, 0], 1e-12)
  })

  test('points that are all one are refused', () => {
    const one = Array.from({ length: 5 }, () => ({ x: 3, y: 4 }))
    assert.throws(() => similarity(one, template(112)), { code: 'picture-invalid', message: /no extent/ })
  })
})

describe('key points drawn', () => {
  for (const { name, runs } of goldens.drawings) {
    test(`${name}: all but one in four hundred drawn pixels as OpenCV draws them`, () => {
      const expected = runs.flatMap(([colour, length]) => Array.from({ length }, () => colour))
      const { points } = goldens.faces.find((face) => face.name === name)!
      const { data } = drawKeyPoints(pointsOf(points), SIZE)
      const drawn = expected.map((_, i) => Buffer.from(data.subarray(3 * i, 3 * i + 3)).toString('hex'))
      const ink = expected.filter((colour) => colour !== '000000').length
      const different = expected.filter((colour, i) => colour !== drawn[i]).length
      assert.equal(data.length, 3 * SIZE.width * SIZE.height)
      assert.ok(different <= ink / 400, `${different} of ${ink} pixels differ`)
    })
  }

  test('points far outside leave the picture black', () => {
    const { data } = drawKeyPoints(
      Array.from({ length: 5 }, (_, i) => ({ x: -500 - i, y: 9000 })),
      SIZE,
    )
    assert.ok(data.every((value) => value === 0))
  })
})
