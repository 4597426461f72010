import assert from 'node:assert/strict'
import jpeg from 'jpeg-js'
import { test } from 'node:test'
import { FOX, modally, photoshopWithFox, settled } from './bench.ts'

const RED = [200, 30, 20, 255]
type Fox = ReturnType<typeof photoshopWithFox>

const buffer = (fox: Fox, data: Uint8Array | Uint16Array, options: object) =>
  fox.photoshop.imaging.createImageDataFromBuffer(data, { colorSpace: 'RGB', ...options })

test('a layer gives its own pixels, four components, with the bounds they have', async () => {
  const { photoshop, documentID, layerID } = photoshopWithFox()
  const { imageData, sourceBounds, level } = await photoshop.imaging.getPixels({ documentID, layerID })
  assert.deepEqual([sourceBounds, level], [FOX, 0])
  const { width, height, components, componentSize, colorSpace, pixelFormat, hasAlpha } = imageData
  assert.deepEqual(
    [width, height, components, componentSize, colorSpace, pixelFormat, hasAlpha],
    [20, 10, 4, 8, 'RGB', 'RGBA', true],
  )
  assert.deepEqual([...(await imageData.getData()).slice(0, 4)], RED)
})

test('both forms of bounds are half-open, and what holds no pixels is left out', async () => {
  const { photoshop, documentID, layerID } = photoshopWithFox()
  const read = async (sourceBounds: object) =>
    (await photoshop.imaging.getPixels({ documentID, layerID, sourceBounds })).sourceBounds
  assert.deepEqual(await read({ left: 10, top: 5, right: 12, bottom: 6 }), { left: 10, top: 5, right: 12, bottom: 6 })
  assert.deepEqual(await read({ left: 10, top: 5, width: 2, height: 1 }), { left: 10, top: 5, right: 12, bottom: 6 })
  assert.deepEqual(await read({ left: 0, top: 0, right: 64, bottom: 48 }), FOX)
  for (const nothing of [
    { left: 0, top: 0, right: 8, bottom: 48 },
    { left: 5, top: 5, right: 5, bottom: 9 },
    { left: 1 },
  ])
    await assert.rejects(read(nothing))
})

test('the document’s composite: three components when opaque, four when not, of any history state', async () => {
  const { photoshop, controls, documentID } = photoshopWithFox()
  const read = async (historyStateID?: number) => {
    const { imageData } = await photoshop.imaging.getPixels({
      documentID,
      ...(historyStateID === undefined ? {} : { historyStateID }),
    })
    const at = (FOX.top * 64 + FOX.left) * imageData.components
    return [imageData.components, ...(await imageData.getData()).slice(at, at + 3)]
  }
  assert.deepEqual(await read(), [3, 200, 30, 20])
  const [opened] = photoshop.app.activeDocument!.historyStates
  assert.deepEqual(await read(opened!.id), [3, 255, 255, 255])
  controls.setVisible(controls.layerNamed('Background').id, false)
  assert.equal((await photoshop.imaging.getPixels({ documentID })).imageData.components, 4)
})

test('the Background has three components; applyAlpha lays a layer on white', async () => {
  const { photoshop, controls, documentID, layerID } = photoshopWithFox()
  const background = controls.layerNamed('Background').id
  assert.equal((await photoshop.imaging.getPixels({ documentID, layerID: background })).imageData.components, 3)
  controls.paint(layerID, FOX, [0, 0, 0, 128])
  const { imageData } = await photoshop.imaging.getPixels({ documentID, layerID, applyAlpha: true })
  assert.deepEqual([imageData.components, (await imageData.getData())[0]], [3, 127])
})

test('sixteen bits run from 0 to 32768, or to 65535 when asked', async () => {
  const { photoshop, documentID, layerID } = photoshopWithFox({ depth: 16 })
  const { imageData } = await photoshop.imaging.getPixels({ documentID, layerID })
  const data = await imageData.getData()
  assert.ok(data instanceof Uint16Array)
  assert.deepEqual([data[3], data[0]], [32768, Math.round((200 / 255) * 32768)])
  assert.equal((await imageData.getData({ fullRange: true }))[3], 65535)
  const eight = await photoshop.imaging.getPixels({ documentID, layerID, componentSize: 8 })
  assert.deepEqual([...(await eight.imageData.getData()).slice(0, 4)], RED)
})

test('planar data holds one component after the other', async () => {
  const fox = photoshopWithFox()
  const image = await buffer(fox, Uint8Array.of(1, 3, 2, 4, 5, 6), {
    width: 2,
    height: 1,
    components: 3,
    chunky: false,
  })
  assert.deepEqual([...(await image.getData())], [1, 2, 5, 3, 4, 6])
  assert.deepEqual([...(await image.getData({ chunky: false }))], [1, 3, 2, 4, 5, 6])
})

test('a target size shrinks and names the level; the bounds are of that level', async () => {
  const { photoshop, documentID, layerID } = photoshopWithFox()
  const read = (targetSize: object) => photoshop.imaging.getPixels({ documentID, layerID, targetSize })
  const quarter = await read({ width: 5 })
  assert.deepEqual([quarter.imageData.width, quarter.imageData.height, quarter.level], [5, 3, 2])
  assert.deepEqual(quarter.sourceBounds, { left: 2, top: 1, right: 7, bottom: 4 })
  assert.deepEqual([...(await quarter.imageData.getData()).slice(0, 4)], RED)
  const larger = await read({ width: 400, height: 400 })
  assert.deepEqual([larger.imageData.width, larger.level], [20, 0])
})

test('shrinking weighs colours by alpha: clear pixels do not bleed in', async () => {
  const { photoshop, controls, documentID, layerID } = photoshopWithFox()
  controls.paint(layerID, FOX, [0, 0, 0, 0])
  controls.paint(layerID, { left: 0, top: 0, right: 1, bottom: 2 }, [100, 50, 10, 255])
  controls.paint(layerID, { left: 1, top: 0, right: 2, bottom: 1 }, [200, 150, 110, 85])
  const { imageData } = await photoshop.imaging.getPixels({ documentID, layerID, targetSize: { width: 1, height: 1 } })
  assert.deepEqual([...(await imageData.getData())], [114, 64, 24, 149])
})

test('empty layers, groups, adjustments and closed documents are refused', async () => {
  const fox = photoshopWithFox()
  const { photoshop, controls, documentID, layerID } = fox
  const read = () => photoshop.imaging.getPixels({ documentID, layerID })
  controls.editLayer(layerID, { kind: 'levels' })
  await assert.rejects(read(), /no pixels/)
  controls.editLayer(layerID, { kind: 'group', children: [] })
  await assert.rejects(read(), /group/)
  controls.editLayer(layerID, { kind: 'pixel', children: null })
  controls.paint(layerID, FOX, [0, 0, 0, 0])
  await assert.rejects(read(), /empty/)
  controls.close()
  await assert.rejects(read(), /not currently available/)
  await assert.rejects(photoshop.imaging.getPixels({}), { number: -25922 })
})

test('modes that imaging cannot read are refused, CMYK and grey are not', async () => {
  const { photoshop, controls } = photoshopWithFox()
  for (const mode of ['indexedColorMode', 'bitmapMode', 'duotoneMode', 'multichannelMode'] as const) {
    controls.newDocument({ width: 2, height: 2, mode })
    await assert.rejects(photoshop.imaging.getPixels({}), /color mode/)
  }
  controls.newDocument({ width: 2, height: 2, mode: 'grayscaleMode' })
  assert.equal((await photoshop.imaging.getPixels({})).imageData.components, 1)
  assert.equal((await photoshop.imaging.getPixels({ colorSpace: 'RGB' })).imageData.components, 3)
})

test('reads wait while they are held, and need a modal scope when the switch is on', async () => {
  const fox = photoshopWithFox({ switches: { readsNeedModal: true } })
  const read = () => fox.photoshop.imaging.getPixels({ documentID: fox.documentID })
  await assert.rejects(read(), /modal scope/)
  const release = fox.controls.holdReads()
  let done = false
  const reading = modally(fox, read).then(() => (done = true))
  await settled()
  assert.equal(done, false)
  release()
  await reading
})

test('image data lives until it is disposed of, and is counted', async () => {
  const fox = photoshopWithFox()
  const image = await buffer(fox, new Uint8Array(12), { width: 2, height: 2, components: 3 })
  assert.deepEqual(fox.controls.liveImages(), { count: 1, bytes: 12 })
  assert.notEqual(await image.getData(), await image.getData())
  image.dispose()
  assert.deepEqual(fox.controls.liveImages(), { count: 0, bytes: 0 })
  await assert.rejects(image.getData(), /disposed/)
  await assert.rejects(
    modally(fox, () => fox.photoshop.imaging.putPixels({ layerID: fox.layerID, imageData: image })),
    /not valid/,
  )
})

test('a buffer must match what is said about it', async () => {
  const fox = photoshopWithFox()
  const right = { width: 2, height: 1, components: 3, colorSpace: 'RGB' }
  const create = (options: object, data: unknown = new Uint8Array(6)) =>
    fox.photoshop.imaging.createImageDataFromBuffer(data, options)
  await create(right)
  await assert.rejects(create({ ...right, width: 3 }), /length/)
  await assert.rejects(create({ ...right, colorSpace: 'RGBA' }), /colorSpace/)
  await assert.rejects(create({ ...right, colorSpace: undefined }), /colorSpace/)
  await assert.rejects(create({ ...right, components: 1 }), /components/)
  await assert.rejects(create(right, [1, 2, 3, 4, 5, 6]), /invalid type/)
})

test('putPixels replaces all of a layer, or paints over it, at the corner given', async () => {
  const fox = photoshopWithFox()
  const { imaging } = fox.photoshop
  const put = (replace: boolean | undefined, targetBounds?: object) =>
    modally(fox, async () => {
      const image = await buffer(fox, new Uint8Array(12).fill(9), { width: 2, height: 2, components: 3 })
      await imaging.putPixels({
        documentID: fox.documentID,
        layerID: fox.layerID,
        imageData: image,
        ...(replace === undefined ? {} : { replace }),
        ...(targetBounds ? { targetBounds } : {}),
      })
    })
  await put(false, { left: 8, top: 4 })
  let layer = fox.controls.layer(fox.layerID)!
  assert.deepEqual(layer.surface.bounds, FOX)
  assert.deepEqual([...layer.surface.data.slice(0, 12)], [9, 9, 9, 255, 9, 9, 9, 255, ...RED])
  await put(undefined, { left: -1, top: 7, right: 99, bottom: 99 })
  layer = fox.controls.layer(fox.layerID)!
  assert.deepEqual(layer.surface.bounds, { left: -1, top: 7, right: 1, bottom: 9 })
  await put(true)
  assert.deepEqual(fox.controls.layer(fox.layerID)!.surface.bounds, { left: 0, top: 0, right: 2, bottom: 2 })
})

test('putPixels refuses locked layers and layers that are not pixels; the Background stays opaque', async () => {
  const fox = photoshopWithFox()
  const image = await buffer(fox, Uint8Array.of(0, 0, 0, 128), { width: 1, height: 1, components: 4 })
  const put = (layerID: number) => modally(fox, () => fox.photoshop.imaging.putPixels({ layerID, imageData: image }))
  const background = fox.controls.layerNamed('Background').id
  await put(background)
  const { surface } = fox.controls.layer(background)!
  assert.deepEqual([...surface.data.slice(0, 8)], [127, 127, 127, 255, 255, 255, 255, 255])
  await modally(fox, () => (fox.photoshop.app.activeDocument!.layers[0]!.pixelsLocked = true))
  await assert.rejects(put(fox.layerID), /locked/)
  fox.controls.switches.lockedPixelsReject = false
  await put(fox.layerID)
  fox.controls.editLayer(fox.layerID, { kind: 'text' })
  await assert.rejects(put(fox.layerID), /pixel layer/)
})

test('sixteen bits written come back as they were', async () => {
  const fox = photoshopWithFox({ depth: 16 })
  const values = Uint16Array.from({ length: 32769 }, (_, i) => i)
  const image = await buffer(fox, values, { width: 32769, height: 1, components: 1, colorSpace: 'Grayscale' })
  await modally(fox, () => fox.photoshop.imaging.putPixels({ layerID: fox.layerID, imageData: image }))
  const back = await fox.photoshop.imaging.getPixels({ layerID: fox.layerID })
  const data = await back.imageData.getData()
  assert.ok(values.every((value, i) => data[i * 4] === value && data[i * 4 + 3] === 32768))
})

test('a mask is read over the whole rectangle asked for; without a mask it is refused', async () => {
  const fox = photoshopWithFox()
  const { imaging } = fox.photoshop
  const { documentID, layerID } = fox
  await assert.rejects(imaging.getLayerMask({ documentID, layerID }), /mask/)
  await modally(fox, async () => {
    const gray = { width: 2, height: 1, components: 1, colorSpace: 'Grayscale' }
    const imageData = await buffer(fox, Uint8Array.of(255, 100), gray)
    await imaging.putLayerMask({ layerID, imageData, targetBounds: { left: 8, top: 4 } })
  })
  const sourceBounds = { left: 7, top: 4, right: 11, bottom: 5 }
  const mask = await imaging.getLayerMask({ documentID, layerID, sourceBounds })
  assert.deepEqual(mask.sourceBounds, sourceBounds)
  assert.deepEqual([...(await mask.imageData.getData())], [0, 255, 100, 0])
})

test('the selection is given where something is selected', async () => {
  const fox = photoshopWithFox()
  const { imaging } = fox.photoshop
  await assert.rejects(imaging.getSelection(), /no selection/)
  await modally(fox, async () => {
    const gray = { width: 3, height: 1, components: 1, colorSpace: 'Grayscale' }
    await imaging.putSelection({ imageData: await buffer(fox, Uint8Array.of(0, 70, 0), gray) })
  })
  const { imageData, sourceBounds } = await imaging.getSelection()
  assert.deepEqual(sourceBounds, { left: 1, top: 0, right: 2, bottom: 1 })
  assert.deepEqual([...(await imageData.getData())], [70])
})

test('encodeImageData gives a JPEG file, as numbers or base64, of RGB only', async () => {
  const fox = photoshopWithFox()
  const { imaging } = fox.photoshop
  const { imageData } = await imaging.getPixels({ layerID: fox.layerID })
  const numbers = (await imaging.encodeImageData({ imageData })) as number[]
  const text = (await imaging.encodeImageData({ imageData, base64: true })) as string
  assert.deepEqual([...Buffer.from(text, 'base64')], numbers)
  const { width, height, data } = jpeg.decode(Uint8Array.from(numbers), { useTArray: true })
  assert.deepEqual([width, height], [20, 10])
  for (const [c, value] of [200, 30, 20].entries()) assert.ok(Math.abs(data[c]! - value) < 6)
  const gray = await buffer(fox, new Uint8Array(1), { width: 1, height: 1, components: 1, colorSpace: 'Grayscale' })
  await assert.rejects(imaging.encodeImageData({ imageData: gray }), /RGB/)
})
