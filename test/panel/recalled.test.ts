/** Layers that remember: how they were made, through renaming, copying, saving and loss, and what can be changed of them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { memoryOf, SETTINGS_KEY } from '../../plugin/host/generator-settings.ts'
import { readMemory } from '../../plugin/state/memory.ts'
import { isEdited } from '../../plugin/state/taking.ts'
import type { History } from '../../companion/history/history.ts'
import { type Desk, layerNames, openDesk, openFox, referenceAt, setWeight, until } from '../support/desk.ts'
import { temporaryHistory } from '../support/wire.ts'

/** A panel over this history, with a picture of the fox in its document; the layer of that is selected. */
async function openMade(history: History): Promise<{ desk: Desk; layerId: number }> {
  const desk = openDesk({ history, engine: { size: [96, 64] } })
  openFox(desk)
  desk.panel.start()
  desk.panel.change({ prompt: 'a house' })
  await desk.panel.imprint()
  return { desk, layerId: desk.panel.state().newest!.layer.layerId }
}

const recalled = ({ panel }: Desk) => panel.state().recalled
const steps = ({ controls }: Desk): readonly string[] => controls.active()!.history.names
const colourOf = ({ controls }: Desk, id: number): number[] => [...controls.layerPicture(id).picture.data.slice(0, 3)]

/** Another panel, with the document of `desk` opened from its PSD file. */
async function reopened(desk: Desk, history: History): Promise<Desk> {
  const next = openDesk({ history, engine: { size: [96, 64] } })
  next.controls.openFile(desk.controls.save(), 'again.psd')
  next.panel.start()
  const [front] = next.controls.active()!.state.layers
  next.controls.selectLayers([front!.id])
  await until(next, () => recalled(next) !== undefined)
  return next
}

test('after a restart and a reopened PSD the selected layer says how it was made, and is changed in place', async () => {
  const history = temporaryHistory()
  const { desk } = await openMade(history)
  const again = await reopened(desk, history)
  assert.deepEqual([recalled(again)?.name, recalled(again)?.by], ['Imprint: a house', 'memory'])
  assert.equal(recalled(again)?.memory.recipe.prompt, 'a house')
  again.panel.change({ prompt: 'typing' })
  await again.panel.takeOver.layer()
  assert.equal(again.panel.state().recipe.prompt, 'a house')
  assert.equal(referenceAt(again).capture.name, 'fox')

  const before = steps(again).length
  const [layer] = again.controls.active()!.state.layers
  const colour = colourOf(again, layer!.id)
  await setWeight(again, 1.2, true)
  assert.notDeepEqual(colourOf(again, layer!.id), colour)
  assert.deepEqual([steps(again).length, layerNames(again).length], [before + 1, 3])

  again.panel.change({ prompt: 'a tree' })
  await again.panel.updateLayer()
  assert.deepEqual([steps(again).length, layerNames(again).length], [before + 2, 3])
  const { recipe } = again.engine.requests.at(-1)!
  assert.deepEqual([recipe.prompt, recipe.seed, recipe.references?.[0]?.weight], ['a tree', 1, 1.2])
  const memory = again.controls.active()!.state.layers[0]!.settings[SETTINGS_KEY] ?? ''
  assert.match(memory, /"prompt":"a tree"/)

  again.panel.change({ prompt: 'a lake' })
  await again.panel.imprint()
  assert.equal(layerNames(again).length, 4)
  again.panel.takeOver.back()
  assert.equal(again.panel.state().recipe.prompt, 'typing')

  await until(again, () => recalled(again) !== undefined)
  await again.panel.takeOver.layer()
  again.panel.takeOver.goOn()
  assert.equal(again.panel.state().takenOver, undefined)
  assert.notEqual(again.panel.state().recipe.prompt, 'typing', 'whoever goes on with it keeps it')
})

test('a picture that is finished after another layer was taken over leaves the sliders to that one', async () => {
  let isHeld = false
  let letGo = (): void => undefined
  const held = new Promise<void>((resolve) => (letGo = resolve))
  const desk = openDesk({
    history: temporaryHistory(),
    engine: { beforeStep: (step) => (step > 1 && isHeld ? held : undefined) },
  })
  openFox(desk)
  desk.panel.start()
  await desk.panel.references.add()
  await desk.panel.imprint()
  const copy = desk.controls.duplicateLayer(desk.panel.state().newest!.layer.layerId)
  await until(desk, () => recalled(desk)?.layer.layerId === copy)
  isHeld = true
  const moving = setWeight(desk, 1, true)
  await until(desk, () => desk.panel.state().run?.phase === 'denoising')
  await desk.panel.takeOver.layer()
  assert.equal(desk.panel.state().newest?.layer.layerId, copy)
  letGo()
  await moving
  assert.equal(desk.panel.state().newest?.layer.layerId, copy)
})

test('a layer that is being edited is not offered again, until undo brings back what it was', async () => {
  const history = temporaryHistory()
  const desk = await reopened((await openMade(history)).desk, history)
  assert.equal(isEdited(desk.panel.state()), false)
  await desk.panel.takeOver.layer()
  assert.equal(isEdited(desk.panel.state()), true)
  const again = (edited: boolean) =>
    until(desk, () => desk.panel.state().recalled !== undefined && isEdited(desk.panel.state()) === edited)
  desk.panel.change({ seed: 9 })
  await desk.panel.updateLayer()
  desk.controls.undo()
  await again(false)
  desk.controls.redo()
  await again(true)
})

test('a copy under another name says the same and is changed by itself', async () => {
  const { desk, layerId } = await openMade(temporaryHistory())
  const copy = desk.controls.duplicateLayer(layerId)
  desk.controls.editLayer(copy, { name: 'my house' })
  await until(desk, () => recalled(desk)?.name === 'my house')
  await desk.panel.takeOver.layer()
  const colour = colourOf(desk, layerId)
  desk.panel.change({ seed: 9 })
  await setWeight(desk, 0.1, false)
  await desk.panel.updateLayer()
  assert.deepEqual(colourOf(desk, layerId), colour)
  assert.notDeepEqual(colourOf(desk, copy), colour)
})

for (const depth of [8, 16] as const) {
  test(`a layer of ${depth} bits that lost its memory is found by how it looks`, async () => {
    const history = temporaryHistory()
    const desk = openDesk({ history, engine: { size: [48, 32] } })
    openFox(desk, depth)
    desk.panel.start()
    for (const prompt of ['a house', 'a tree']) {
      desk.panel.change({ prompt })
      await desk.panel.imprint()
      await setWeight(desk, prompt === 'a house' ? 1 : 0.6, false)
    }
    const [tree, house] = desk.controls.active()!.state.layers
    for (const { id } of [tree!, house!]) desk.controls.editLayer(id, { settings: {}, name: 'Layer' })
    desk.controls.selectLayers([house!.id])
    await until(desk, () => recalled(desk)?.layer.layerId === house!.id && recalled(desk)?.by === 'look')
    assert.equal(recalled(desk)?.memory.recipe.prompt, 'a house')
    await desk.panel.takeOver.layer()
    assert.equal(desk.panel.state().recipe.references.length, 1)
    assert.equal(desk.controls.liveImages().count, 0)
  })
}

test('what the companion alone knows is told when it comes', async () => {
  const { desk, layerId } = await openMade(temporaryHistory())
  await until(desk, () => recalled(desk)?.by === 'memory')
  desk.companion.become({ kind: 'absent', message: 'Away.' })
  desk.controls.editLayer(layerId, { settings: {} })
  await until(desk, () => recalled(desk) === undefined)
  desk.companion.become({ kind: 'ready', version: '0.0.0', device: undefined })
  await until(desk, () => recalled(desk)?.by === 'look')
})

test('layers that Imprint did not make say nothing, nor does nonsense in their metadata', async () => {
  const { desk, layerId } = await openMade(temporaryHistory())
  const [, fox] = desk.controls.active()!.state.layers
  await until(desk, () => recalled(desk) !== undefined)
  desk.controls.selectLayers([fox!.id])
  await until(desk, () => recalled(desk) === undefined)
  desk.controls.paint(layerId, { left: 0, top: 0, right: 96, bottom: 64 }, [255, 255, 0, 255])
  desk.controls.editLayer(layerId, { settings: { [SETTINGS_KEY]: '{"recipe":{"prompt":1}}' } })
  desk.controls.selectLayers([layerId])
  await until(desk, () => desk.panel.state().selection.kind === 'layers')
  assert.equal(recalled(desk), undefined)
})

test('what a layer remembers is found wherever Photoshop puts it in its answer', async () => {
  const json = '{"recipe":{"prompt":"a house"}}'
  const layer = { documentId: 1, layerId: 2 }
  const nothing = () => Promise.resolve()
  const asking = (answer: object) =>
    memoryOf(
      {
        batchPlay: () => Promise.resolve([answer]),
        addNotificationListener: nothing,
        removeNotificationListener: nothing,
      },
      layer,
    )
  assert.equal(await asking({ generatorSettings: { json } }), json)
  assert.equal(await asking({ generatorSettings: { [SETTINGS_KEY]: { json } } }), json)
  assert.equal(await asking({ [SETTINGS_KEY]: { json } }), json)
  assert.equal(await asking({ generatorSettings: { other: { json } } }), undefined)
  assert.equal(await asking({ _obj: 'error', message: 'not available', result: -1 }), undefined)
})

test('what claims to be a memory and has no end is none', () => {
  const recipe = { prompt: 'a house' }
  assert.deepEqual(readMemory(JSON.stringify({ recipe }))?.recipe, recipe)
  const endless = { ...recipe, checkpoint: 'x'.repeat(2 ** 18) }
  assert.equal(readMemory(JSON.stringify({ recipe: endless })), undefined)
})

test('a locked layer keeps its picture, and the new one waits in the panel', async () => {
  const { desk, layerId } = await openMade(temporaryHistory())
  const colour = colourOf(desk, layerId)
  desk.controls.editLayer(layerId, { locks: { all: true, pixels: false, position: false, transparency: false } })
  desk.panel.change({ prompt: 'a tree' })
  await desk.panel.updateLayer()
  assert.match(desk.panel.state().notice?.text ?? '', /is locked/)
  assert.equal(desk.panel.state().kept.length, 1)
  assert.deepEqual(colourOf(desk, layerId), colour)
})
