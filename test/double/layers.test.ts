import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FOX, modally, photoshopWith, photoshopWithFox } from './bench.ts'

type Fox = ReturnType<typeof photoshopWithFox>

const tree = ({ photoshop }: Fox): unknown =>
  photoshop.app.activeDocument!.layers.map((layer) =>
    layer.layers ? [layer.name, layer.layers.map(({ name }) => name)] : layer.name,
  )
const named = ({ photoshop }: Fox, name: string) =>
  photoshop.app.activeDocument!.layers.find((layer) => layer.name === name)!

/** Layers "leaf" above "fox", and a group "sketch" on top that holds "guides". */
function withGroup(): Fox & { sketch: number; leaf: number } {
  const fox = photoshopWithFox()
  const leaf = fox.controls.addLayer('leaf')
  const sketch = fox.controls.addLayer('sketch')
  const guides = { ...fox.controls.layerNamed('leaf'), id: 90, name: 'guides' }
  fox.controls.editLayer(sketch, { kind: 'group', children: [guides] })
  return { ...fox, sketch, leaf }
}

test('outside a modal scope every change is refused, and reading is not', async () => {
  const fox = photoshopWithFox()
  const { app, imaging, action } = fox.photoshop
  const document = app.activeDocument!
  const [layer, background] = document.layers
  const outside = /only allowed from inside a modal scope/
  for (const change of [
    () => (layer!.name = 'x'),
    () => (layer!.opacity = 10),
    () => (layer!.visible = false),
    () => (layer!.allLocked = true),
    () => layer!.move(background!, 'placeBefore'),
    () => layer!.delete(),
    () => (app.activeDocument = document),
    () => (document.activeLayers = []),
    () => document.closeWithoutSaving(),
  ])
    assert.throws(change, outside)
  for (const change of [
    () => document.createPixelLayer({ name: 'x' }),
    () => document.duplicateLayers([layer!]),
    () => document.suspendHistory(() => undefined, 'x'),
    () => layer!.duplicate(),
    () => layer!.rasterize('entire'),
    () => app.createDocument(),
    () => imaging.putPixels({ layerID: layer!.id, imageData: null }),
    () => imaging.putLayerMask({ layerID: layer!.id, imageData: null }),
    () => imaging.putSelection({ imageData: null }),
    () => action.batchPlay([{ _obj: 'hide', _target: [{ _ref: 'layer', _id: layer!.id }] }]),
  ])
    await assert.rejects(change(), outside)
  assert.deepEqual([layer!.name, layer!.opacity, layer!.visible], ['fox', 100, true])
  assert.equal(fox.controls.active()!.history.names.length, 3)
})

test('a layer’s bounds are where its pixels are, outside the canvas too, and nothing for an empty layer', async () => {
  const fox = photoshopWithFox()
  const { right, bottom } = FOX
  assert.deepEqual(named(fox, 'fox').boundsNoEffects, { ...FOX, width: right - FOX.left, height: bottom - FOX.top })
  fox.controls.paint(fox.layerID, { left: -5, top: -6, right: 70, bottom: 2 }, [1, 2, 3, 255])
  const { left, top, width } = named(fox, 'fox').bounds
  assert.deepEqual([left, top, width], [-5, -6, 75])
  const empty = await modally(fox, () => fox.photoshop.app.activeDocument!.createPixelLayer())
  assert.deepEqual([empty.bounds.width, empty.bounds.height], [0, 0])
})

test('wrappers are never the same object twice, unless the switch says so; ids tell', () => {
  const fox = photoshopWithFox()
  const { app } = fox.photoshop
  assert.notEqual(app.activeDocument, app.activeDocument)
  assert.notEqual(app.activeDocument!.layers[0], app.activeDocument!.layers[0])
  assert.equal(app.activeDocument!.id, app.documents[0]!.id)
  fox.controls.switches.freshWrappers = false
  assert.equal(app.activeDocument, app.activeDocument)
})

test('a new layer lies above the active one, inside an open group, and is active then', async () => {
  const fox = withGroup()
  const document = fox.photoshop.app.activeDocument!
  fox.controls.selectLayers([fox.layerID])
  const made = await modally(fox, () => document.createPixelLayer({ name: 'a', opacity: 40, blendMode: 'colorBurn' }))
  assert.deepEqual(tree(fox), [['sketch', ['guides']], 'leaf', 'a', 'fox', 'Background'])
  assert.deepEqual([made.opacity, made.blendMode], [40, 'colorBurn'])
  assert.deepEqual(
    document.activeLayers.map(({ id }) => id),
    [made.id],
  )
  fox.controls.selectLayers([fox.sketch])
  await modally(fox, () => document.createPixelLayer({ name: 'b' }))
  assert.deepEqual((tree(fox) as unknown[])[0], ['sketch', ['b', 'guides']])
  fox.controls.setOpen(fox.sketch, false)
  fox.controls.selectLayers([fox.sketch])
  await modally(fox, () => document.createPixelLayer({ name: 'c' }))
  assert.equal((tree(fox) as unknown[])[0], 'c')
})

test('a new group takes layers along in their order, where the front one lies, and is active then', async () => {
  const fox = withGroup()
  const document = fox.photoshop.app.activeDocument!
  const [leaf, under] = ['leaf', 'fox'].map((name) => named(fox, name))
  const group = await modally(fox, () => document.createLayerGroup({ name: 'two', fromLayers: [under!, leaf!] }))
  assert.deepEqual(tree(fox), [['sketch', ['guides']], ['two', ['leaf', 'fox']], 'Background'])
  assert.deepEqual([group.kind, group.blendMode, document.activeLayers[0]!.id], ['group', 'passThrough', group.id])
  fox.controls.undo()
  assert.deepEqual(tree(fox), [['sketch', ['guides']], 'leaf', 'fox', 'Background'])

  fox.controls.selectLayers([fox.layerID])
  await modally(fox, () => document.createLayerGroup({ name: 'none' }))
  assert.deepEqual(tree(fox), [['sketch', ['guides']], 'leaf', ['none', []], 'fox', 'Background'])
  const withBackground = { fromLayers: named(fox, 'Background') }
  await assert.rejects(
    modally(fox, () => document.createLayerGroup(withBackground)),
    /Background/,
  )
  await assert.rejects(document.createLayerGroup({ name: 'outside' }), /modal scope/)
})

test('layer ids are never used again', async () => {
  const fox = photoshopWithFox()
  const document = fox.photoshop.app.activeDocument!
  const first = await modally(fox, () => document.createPixelLayer())
  await modally(fox, () => first.delete())
  const second = await modally(fox, () => document.createPixelLayer())
  assert.ok(second.id > first.id)
  assert.throws(() => first.name, /not currently available/)
})

test('move knows the five placements and refuses what Photoshop refuses', async () => {
  const fox = withGroup()
  const move = (name: string, relative: string, placement: string): Promise<void> =>
    modally(fox, () => named(fox, name).move(named(fox, relative), placement))
  await move('leaf', 'fox', 'placeAfter')
  assert.deepEqual(tree(fox), [['sketch', ['guides']], 'fox', 'leaf', 'Background'])
  await move('leaf', 'fox', 'placeBefore')
  assert.deepEqual(tree(fox), [['sketch', ['guides']], 'leaf', 'fox', 'Background'])
  await move('leaf', 'sketch', 'placeInside')
  assert.deepEqual(tree(fox), [['sketch', ['leaf', 'guides']], 'fox', 'Background'])
  await move('fox', 'sketch', 'placeAtEnd')
  assert.deepEqual(tree(fox), [['sketch', ['leaf', 'guides', 'fox']], 'Background'])
  await assert.rejects(move('Background', 'sketch', 'placeBefore'), /Background/)
  await assert.rejects(move('sketch', 'Background', 'placeAfter'), /Background/)
  await assert.rejects(move('sketch', 'Background', 'placeInside'), /not a group/)
  await assert.rejects(move('sketch', 'sketch', 'placeBefore'), /itself/)
  await assert.rejects(move('sketch', 'Background', 'on top'), /Invalid placement/)
})

test('placeAtEnd stays above the Background', async () => {
  const fox = withGroup()
  await modally(fox, () => named(fox, 'leaf').move(named(fox, 'fox'), 'placeAtEnd'))
  assert.deepEqual(tree(fox), [['sketch', ['guides']], 'fox', 'leaf', 'Background'])
})

test('a layer that is locked in place does not move', async () => {
  const fox = withGroup()
  await modally(fox, () => (named(fox, 'leaf').positionLocked = true))
  assert.ok(named(fox, 'leaf').locked)
  await assert.rejects(
    modally(fox, () => named(fox, 'leaf').move(named(fox, 'fox'), 'placeAfter')),
    /locked/,
  )
})

test('a duplicate has ids of its own all through and keeps pixels and settings', async () => {
  const fox = withGroup()
  fox.controls.editLayer(fox.sketch, { settings: { imprint: '{}' } })
  const copy = await modally(fox, () => named(fox, 'sketch').duplicate(undefined, undefined, 'again'))
  const state = fox.controls.layer(copy.id)!
  assert.equal(copy.name, 'again')
  assert.notEqual(state.children![0]!.id, 90)
  assert.deepEqual(state.settings, { imprint: '{}' })
  assert.equal(state.children![0]!.surface, fox.controls.layerNamed('guides').surface)
})

test('layers copied to another document arrive on top of it; the active document stays', async () => {
  const fox = photoshopWithFox()
  const other = fox.controls.newDocument({ width: 4, height: 4, title: 'other' })
  fox.controls.activate(fox.documentID)
  const target = fox.photoshop.app.documents.find(({ id }) => id === other)!
  await modally(fox, () => fox.photoshop.app.activeDocument!.duplicateLayers([named(fox, 'fox')], target))
  assert.deepEqual(
    target.layers.map(({ name }) => name),
    ['fox', 'Background'],
  )
  assert.equal(fox.photoshop.app.activeDocument!.id, fox.documentID)
})

test('merging a group gives one pixel layer that looks the same', async () => {
  const fox = withGroup()
  fox.controls.paint(90, { left: 2, top: 2, right: 4, bottom: 4 }, [9, 8, 7, 255])
  const before = fox.controls.picture()
  const merged = await modally(fox, () => named(fox, 'sketch').merge())
  assert.equal(merged.kind, 'pixel')
  assert.deepEqual(fox.controls.picture(), before)
})

test('the last layer of a document cannot be deleted', async () => {
  const host = photoshopWith()
  host.controls.newDocument({ width: 2, height: 2 })
  await assert.rejects(
    modally(host, () => host.photoshop.app.activeDocument!.layers[0]!.delete()),
    /last layer/,
  )
})

test('documents: none, several, another active one, one closed', async () => {
  const host = photoshopWith()
  const { app } = host.photoshop
  assert.equal(app.activeDocument, null)
  const first = host.controls.newDocument({ width: 4, height: 4, title: 'first' })
  const second = host.controls.newDocument({ width: 8, height: 6, depth: 16, mode: 'CMYKColorMode', title: 'second' })
  const { id, width, height, mode, bitsPerChannel } = app.activeDocument!
  assert.deepEqual([id, width, height, mode, bitsPerChannel], [second, 8, 6, 'CMYKColorMode', 'bitDepth16'])
  await modally(host, () => (app.activeDocument = app.documents[0]!))
  const closed = app.activeDocument!
  assert.equal(closed.title, 'first')
  host.controls.close(first)
  assert.equal(app.activeDocument!.id, second)
  assert.throws(() => closed.title, /not currently available/)
})

test('the profile getter can throw; the selection has bounds or none', () => {
  const fox = photoshopWithFox({ switches: { profileThrows: true } })
  const document = fox.photoshop.app.activeDocument!
  assert.throws(() => document.colorProfileName)
  fox.controls.switches.profileThrows = false
  assert.equal(document.colorProfileName, 'sRGB IEC61966-2.1')
  assert.equal(document.selection.bounds, null)
  fox.controls.select({ left: 1, top: 2, right: 5, bottom: 9 })
  assert.deepEqual(document.selection.bounds, { left: 1, top: 2, right: 5, bottom: 9, width: 4, height: 7 })
})
