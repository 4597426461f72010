import assert from 'node:assert/strict'
import { test } from 'node:test'
import { modally, photoshopWithFox, settled } from '../bench.ts'

test('trap 12: between two modal scopes the user switches, deletes and closes; only ids and a fresh look help', async () => {
  const host = photoshopWithFox()
  const { photoshop, controls, documentID, layerID } = host
  const [held] = photoshop.app.activeDocument!.layers
  controls.newDocument({ width: 2, height: 2, title: 'other' })
  assert.equal(photoshop.app.activeDocument!.title, 'other')

  await modally(host, () => photoshop.app.activeDocument!.createPixelLayer({ name: 'lost' }))
  assert.equal(controls.active()!.state.layers[0]!.name, 'lost')
  await modally(host, async () => {
    photoshop.app.activeDocument = photoshop.app.documents.find(({ id }) => id === documentID)!
    await photoshop.app.activeDocument.createPixelLayer({ name: 'right' })
  })
  assert.deepEqual(
    photoshop.app.documents.find(({ id }) => id === documentID)!.layers.map(({ name }) => name),
    ['right', 'fox', 'Background'],
  )

  controls.deleteLayer(layerID, documentID)
  assert.throws(() => held!.name, /not currently available/)
  assert.equal(photoshop.action.validateReference([{ _ref: 'layer', _id: layerID }]), false)
  controls.close(documentID)
  await assert.rejects(photoshop.imaging.getPixels({ documentID, layerID }), /not currently available/)
})

test('trap 15: a modal scope selects another layer and nobody is told; the scope’s end is', async () => {
  const host = photoshopWithFox()
  await settled()
  const heard: string[] = []
  await host.photoshop.action.addNotificationListener(['select', 'make', 'modalJavaScriptScopeExit'], (event) =>
    heard.push(event),
  )
  await modally(host, () => host.photoshop.app.activeDocument!.createPixelLayer({ name: 'new' }))
  await settled()
  assert.deepEqual(heard, ['modalJavaScriptScopeExit'])
  assert.equal(host.photoshop.app.activeDocument!.activeLayers[0]!.name, 'new')
})

test('trap 15: one click is told twice, and a panel shown again is not told at all', async () => {
  const host = photoshopWithFox()
  await settled()
  let told = 0
  let shown = 0
  await host.photoshop.action.addNotificationListener(['select'], () => told++)
  host.controls.selectLayers([host.layerID])
  await settled()
  assert.equal(told, 2)
  host.uxp.entrypoints.setup({ panels: { main: { show: () => shown++ } } })
  for (let i = 0; i < 3; i++) await host.controls.openPanel('main', {} as HTMLElement)
  assert.equal(shown, 1)
})
