/** Are edges those of OpenCV, resized pictures those of Pillow, and masks those of diffusers? */
import assert from 'node:assert/strict'
import { Buffer } from 'node:buffer'
import { describe, test } from 'node:test'
import { canny } from '../../companion/vision/canny.ts'
import { invert } from '../../companion/vision/invert.ts'
import { greyOf } from '../../companion/vision/grey.ts'
import { latentMask, maskAt, maskOf } from '../../companion/vision/mask.ts'
import { resizeLanczos } from '../../companion/vision/resize.ts'
import { assertClose } from '../support/close.ts'
import { pixels, scene } from '../support/drawn.ts'
import { fixtureJson } from '../support/golden.ts'

type Size = [width: number, height: number]
interface Goldens {
  edges: { picture: 'scene' | 'pixels'; size: Size; low: number; high: number; norm: 'l1' | 'l2'; edges: string }[]
  resized: { from: Size; to: Size; rgb: string }[]
  masks: {
    from: Size
    to: Size
    grey: string
    size: Size
    mask: string
    latent: string
    at: { queries: number; data: number[] }[]
  }[]
}
const { edges, resized, masks } = fixtureJson('goldens', 'pictures.json') as Goldens

const base64 = (data: Uint8Array): string => Buffer.from(data).toString('base64')

/** Ones and zeros, eight in a byte, the first one highest. */
const bits = (flags: ArrayLike<number>): string =>
  base64(
    Uint8Array.from({ length: Math.ceil(flags.length / 8) }, (_, i) =>
      [0, 1, 2, 3, 4, 5, 6, 7].reduce((byte, j) => 2 * byte + Number((flags[8 * i + j] ?? 0) > 0), 0),
    ),
  )

describe("OpenCV's edges, to the bit", () => {
  for (const { picture, size, low, high, norm, edges: expected } of edges) {
    test(`${picture} ${size.join(' x ')}, ${low} and ${high}, ${norm}`, () => {
      const found = canny((picture === 'scene' ? scene : pixels)(...size), { low, high, norm })
      const red = found.data.filter((_, i) => i % 3 === 0)
      assert.equal(bits(red), expected)
      assert.ok(found.data.every((value) => value === 0 || value === 255))
      assert.ok(found.data.every((value, i) => value === red[Math.floor(i / 3)]))
    })
  }

  test('how opaque a pixel is makes no edge', () => {
    const opaque = scene(48, 40)
    const data = new Uint8Array(4 * 48 * 40)
    for (let i = 0; i < 48 * 40; i++) data.set([...opaque.data.subarray(3 * i, 3 * i + 3), i % 256], 4 * i)
    const options = { low: 100, high: 200, norm: 'l1' } as const
    assert.deepEqual(canny({ ...opaque, channels: 4, data }, options), canny(opaque, options))
  })
})

describe("Pillow's Lanczos resizing, to the bit", () => {
  for (const { from, to, rgb } of resized) {
    test(`${from.join(' x ')} to ${to.join(' x ')}`, () => {
      const made = resizeLanczos(pixels(...from), { width: to[0], height: to[1] })
      assert.deepEqual([made.width, made.height, made.channels], [...to, 3])
      assert.equal(base64(made.data), rgb)
    })
  }
})

test('the negative leaves alpha', () => {
  const picture = { width: 1, height: 2, channels: 4, data: Uint8Array.of(0, 1, 255, 9, 100, 200, 50, 0) } as const
  assert.deepEqual(invert(picture), { ...picture, data: Uint8Array.of(255, 254, 0, 9, 155, 55, 205, 0) })
  assert.deepEqual(
    [...invert(scene(3, 2)).data],
    [...scene(3, 2).data].map((value) => 255 - value),
  )
})

for (const { from, to, grey, size, mask: expected, latent, at } of masks) {
  describe(`a mask of ${from.join(' x ')} for ${to.join(' x ')}`, () => {
    const mask = maskOf(scene(...from), { width: to[0], height: to[1] })

    test("Pillow's grey, to the bit", () => assert.equal(base64(greyOf(scene(...from))), grey))

    test('resized and halved into black and white', () => {
      assert.deepEqual([mask.width, mask.height], size)
      assert.equal(bits(mask.data), expected)
      assert.deepEqual([...new Set(mask.data)].sort(), [0, 1])
    })

    test('for the latents', () => {
      assert.equal(bits(latentMask(mask, { width: size[0] / 8, height: size[1] / 8 })), latent)
    })

    for (const { queries, data } of at) {
      test(`for ${queries} queries`, () => assertClose('mask', maskAt(mask, queries), data, 1e-5))
    }
  })
}

test('white begins at half grey', () => {
  const data = Uint8Array.from({ length: 8 * 8 * 3 }, (_, i) => (i < 96 ? 127 : 128))
  const { data: mask } = maskOf({ width: 8, height: 8, channels: 3, data }, { width: 8, height: 8 })
  assert.deepEqual([...mask], [...Array<number>(32).fill(0), ...Array<number>(32).fill(1)])
})
