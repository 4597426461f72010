/** What a person does while the panel is still at something: the same again, something else, or too late a cancel. */
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import type { Raster } from '../../shared/raster.ts'
import {
  addLayer,
  type Desk,
  layerNames,
  newestWeights,
  openDesk,
  openFox,
  referenceAt,
  setWeight,
  until,
} from '../support/desk.ts'
import { temporaryHistory } from '../support/wire.ts'

async function deskWithFox(options: Parameters<typeof openDesk>[0] = {}): Promise<Desk> {
  const desk = openDesk(options)
  openFox(desk)
  await desk.panel.references.add()
  return desk
}

/** Something to wait for until it is opened. */
function createGate() {
  let open = (): void => undefined
  const opened = new Promise<void>((resolve) => (open = resolve))
  return { opened, open: () => open() }
}

/** Holds back finished pictures on their way to be shown; previews and quick ones are smaller. */
function holdFinished(t: TestContext, { host }: Desk) {
  const [come, release] = [createGate(), createGate()]
  const pictureUrl = host.pictureUrl.bind(host)
  t.mock.method(host, 'pictureUrl', async (picture: Raster) => {
    const url = await pictureUrl(picture)
    if (picture.width <= 40) return url
    come.open()
    await release.opened
    return url
  })
  return { come: come.opened, letGo: release.open }
}

test('Insert pressed again while Photoshop is busy inserts the picture once', async () => {
  const desk: Desk = openDesk({ engine: { beforeStep: (step) => (step === 2 ? desk.controls.close() : undefined) } })
  openFox(desk)
  desk.panel.change({ prompt: 'a hat' })
  await desk.panel.imprint()
  assert.equal(desk.panel.state().kept.length, 1)
  desk.controls.newDocument({ width: 64, height: 64 })
  await Promise.all([desk.panel.insertKept(), desk.panel.insertKept()])
  assert.deepEqual(layerNames(desk), ['Imprint: a hat', 'Background'])
})

test('All as layers pressed again makes one group', async () => {
  const desk = await deskWithFox()
  await desk.panel.sweeps.make(referenceAt(desk).image, 'choice')
  await Promise.all([desk.panel.sweeps.layers(), desk.panel.sweeps.layers()])
  assert.deepEqual(layerNames(desk), ['Imprint · weights', 'fox', 'Background'])
})

test('Use selected layer pressed again takes each layer once', async () => {
  const desk = openDesk()
  openFox(desk)
  await Promise.all([desk.panel.references.add(), desk.panel.references.add()])
  assert.equal(desk.panel.state().recipe.references.length, 1)
})

test('a reference that is removed while its picture is taken anew stays away', async () => {
  const desk = await deskWithFox()
  const { image } = referenceAt(desk)
  const refreshing = desk.panel.references.refresh(image)
  desk.panel.references.remove(image)
  await refreshing
  assert.deepEqual(desk.panel.state().recipe.references, [])
  assert.deepEqual(desk.panel.state().cards, {})
})

test('weights of a sweep that is chosen go to the references it was made with, whatever stands beside them now', async () => {
  const desk = await deskWithFox()
  desk.controls.selectLayers([addLayer(desk, 'sky')])
  await desk.panel.references.add()
  const [fox, sky] = desk.panel.state().recipe.references.map(({ image }) => image)
  await desk.panel.sweeps.make(sky!, 'choice')
  desk.panel.references.remove(fox!)
  await desk.panel.references.add()
  const weightOf = (image: string) =>
    desk.panel.state().recipe.references.find((reference) => reference.image === image)?.weight
  await desk.panel.setWeight(referenceAt(desk, 1).image, 0.9, true)
  await desk.panel.sweeps.choose(desk.panel.state().sweep!.pictures[1]!.id)
  assert.equal(weightOf(sky!), 0.25)
  assert.equal(referenceAt(desk, 1).weight, 0.9)
})

test('a slider moved while the layer is made anew is followed afterwards', async () => {
  const desk = await deskWithFox()
  await desk.panel.imprint()
  desk.panel.change({ prompt: 'a tree' })
  const updating = desk.panel.updateLayer()
  await until(desk, () => desk.panel.state().run?.phase === 'denoising')
  await setWeight(desk, 0.9, true)
  await updating
  assert.deepEqual(newestWeights(desk), [0.9])
  assert.equal(layerNames(desk).length, 3)
})

test('a layer asked for anew twice at once is made once, and with other words once more', async () => {
  const desk = await deskWithFox()
  await desk.panel.imprint()
  const steps = () => desk.controls.active()!.history.names.length
  const before = steps()
  desk.panel.change({ prompt: 'a tree' })
  const twice = [desk.panel.updateLayer(), desk.panel.updateLayer()]
  await until(desk, () => desk.panel.state().run?.phase === 'denoising')
  assert.equal(desk.panel.state().runs.length, 1)
  desk.panel.change({ prompt: 'a boat' })
  await Promise.all([...twice, desk.panel.updateLayer()])
  assert.equal(steps(), before + 2)
})

test('a picture that finds no place leaves the layer made before it to its sliders', async (t) => {
  const desk = await deskWithFox()
  await desk.panel.imprint()
  const { layer } = desk.panel.state().newest!
  const full = t.mock.method(desk.host, 'insertResult', () => Promise.reject(new Error('scratch disks are full')))
  desk.panel.change({ prompt: 'a tree' })
  await desk.panel.imprint()
  assert.equal(desk.panel.state().kept.length, 1)
  assert.deepEqual(desk.panel.state().newest?.layer, layer)
  full.mock.restore()
  await desk.panel.insertKept()
  assert.notDeepEqual(desk.panel.state().newest?.layer, layer)
})

test('a cancel that comes while the picture goes into the document leaves the slider where that was made', async () => {
  const desk = await deskWithFox()
  await desk.panel.imprint()
  desk.controls.setBusy('free transform')
  const moving = setWeight(desk, 1, true)
  await until(desk, () => desk.panel.state().run?.phase === 'placing')
  desk.panel.cancel()
  desk.controls.setBusy(null)
  await moving
  assert.deepEqual(newestWeights(desk), [1])
  assert.equal(referenceAt(desk).weight, 1)
})

test('a picture that is cancelled when it is finished, and not shown yet, does not go into the document', async (t) => {
  const desk = await deskWithFox()
  await desk.panel.imprint()
  const before = desk.controls.active()!.state
  const finished = holdFinished(t, desk)
  const moving = setWeight(desk, 1, true)
  await finished.come
  desk.panel.cancel()
  finished.letGo()
  await moving
  assert.equal(desk.controls.active()!.state, before)
  assert.equal(referenceAt(desk).weight, 0.6)
})

test('a slider that comes back to the position it was just moved away from is followed there', async (t) => {
  const desk = await deskWithFox()
  await desk.panel.imprint()
  const finished = holdFinished(t, desk)
  void setWeight(desk, 1, true)
  await finished.come
  void setWeight(desk, 0.8, false)
  const back = setWeight(desk, 1, true)
  finished.letGo()
  await back
  assert.deepEqual(newestWeights(desk), [1])
})

test('of two recipes taken over the last one asked for is shown, however long the pictures of the first take', async (t) => {
  const desk = openDesk({ history: temporaryHistory() })
  openFox(desk)
  for (const prompt of ['a house', 'a tree']) {
    desk.panel.change({ prompt })
    await desk.panel.imprint()
  }
  await desk.panel.earlier.open()
  const [tree, house] = desk.panel.state().earlier.entries
  const [asked, release] = [createGate(), createGate()]
  const picture = desk.companion.earlier.picture.bind(desk.companion.earlier)
  const reading = t.mock.method(desk.companion.earlier, 'picture', async (id: string) => {
    asked.open()
    await release.opened
    return picture(id)
  })
  const first = desk.panel.earlier.apply(house!.id)
  await asked.opened
  reading.mock.restore()
  await desk.panel.earlier.apply(tree!.id)
  release.open()
  await first
  assert.equal(desk.panel.state().recipe.prompt, 'a tree')
  assert.equal(desk.panel.state().takenOver?.what, 'a tree')
})

test('an earlier picture that is deleted while more are read stays away, and none is listed twice', async (t) => {
  const desk = openDesk({ history: temporaryHistory() })
  openFox(desk)
  for (const prompt of ['a house', 'a tree', 'a lake']) {
    desk.panel.change({ prompt })
    await desk.panel.imprint()
  }
  const { earlier } = desk.panel
  await earlier.open()
  const [lake, ...others] = desk.panel.state().earlier.entries
  const page = { earlier: others, more: false, space: { pictures: 3, bytes: 1, quota: 1 } }
  const gate = createGate()
  t.mock.method(desk.companion.earlier, 'list', () => gate.opened.then(() => page))
  const reading = earlier.more()
  await earlier.remove(lake!.id)
  gate.open()
  await reading
  assert.deepEqual(
    desk.panel.state().earlier.entries.map(({ recipe }) => recipe.prompt),
    ['a tree', 'a house'],
  )
})

test('what is told of a selected layer is over as soon as another one is selected', async () => {
  const desk = await deskWithFox({ history: temporaryHistory() })
  const stop = desk.panel.start()
  await desk.panel.imprint()
  await until(desk, () => desk.panel.state().recalled !== undefined)
  desk.controls.selectLayers([desk.controls.layerNamed('fox').id])
  // Whatever looks at the selection first tells all of the panel.
  await desk.panel.references.replace(referenceAt(desk).image)
  assert.equal(desk.panel.state().recalled, undefined)
  stop()
})
