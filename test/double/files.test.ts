/** Files a person chooses: what the manifest has to allow, and pictures that Photoshop opens. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import sharp from 'sharp'
import type { FilePickers } from '../../plugin/studio/double/file-system.ts'
import { createHost } from '../../plugin/studio/double/host.ts'
import { decodePicture } from '../support/decode-picture.ts'

const picture = (format: 'png' | 'jpeg' | 'webp'): Promise<Buffer> =>
  sharp({ create: { width: 6, height: 4, channels: 3, background: 'red' } })
    .toFormat(format)
    .toBuffer()

/** A person who chooses this file, and saves where they are asked to. */
function choosing(name: string, bytes: Uint8Array): FilePickers & { readonly saved: Map<string, Uint8Array> } {
  const saved = new Map<string, Uint8Array>()
  return {
    saved,
    open: () => Promise.resolve({ name, bytes }),
    save: (suggested) => Promise.resolve({ name: suggested, written: (data) => void saved.set(suggested, data) }),
  }
}

test('pickers need a permission in the manifest', async () => {
  const { localFileSystem } = createHost().uxp.storage
  await assert.rejects(localFileSystem.getFileForOpening({ types: ['png'] }), /Permission denied/)
  await assert.rejects(localFileSystem.getFileForSaving('a.png', { types: ['png'] }), /Permission denied/)
})

test('a picker that the person closes gives null', async () => {
  const { localFileSystem } = createHost({ localFileSystem: 'request' }).uxp.storage
  assert.equal(await localFileSystem.getFileForOpening({ types: ['png'] }), null)
  assert.equal(await localFileSystem.getFileForSaving('a.png', { types: ['png'] }), null)
  await assert.rejects(localFileSystem.getFileForSaving('a.png'), /types/)
})

test('a file is read whole, and written where the person wants it', async () => {
  const filePickers = choosing('fox.png', Uint8Array.of(1, 2, 3))
  const { localFileSystem, formats } = createHost({ localFileSystem: 'request', filePickers }).uxp.storage
  const file = await localFileSystem.getFileForOpening({ types: ['png'] })
  assert.deepEqual(await file?.read({ format: formats.binary }), Uint8Array.of(1, 2, 3).buffer)
  const target = await localFileSystem.getFileForSaving('house.png', { types: ['png'] })
  await target?.write(Uint8Array.of(9).buffer, { format: formats.binary })
  assert.deepEqual(filePickers.saved.get('house.png'), Uint8Array.of(9))
})

for (const format of ['png', 'jpeg', 'webp'] as const) {
  test(`Photoshop opens a ${format} as a document of one layer, in a modal alone`, async () => {
    const filePickers = choosing(`fox.${format}`, await picture(format))
    const host = createHost({ localFileSystem: 'request', filePickers, decodePicture })
    const { app, core } = host.photoshop
    const file = await host.uxp.storage.localFileSystem.getFileForOpening()
    assert.ok(file)
    await assert.rejects(app.open(file), /modal scope/)
    await core.executeAsModal(() => app.open(file), { commandName: 'Open' })
    const { title, state } = host.controls.active()!
    assert.deepEqual([title, state.width, state.height, state.layers.length], [`fox.${format}`, 6, 4, 1])
    assert.deepEqual(host.controls.layerPicture(state.layers[0]!.id).bounds, { left: 0, top: 0, right: 6, bottom: 4 })
  })
}

test('what is no picture is refused', async () => {
  const filePickers = choosing('notes.png', Uint8Array.of(1, 2, 3))
  const host = createHost({ localFileSystem: 'request', filePickers, decodePicture })
  const file = await host.uxp.storage.localFileSystem.getFileForOpening()
  const { app, core } = host.photoshop
  await assert.rejects(
    core.executeAsModal(() => app.open(file!), { commandName: 'Open' }),
    /recognize/,
  )
  assert.deepEqual(host.controls.documents(), [])
})

test('a picture dropped on a document is a layer in its middle, one line in the history', async () => {
  const { controls } = createHost()
  controls.newDocument({ width: 10, height: 8 })
  const id = controls.placePicture(await decodePicture(await picture('png')), 'fox')
  assert.deepEqual(controls.layerPicture(id).bounds, { left: 2, top: 2, right: 8, bottom: 6 })
  assert.deepEqual(controls.active()?.history.names, ['Open', 'Place'])
  assert.deepEqual(controls.active()?.selectedIds, [id])
})
