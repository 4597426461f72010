/** Is a picture as large as the model likes and shaped as the place it goes into? */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { clientMessageSchema } from '../../shared/protocol.ts'
import { sidesOfShape } from '../../shared/shape.ts'

test('a square place gets the square the model was trained with', () => {
  assert.deepEqual(sidesOfShape({ width: 1000, height: 1000 }, 512 ** 2, 64), [512, 512])
  assert.deepEqual(sidesOfShape({ width: 3, height: 3 }, 128 ** 2, 16), [128, 128])
})

test('an oblong one gets as many pixels, in its own shape', () => {
  assert.deepEqual(sidesOfShape({ width: 4000, height: 1000 }, 512 ** 2, 64), [1024, 256])
  assert.deepEqual(sidesOfShape({ width: 300, height: 200 }, 512 ** 2, 64), [576, 384])
  assert.deepEqual(sidesOfShape({ width: 200, height: 300 }, 512 ** 2, 64), [384, 576])
})

test('the shape bends by less than a fifth as long as no side meets its end', () => {
  const sides = fc.integer({ min: 100, max: 5000 })
  fc.assert(
    fc.property(sides, sides, fc.constantFrom([128, 16], [512, 64], [1024, 64]), (width, height, [base, grid]) => {
      fc.pre(Math.max(width, height) < 3 * Math.min(width, height))
      const [w, h] = sidesOfShape({ width, height }, base ** 2, grid)
      assert.deepEqual([w % grid, h % grid], [0, 0])
      const bend = (w * height) / (h * width)
      assert.ok(bend > 1 / 1.2 && bend < 1.2, `${width} x ${height} became ${w} x ${h}`)
    }),
  )
})

test('no side is longer or shorter than a picture may be', () => {
  assert.deepEqual(sidesOfShape({ width: 100_000, height: 1 }, 512 ** 2, 64), [4096, 64])
  assert.deepEqual(sidesOfShape({ width: 1, height: 1 }, 8, 8), [64, 64])
})

test('a shape on the socket has whole sides of at least a pixel', () => {
  const ask = (shape: unknown) =>
    clientMessageSchema.safeParse({ type: 'generate', job: 1, recipe: { prompt: '' }, shape }).success
  assert.equal(ask({ width: 1200, height: 1 }), true)
  for (const shape of [{ width: 10 }, { width: 0, height: 5 }, { width: 1.5, height: 5 }, [10, 10], 'square']) {
    assert.equal(ask(shape), false, JSON.stringify(shape))
  }
})
