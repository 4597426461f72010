import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FOX, modally, photoshopWithFox } from '../bench.ts'

test('trap 8: pixels come back trimmed, and put back at the corner asked for they are misplaced', async () => {
  const host = photoshopWithFox()
  const { photoshop, controls, documentID, layerID } = host
  const asked = { left: 0, top: 0, right: 64, bottom: 48 }
  const read = () => photoshop.imaging.getPixels({ documentID, layerID, sourceBounds: asked })
  const putAt = async (corner: 'asked' | 'returned') => {
    const { imageData, sourceBounds } = await read()
    await modally(host, () =>
      photoshop.imaging.putPixels({ layerID, imageData, targetBounds: corner === 'asked' ? asked : sourceBounds }),
    )
    return controls.layer(layerID)!.surface.bounds
  }
  assert.deepEqual([(await read()).imageData.width, (await read()).sourceBounds.left], [20, FOX.left])
  assert.deepEqual(await putAt('returned'), FOX)
  assert.deepEqual(await putAt('asked'), { left: 0, top: 0, right: 20, bottom: 10 })
})

test('trap 8: the trimming can be more than the empty margin', async () => {
  const { photoshop, documentID, layerID } = photoshopWithFox({ switches: { trimMore: true } })
  const { sourceBounds } = await photoshop.imaging.getPixels({ documentID, layerID })
  assert.deepEqual(sourceBounds, { left: 9, top: 5, right: 27, bottom: 13 })
})

test('trap 9: three or four components, 32768 for white at 16 bits, and hosts that refuse 8 of 16', async () => {
  const host = photoshopWithFox({ depth: 16, switches: { code1On8BitOf16Bit: true } })
  const { photoshop, controls, documentID, layerID } = host
  const background = controls.layerNamed('Background').id
  const opaque = await photoshop.imaging.getPixels({ documentID, layerID: background })
  const clear = await photoshop.imaging.getPixels({ documentID, layerID })
  assert.deepEqual([opaque.imageData.components, clear.imageData.components], [3, 4])
  assert.equal((await opaque.imageData.getData())[0], 32768)
  const eight = () => photoshop.imaging.getPixels({ documentID, layerID, componentSize: 8 })
  await assert.rejects(eight(), { number: -1, message: /Code: -1/ })
  controls.switches.code1On8BitOf16Bit = false
  assert.equal((await eight()).imageData.componentSize, 8)
})

test('trap 10: a layer’s pixels know nothing of its mask, opacity and visibility', async () => {
  const { photoshop, controls, documentID, layerID } = photoshopWithFox()
  const hidden = { surface: { ...controls.layer(layerID)!.surface, channels: 1 as const, data: new Uint8Array(200) } }
  controls.editLayer(layerID, { opacity: 10, visible: false, mask: { ...hidden, outside: 0, enabled: true } })
  const { imageData } = await photoshop.imaging.getPixels({ documentID, layerID })
  assert.deepEqual([...(await imageData.getData()).slice(0, 4)], [200, 30, 20, 255])
  const mask = await photoshop.imaging.getLayerMask({ documentID, layerID })
  assert.deepEqual([...new Set(await mask.imageData.getData())], [0])
})

test('trap 10: empty layers, groups, adjustments and smart objects without their file are refused', async () => {
  const { photoshop, controls, documentID, layerID } = photoshopWithFox({ switches: { smartObjectMissingLink: true } })
  const read = () => photoshop.imaging.getPixels({ documentID, layerID })
  controls.editLayer(layerID, { kind: 'smartObject' })
  await assert.rejects(read(), /Could not update smart object files/)
  const host = { photoshop }
  await modally(host, () => photoshop.app.activeDocument!.layers[0]!.rasterize('entire'))
  assert.equal((await read()).imageData.width, 20)
  controls.editLayer(layerID, { kind: 'curves' })
  await assert.rejects(read(), /no pixels/)
  controls.editLayer(layerID, { kind: 'group', children: [] })
  await assert.rejects(read(), /group/)
})

test('trap 11: image data that nobody disposes of stays, and Photoshop complains', async () => {
  const { photoshop, controls } = photoshopWithFox({ memoryWarningBytes: 7 * 2 ** 20 })
  const [width, height] = [1024, 1024]
  const make = () =>
    photoshop.imaging.createImageDataFromBuffer(new Uint8Array(width * height * 3), {
      width,
      height,
      components: 3,
      colorSpace: 'RGB',
    })
  const leaked = [await make(), await make()]
  assert.deepEqual(controls.warnings(), [])
  leaked.push(await make())
  assert.match(controls.warnings().join(), /memory usage increased to: 9MB/)
  for (const image of leaked) image.dispose()
  assert.deepEqual(controls.liveImages(), { count: 0, bytes: 0 })
})
