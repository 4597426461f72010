import assert from 'node:assert/strict'
import { test } from 'node:test'
import { onWhite, premultiplied, samplesFor, takeSamples } from '../../plugin/host/pixels.ts'
import { blit, type Plane, resize } from '../../plugin/host/resample.ts'
import { placeOnCanvas } from '../../plugin/host/lay.ts'

const grey = (width: number, height: number, values: readonly number[]): Plane => ({
  width,
  height,
  channels: 1,
  data: Uint8Array.from(values),
})

test('a picture grows bilinearly between the centres of its pixels', async () => {
  const { data } = await resize(grey(2, 1, [0, 200]), 4, 1)
  assert.deepEqual([...data], [0, 50, 150, 200])
})

test('a picture shrinks by averaging over what each pixel covers', async () => {
  const { data } = await resize(grey(8, 1, [0, 0, 0, 0, 240, 240, 240, 240]), 2, 1)
  // Triangle of half-width 4 around 1.5: the two pixels of 240 weigh 0.375 + 0.125 of 3.5.
  assert.deepEqual([...data], [34, 206])
  const flat = await resize(grey(9, 7, Array<number>(63).fill(77)), 4, 2)
  assert.deepEqual([...flat.data], Array(8).fill(77))
})

test('a picture of the right size is left alone', async () => {
  const plane = grey(2, 2, [1, 2, 3, 4])
  assert.equal(await resize(plane, 2, 2), plane)
})

test('what lies outside is left out when one picture is laid onto another', () => {
  const target = grey(3, 2, [0, 0, 0, 0, 0, 0])
  blit(target, grey(2, 2, [1, 2, 3, 4]), -1, 1)
  assert.deepEqual([...target.data], [0, 0, 0, 2, 0, 0])
  blit(target, grey(2, 2, [5, 6, 7, 8]), 2, -1)
  assert.deepEqual([...target.data], [0, 0, 7, 2, 0, 0])
  blit(target, grey(2, 2, [9, 9, 9, 9]), 7, 0)
  assert.deepEqual([...target.data], [0, 0, 7, 2, 0, 0])
})

test('one to four components become the same kind of pixels', () => {
  const rgba = (channels: number, values: readonly number[]): number[] => [
    ...premultiplied({ width: 1, height: 1, channels, data: Uint8Array.from(values) }).data,
  ]
  assert.deepEqual(rgba(1, [90]), [90, 90, 90, 255])
  assert.deepEqual(rgba(2, [90, 0]), [0, 0, 0, 0])
  assert.deepEqual(rgba(3, [10, 20, 30]), [10, 20, 30, 255])
  assert.deepEqual(rgba(4, [200, 100, 0, 51]), [40, 20, 0, 51])
})

test('clear pixels are white whatever colour hides in them, and a mask hides as far as it says', () => {
  const pixels = premultiplied({
    width: 3,
    height: 1,
    channels: 4,
    data: Uint8Array.of(9, 9, 9, 0, 0, 0, 0, 255, 0, 0, 0, 255),
  })
  assert.deepEqual([...onWhite(pixels).data], [255, 255, 255, 0, 0, 0, 0, 0, 0])
  const mask = grey(3, 1, [255, 255, 51])
  assert.deepEqual([...onWhite(pixels, mask).data], [255, 255, 255, 0, 0, 0, 204, 204, 204])
})

test('16 bits mean 0 to 32768, both ways, and the image data is let go of', async () => {
  let disposed = 0
  const imageData = {
    width: 3,
    height: 1,
    components: 1,
    componentSize: 16 as const,
    getData: () => Promise.resolve(Uint16Array.of(0, 16384, 32768)),
    dispose: () => disposed++,
  }
  assert.deepEqual([...(await takeSamples(imageData)).data], [0, 128, 255])
  assert.deepEqual([...samplesFor(16, Uint8Array.of(0, 128, 255))], [0, 16448, 32768])
  assert.equal(disposed, 1)
  await assert.rejects(takeSamples({ ...imageData, componentSize: 32 }), { kind: 'unsupported-mode' })
  assert.equal(disposed, 2)
})

test('a result is as large as fits the canvas, in the middle', () => {
  const square = { width: 128, height: 128 }
  assert.deepEqual(placeOnCanvas({ width: 300, height: 200 }, square), { left: 50, top: 0, width: 200, height: 200 })
  assert.deepEqual(placeOnCanvas({ width: 100, height: 301 }, square), { left: 0, top: 100, width: 100, height: 100 })
  const wide = { width: 256, height: 128 }
  assert.deepEqual(placeOnCanvas({ width: 300, height: 200 }, wide), { left: 0, top: 25, width: 300, height: 150 })
})
