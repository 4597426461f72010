/** Does CLIP get to see what Pillow and transformers would show it? */
import assert from 'node:assert/strict'
import { Buffer } from 'node:buffer'
import { describe, test } from 'node:test'
import { CLIP_DEVIATION, CLIP_MEAN, clipPixels, clipSquares } from '../../companion/vision/preprocess.ts'
import { resizeBicubic } from '../../companion/vision/resize.ts'
import { clipView } from '../../shared/clip-view.ts'
import type { Raster } from '../../shared/raster.ts'
import { assertClose } from '../support/close.ts'
import { pixels } from '../support/drawn.ts'
import { fixtureJson } from '../support/golden.ts'

interface Resized {
  from: [number, number]
  to: [number, number]
  rgb: string
}
const { resized } = fixtureJson('goldens', 'arithmetic.json') as { resized: Resized[] }

const plain = (width: number, height: number, ...colour: number[]): Raster => ({
  width,
  height,
  channels: colour.length === 4 ? 4 : 3,
  data: Uint8Array.from({ length: width * height * colour.length }, (_, i) => colour[i % colour.length]!),
})

/** The only square of a picture that is not tiled. */
function clipSquare(...given: Parameters<typeof clipSquares>): Raster {
  const [square, ...others] = clipSquares(...given)
  assert.equal(others.length, 0)
  return square!
}

describe("Pillow's bicubic resizing, to the bit", () => {
  for (const { from, to, rgb } of resized) {
    test(`${from.join(' x ')} to ${to.join(' x ')}`, () => {
      const made = resizeBicubic(pixels(...from), { width: to[0], height: to[1] })
      assert.deepEqual(Buffer.from(made.data).toString('base64'), rgb)
    })
  }
})

test('normalised as published', () => {
  const clip = { size: 4, mean: CLIP_MEAN, deviation: CLIP_DEVIATION }
  const pixels = clipPixels(plain(4, 4, 0, 128, 255), clip)
  // (v / 255 - mean) / deviation with the numbers of openai/CLIP's clip.py
  const expected = [(0 - 0.48145466) / 0.26862954, (128 / 255 - 0.4578275) / 0.26130258, (1 - 0.40821073) / 0.27577711]
  assertClose(
    'pixels',
    pixels,
    expected.flatMap((value) => Array<number>(16).fill(value)),
    1e-6,
  )
})

test('a long picture between white bars is never held as a square, and is what the square would give', () => {
  const memory: number[] = []
  const { Uint8Array: Whole } = globalThis
  globalThis.Uint8Array = new Proxy(Whole, {
    construct(target, given: [number], made) {
      if (typeof given[0] === 'number') memory.push(given[0])
      return Reflect.construct(target, given, made) as object
    },
  })
  try {
    for (const [width, height] of [
      [1000, 7],
      [7, 1000],
    ] as const) {
      const picture = plain(width, height, 40, 90, 200)
      memory.length = 0
      const [square] = clipSquares(picture, 'pad', 32)
      assert.ok(Math.max(...memory) < 1000 * 250, `${Math.max(...memory)} bytes at once`)
      const side = Math.max(width, height)
      const whole = plain(side, side, 255, 255, 255)
      const [left, top] = [0 - Math.floor((width - side) / -2), 0 - Math.floor((height - side) / -2)]
      for (let y = 0; y < height; y++) {
        const row = picture.data.subarray(3 * y * width, 3 * (y + 1) * width)
        whole.data.set(row, 3 * ((y - top) * side - left))
      }
      const expected = resizeBicubic(whole, { width: 32, height: 32 })
      assert.equal(Buffer.compare(square!.data, expected.data), 0)
    }
  } finally {
    globalThis.Uint8Array = Whole
  }
})

describe('the square CLIP sees', () => {
  test('is the middle of a wide picture', () => {
    const picture = plain(9, 3, 0, 0, 0)
    for (let y = 0; y < 3; y++) picture.data.fill(200, 3 * (y * 9 + 3), 3 * (y * 9 + 6))
    assert.deepEqual(clipSquare(picture, 'crop', 3).data, plain(3, 3, 200, 200, 200).data)
  })

  test('is the whole of it between white bars when padded', () => {
    const seen = clipSquare(plain(4, 2, 10, 20, 30), 'pad', 4)
    const rows = Array.from({ length: 4 }, (_, y) => [...seen.data.subarray(12 * y, 12 * y + 3)])
    assert.deepEqual(rows, [
      [255, 255, 255],
      [10, 20, 30],
      [10, 20, 30],
      [255, 255, 255],
    ])
  })

  test('shows what is transparent on white', () => {
    assert.deepEqual(clipSquare(plain(2, 2, 255, 0, 0, 0), 'crop', 2).data, plain(2, 2, 255, 255, 255).data)
    assert.deepEqual(clipSquare(plain(2, 2, 255, 0, 0, 255), 'crop', 2).data, plain(2, 2, 255, 0, 0).data)
    assert.deepEqual(clipSquare(plain(2, 2, 255, 0, 0, 51), 'crop', 2).data, plain(2, 2, 255, 204, 204).data)
  })

  for (const [width, height] of [
    [1, 1],
    [1, 300],
    [1000, 1],
    [225, 224],
    [224, 224],
  ] as const) {
    test(`can be made of ${width} x ${height} pixels`, () => {
      for (const fit of ['crop', 'pad'] as const) {
        const { data, ...size } = clipSquare(plain(width, height, 90, 90, 90), fit, 224)
        assert.deepEqual(size, { width: 224, height: 224, channels: 3 })
        assert.equal(data.length, 3 * 224 * 224)
        assert.ok(fit === 'pad' || data.every((value) => value === 90))
      }
    })
  }
})

test('a picture too thin to show anything in its middle square is refused, unless it is padded', () => {
  const line = { width: 1001, height: 1, channels: 3, data: new Uint8Array(3 * 1001) } as const
  assert.throws(() => clipSquare(line, 'crop', 8), { code: 'picture-invalid', message: /1001 x 1/ })
  assert.equal(clipSquare(line, 'pad', 8).data.length, 3 * 8 * 8)
})

describe('the square along the long side', () => {
  const cuts: [width: number, height: number, cropAt: number | undefined, left: number, top: number][] = [
    [40, 16, undefined, 12, 0],
    [40, 16, 0.5, 12, 0],
    [40, 16, 0, 0, 0],
    [40, 16, 0.25, 6, 0],
    [40, 16, 1, 24, 0],
    [16, 40, 0, 0, 0],
    [16, 40, 0.75, 0, 18],
    [16, 16, 1, 0, 0],
  ]
  for (const [width, height, cropAt, left, top] of cuts) {
    test(`${width} x ${height} at ${cropAt ?? 'no place'}`, () => {
      const picture = pixels(width, height)
      const square = Buffer.alloc(3 * 16 * 16)
      for (let y = 0; y < 16; y++) {
        const from = 3 * ((top + y) * width + left)
        square.set(picture.data.subarray(from, from + 3 * 16), 3 * 16 * y)
      }
      assert.deepEqual(Buffer.from(clipSquare(picture, 'crop', 16, cropAt).data), square)
    })
  }

  test('is where it is said to be in a picture that is resized', () => {
    const { resized, corners } = clipView({ width: 900, height: 300 }, 'crop', 100, 0.75)
    assert.deepEqual([resized, corners], [{ width: 300, height: 100 }, [{ left: 150, top: 0 }]])
  })
})

describe('tiles along the long side', () => {
  /** A picture whose red is the place along its long side. */
  const ramp = (width: number, height: number): Raster => {
    const picture = plain(width, height, 0, 0, 0)
    for (let i = 0; i < width * height; i++) picture.data[3 * i] = width > height ? i % width : Math.floor(i / width)
    return picture
  }
  /** Where each tile begins and ends. */
  const ends = (picture: Raster, size: number) =>
    clipSquares(picture, 'tile', size).map(({ data, ...square }) => {
      assert.deepEqual(square, { width: size, height: size, channels: 3 })
      return [data[0], data.at(-3)]
    })
  const SIDE = 10

  const cases: [width: number, height: number, tiles: [number, number][]][] = [
    [10, 10, [[0, 9]]],
    [13, 10, [[1, 10]]],
    [10, 13, [[1, 10]]],
    [
      14,
      10,
      [
        [0, 9],
        [4, 13],
      ],
    ],
    [
      20,
      10,
      [
        [0, 9],
        [10, 19],
      ],
    ],
    [
      10,
      20,
      [
        [0, 9],
        [10, 19],
      ],
    ],
    [
      25,
      10,
      [
        [0, 9],
        [8, 17],
        [15, 24],
      ],
    ],
    [
      40,
      10,
      [
        [0, 9],
        [10, 19],
        [20, 29],
        [30, 39],
      ],
    ],
    [
      10,
      240,
      [
        [100, 109],
        [110, 119],
        [120, 129],
        [130, 139],
      ],
    ],
  ]
  for (const [width, height, tiles] of cases) {
    test(`${width} x ${height}`, () => assert.deepEqual(ends(ramp(width, height), SIDE), tiles))
  }

  test('of a line of pixels, its middle', () => {
    const squares = clipSquares(plain(5000, 1, 7, 7, 7), 'tile', 8)
    assert.equal(squares.length, 4)
    assert.ok(squares.every(({ data }) => data.every((value) => value === 7)))
  })

  test('see what cropping sees where a picture is nearly square', () => {
    const picture = pixels(24, 20)
    assert.deepEqual(clipSquares(picture, 'tile', 16), clipSquares(picture, 'crop', 16))
  })
})
