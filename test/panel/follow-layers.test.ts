/** Cards that follow their layers by themselves: when, and when not. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { HostError } from '../../plugin/host/host-error.ts'
import { addLayer, assertNothingLeaked, type Desk, openDesk, openFox, referenceAt, until } from '../support/desk.ts'

const GREEN = [0, 200, 0] as const

/** A desk whose card of the fox follows its layer; `stop` ends the panel. */
async function openFollowing(): Promise<{ desk: Desk; image: string; foxId: number; stop: () => void }> {
  const desk = openDesk()
  const { foxId } = openFox(desk)
  await desk.panel.references.add()
  const stop = desk.panel.start()
  const { image } = referenceAt(desk)
  desk.panel.references.follow(image, true)
  return { desk, image, foxId, stop }
}

const paint = ({ controls }: Desk, layerId: number): void =>
  controls.paint(layerId, { left: 10, top: 20, right: 14, bottom: 24 }, [...GREEN, 255])
const corner = (desk: Desk, at = 0): number[] => [...referenceAt(desk, at).capture.picture.data.slice(0, 3)]
const isGreen = (desk: Desk): boolean => corner(desk).join() === GREEN.join()

test('a card that follows takes its layer’s picture anew when that changes', async (t) => {
  const { desk, foxId, stop } = await openFollowing()
  const reads = t.mock.method(desk.host, 'readReference')
  paint(desk, foxId)
  await until(desk, () => isGreen(desk))
  assert.equal(referenceAt(desk).layer, 'same')
  assert.equal(reads.mock.callCount(), 1)
  desk.controls.undo()
  await until(desk, () => !isGreen(desk))
  stop()
  assertNothingLeaked(desk)
})

test('one that does not follow says so and waits; switched on, it catches up, and later ones follow from the first', async () => {
  const desk = openDesk()
  const { foxId } = openFox(desk)
  await desk.panel.references.add()
  const stop = desk.panel.start()
  paint(desk, foxId)
  await until(desk, () => referenceAt(desk).layer === 'changed')
  assert.equal(isGreen(desk), false)
  desk.panel.references.follow(referenceAt(desk).image, true)
  await until(desk, () => isGreen(desk))
  addLayer(desk, 'leaf')
  await desk.panel.references.add()
  assert.equal(referenceAt(desk, 1).follows, true)
  desk.panel.references.follow(referenceAt(desk, 1).image, false)
  await desk.panel.references.add()
  assert.equal(referenceAt(desk, 2).follows ?? false, false)
  assert.equal(referenceAt(desk).follows, true)
  stop()
})

for (const [what, hold] of [
  ['its slider', (desk: Desk, image: string, released: boolean) => desk.panel.setWeight(image, 0.9, released)],
  ['its pad', (desk: Desk, image: string, released: boolean) => desk.panel.setMode(image, 'style', released)],
  [
    'its picture',
    (desk: Desk, image: string, released: boolean) => desk.panel.references.reframe(image, 0.2, released),
  ],
] as const) {
  test(`it waits while ${what} is held`, async () => {
    const { desk, image, foxId, stop } = await openFollowing()
    await hold(desk, image, false)
    paint(desk, foxId)
    await until(desk, () => referenceAt(desk).layer === 'changed')
    await desk.panel.references.change(image, { end: 0.9 })
    assert.equal(isGreen(desk), false)
    await hold(desk, image, true)
    await until(desk, () => isGreen(desk))
    stop()
  })
}

test('a held reference that is removed holds nothing up', async () => {
  const { desk, image, foxId, stop } = await openFollowing()
  addLayer(desk, 'leaf')
  await desk.panel.references.add()
  await desk.panel.setWeight(referenceAt(desk, 1).image, 0.9, false)
  paint(desk, foxId)
  await until(desk, () => referenceAt(desk).layer === 'changed')
  desk.panel.references.remove(referenceAt(desk, 1).image)
  await until(desk, () => isGreen(desk))
  assert.equal(referenceAt(desk).image, image)
  stop()
})

test('a layer that is gone is said to be, and no longer followed when undo brings it back', async () => {
  const { desk, foxId, stop } = await openFollowing()
  desk.controls.deleteLayer(foxId)
  await until(desk, () => referenceAt(desk).layer === 'gone')
  assert.equal(referenceAt(desk).follows, false)
  desk.controls.undo()
  await until(desk, () => referenceAt(desk).layer === 'same')
  assert.equal(referenceAt(desk).follows, false)
  stop()
})

test('a layer that undo brings back is no longer said to be gone, also where it had been looked at before', async () => {
  const { desk, foxId, stop } = await openFollowing()
  paint(desk, foxId)
  await until(desk, () => isGreen(desk))
  // Another line of the history, at which the layer is looked at once more.
  const leaf = addLayer(desk, 'leaf')
  await until(desk, () => referenceAt(desk).layer === 'same')
  desk.controls.selectLayers([leaf])
  desk.controls.deleteLayer(foxId)
  await until(desk, () => referenceAt(desk).layer === 'gone')
  desk.controls.undo()
  await until(desk, () => referenceAt(desk).layer === 'same')
  stop()
})

test('what cannot be taken anew is tried once for each change, without a word', async (t) => {
  const { desk, foxId, stop } = await openFollowing()
  const reads = t.mock.method(desk.host, 'readReference', () => Promise.reject(new Error('no pixels')))
  paint(desk, foxId)
  await until(desk, () => referenceAt(desk).layer === 'changed')
  const leaf = addLayer(desk, 'leaf')
  desk.controls.selectLayers([leaf])
  await until(desk, () => {
    const { selection } = desk.panel.state()
    return selection.kind === 'layers' && selection.layers[0]?.name === 'leaf'
  })
  const calls = reads.mock.callCount()
  assert.ok(calls >= 1 && calls <= 2, `${calls} tries`)
  assert.equal(desk.panel.state().notice, undefined)
  stop()
})

test('while Photoshop is busy nothing is waited for; the next that it tells has another look', async (t) => {
  const { desk, foxId, stop } = await openFollowing()
  const { host } = desk
  const { layer } = referenceAt(desk).capture
  let done = (): void => undefined
  const over = new Promise<void>((resolve) => (done = resolve))
  const modal = desk.photoshop.core.executeAsModal(() => over, { commandName: 'Transform' })
  await assert.rejects(host.readReference(layer!, 'whole', 'at once'), { kind: 'busy' })
  done()
  await modal

  const read = host.readReference.bind(host)
  let isBusy = true
  t.mock.method(host, 'readReference', (...given: Parameters<typeof read>) =>
    isBusy ? Promise.reject(new HostError('busy', 'Photoshop is busy.')) : read(...given),
  )
  paint(desk, foxId)
  await until(desk, () => referenceAt(desk).layer === 'changed')
  assert.equal(isGreen(desk), false)
  isBusy = false
  desk.controls.selectLayers([])
  await until(desk, () => isGreen(desk))
  stop()
})
