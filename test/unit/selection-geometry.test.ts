/** What the model gets to see of a selection, how it fades at its edges, and how a picture comes back to its place. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { featherOf, grown, withContext } from '../../plugin/host/context.ts'
import { feathered } from '../../plugin/host/feather.ts'
import { laid } from '../../plugin/host/lay.ts'
import type { Rect } from '../../plugin/host/host.ts'

const rect = (left: number, top: number, width: number, height: number): Rect => ({ left, top, width, height })
const CANVAS = rect(0, 0, 1000, 800)
const contains = (outer: Rect, inner: Rect): boolean =>
  outer.left <= inner.left &&
  outer.top <= inner.top &&
  outer.left + outer.width >= inner.left + inner.width &&
  outer.top + outer.height >= inner.top + inner.height

describe('the context of a selection', () => {
  test('is a quarter of its longer side all around', () => {
    assert.deepEqual(withContext(rect(400, 300, 200, 160), CANVAS), rect(350, 250, 300, 260))
  })

  test('is never thinner than the model can make something of', () => {
    assert.deepEqual(withContext(rect(500, 400, 10, 10), CANVAS), rect(468, 368, 74, 74))
  })

  test('reaches as far as the selection fades', () => {
    assert.deepEqual(withContext(rect(500, 400, 10, 10), CANVAS, 50), rect(450, 350, 110, 110))
  })

  test('of a strip makes no strip', () => {
    assert.deepEqual(withContext(rect(100, 395, 800, 10), CANVAS), rect(0, 100, 1000, 600))
  })

  test('is pushed back into the canvas where it would leave it', () => {
    assert.deepEqual(withContext(rect(0, 700, 200, 100), CANVAS), rect(0, 600, 300, 200))
  })

  test('always holds the selection and never leaves the ground', () => {
    const side = fc.integer({ min: 1, max: 900 })
    const place = fc.integer({ min: 0, max: 899 })
    fc.assert(
      fc.property(place, place, side, side, (left, top, width, height) => {
        const ground = rect(-50, 20, 900, 900)
        const selected = rect(
          ground.left + left,
          ground.top + top,
          Math.min(width, 900 - left),
          Math.min(height, 900 - top),
        )
        const seen = withContext(selected, ground)
        assert.ok(contains(seen, selected))
        assert.ok(contains(ground, seen))
      }),
    )
  })
})

describe('a feathered mask', () => {
  const row = (...values: readonly number[]) => ({
    width: values.length,
    height: 1,
    channels: 1,
    data: Uint8Array.from(values),
  })

  test('is half at the edge of the selection, and whole and nothing as far away as its radius', () => {
    const edge = row(...Array<number>(20).fill(0), ...Array<number>(20).fill(255))
    const { data } = feathered(edge, 9)
    assert.equal(data[10], 0)
    assert.equal(data[29], 255)
    assert.ok(Math.abs((data[19]! + data[20]!) / 2 - 127.5) <= 0.5)
    assert.ok(data.every((value, i) => i === 0 || value >= data[i - 1]!))
  })

  test('goes on beyond the edge of the canvas', () => {
    const { data } = feathered({ width: 6, height: 6, channels: 1, data: new Uint8Array(36).fill(255) }, 6)
    assert.ok(data.every((value) => value === 255))
  })

  test('blurs both ways alike', () => {
    const dot = new Uint8Array(15 * 15)
    dot[7 * 15 + 7] = 255
    const { data } = feathered({ width: 15, height: 15, channels: 1, data: dot }, 3)
    for (let i = 0; i < 15; i++) assert.equal(data[7 * 15 + i], data[i * 15 + 7])
    assert.ok(data[7 * 15 + 7]! > data[7 * 15 + 8]!)
  })

  test('of too small a radius is the selection itself', () => {
    const hard = row(0, 255, 0)
    assert.equal(feathered(hard, 1), hard)
  })

  test('fades over less where the selection is small', () => {
    assert.equal(featherOf(rect(0, 0, 4, 400)), 1)
    assert.equal(featherOf(rect(0, 0, 240, 480)), 10)
    assert.equal(featherOf(rect(0, 0, 4000, 4000)), 32)
    assert.deepEqual(grown(rect(2, 50, 10, 10), 4, CANVAS), rect(0, 46, 16, 18))
  })
})

describe('a picture in its place', () => {
  const picture = { width: 4, height: 2, channels: 3 as const, data: new Uint8Array(24).map((_, i) => i * 10) }

  test('fills it when it was made for it, and lies in its middle else', async () => {
    const place = rect(10, 20, 40, 40)
    assert.deepEqual((await laid(picture, { rect: place, exact: true })).rect, place)
    assert.deepEqual((await laid(picture, { rect: place, exact: false })).rect, rect(10, 30, 40, 20))
  })

  test('is cut to what shows of it, with the mask of that', async () => {
    const cover = { rect: rect(11, 20, 2, 1), plane: { width: 2, height: 1, data: Uint8Array.of(255, 90) } }
    const cut = await laid(picture, { rect: rect(10, 20, 4, 2), exact: true, cover })
    assert.deepEqual(cut.rect, cover.rect)
    assert.deepEqual([...cut.plane.data], [...picture.data.slice(3, 9)])
    assert.deepEqual([...cut.mask!.data], [255, 90])
  })
})
