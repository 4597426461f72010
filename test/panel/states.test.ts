import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ImprintError } from '../../shared/errors.ts'
import { advance } from '../../plugin/state/pace.ts'
import { layerNames, openDesk, openFox, setWeight, until } from '../support/desk.ts'

const noticeOf = ({ panel }: ReturnType<typeof openDesk>): string => panel.state().notice?.text ?? ''

test('without a document there is a sentence and no request', async () => {
  const desk = openDesk()
  await desk.panel.imprint()
  assert.match(noticeOf(desk), /No document is open/)
  assert.equal(desk.engine.requests.length, 0)
})

test('with nothing selected the sentence says so', async () => {
  const desk = openDesk()
  openFox(desk)
  desk.controls.selectLayers([])
  await desk.panel.references.add()
  assert.match(noticeOf(desk), /No layer is selected/)
})

test('a sentence about the selection is over when something else is selected', async () => {
  const desk = openDesk()
  const { foxId } = openFox(desk)
  const stop = desk.panel.start()
  desk.controls.selectLayers([])
  await desk.panel.references.add()
  assert.notEqual(noticeOf(desk), '')
  desk.controls.selectLayers([foxId])
  await until(desk, () => noticeOf(desk) === '')
  stop()
})

test('a document in a mode that cannot serve is refused in words before anything is read', async () => {
  const desk = openDesk()
  desk.controls.newDocument({ width: 8, height: 8, mode: 'indexedColorMode' })
  await desk.panel.references.add()
  assert.match(noticeOf(desk), /RGB Color/)
  desk.controls.newDocument({ width: 8, height: 8, depth: 32 })
  await desk.panel.references.add()
  assert.match(noticeOf(desk), /8 or 16 Bits/)
  desk.controls.newDocument({ width: 8, height: 8 })
  desk.controls.setQuickMask(true)
  await desk.panel.references.add()
  assert.match(noticeOf(desk), /Quick Mask/)
})

test('without a companion Imprint repeats what is missing', async () => {
  const desk = openDesk()
  openFox(desk)
  desk.panel.start()
  desk.companion.become({ kind: 'absent', message: 'Nobody listens.' })
  await desk.panel.imprint()
  assert.equal(noticeOf(desk), 'Nobody listens.')
  desk.companion.become({ kind: 'ready', version: '1', device: undefined })
  assert.equal(desk.panel.state().companion.kind, 'ready')
  assert.equal(noticeOf(desk), '')
})

test('the number that pairs goes to the companion', () => {
  const desk = openDesk()
  desk.panel.pair('482913')
  assert.deepEqual(desk.companion.tokens, ['482913'])
})

test('text goes to the clipboard', async () => {
  const desk = openDesk()
  assert.equal(await desk.panel.copy('npm run imprint -- serve'), true)
  assert.deepEqual(desk.copied, ['npm run imprint -- serve'])
})

test('the last prompt is there again', () => {
  const desk = openDesk()
  desk.panel.change({ prompt: 'a red boat' })
  assert.equal(desk.settings.get('prompt'), 'a red boat')
})

test('an engine that dies leaves a sentence and the document, and the next picture works', async () => {
  const died = new ImprintError('engine-died', 'The engine stopped while it made the picture.')
  const desk = openDesk({
    engine: {
      beforeStep: (step, run) => {
        if (run === 0 && step === 2) throw died
      },
    },
  })
  openFox(desk)
  const before = desk.controls.active()!.state
  await desk.panel.imprint()
  assert.equal(noticeOf(desk), died.message)
  assert.match(desk.panel.state().notice?.remedy ?? '', /Try again/)
  assert.equal(desk.controls.active()!.state, before)
  await desk.panel.imprint()
  assert.equal(noticeOf(desk), '')
  assert.equal(layerNames(desk).length, 3)
})

test('the negative prompt travels only when there is one', async () => {
  const desk = openDesk()
  openFox(desk)
  await desk.panel.imprint()
  desk.panel.change({ negativePrompt: 'text' })
  await desk.panel.imprint()
  assert.equal('negativePrompt' in desk.engine.requests[0]!.recipe, false)
  assert.equal(desk.engine.requests[1]?.recipe.negativePrompt, 'text')
})

test('a picture being made shows its steps and its preview', async () => {
  const desk = openDesk({
    engine: { beforeStep: (step) => (step === 2 ? new Promise<void>(() => undefined) : undefined) },
  })
  openFox(desk)
  const working = desk.panel.imprint()
  await until(desk, () => desk.panel.state().run?.preview !== undefined && desk.panel.state().run?.pace.step === 2)
  const { run } = desk.panel.state()
  assert.deepEqual([run?.phase, run?.pace.step, run?.pace.steps], ['denoising', 2, 4])
  assert.match(run?.preview ?? '', /^data:image\/jpeg;base64,/)
  desk.panel.cancel()
  await working
})

test('a layer the person locked is not painted over', async () => {
  const desk = openDesk()
  openFox(desk)
  await desk.panel.imprint()
  const { layerId } = desk.panel.state().newest!.layer
  const { locks, surface } = desk.controls.layer(layerId)!
  desk.controls.editLayer(layerId, { locks: { ...locks, pixels: true } })
  await setWeight(desk, 1, true)
  assert.match(noticeOf(desk), /is locked/)
  assert.equal(desk.controls.layer(layerId)!.surface, surface)
})

test('in a document that cannot serve any more the layer stays as it is, and the picture in the panel', async () => {
  const desk = openDesk()
  openFox(desk)
  await desk.panel.imprint()
  const { layerId } = desk.panel.state().newest!.layer
  const { surface } = desk.controls.layer(layerId)!
  desk.controls.setQuickMask(true)
  await setWeight(desk, 1, true)
  assert.match(noticeOf(desk), /Quick Mask is on/)
  assert.equal(desk.controls.layer(layerId)!.surface, surface)
  assert.equal(desk.panel.state().kept.length, 1)
})

test('a result that was moved keeps its place when the slider changes it', async () => {
  const desk = openDesk()
  openFox(desk)
  await desk.panel.imprint()
  const { layerId } = desk.panel.state().newest!.layer
  const { surface } = desk.controls.layer(layerId)!
  const bounds = { left: -8, top: 4, right: 88, bottom: 68 }
  desk.controls.editLayer(layerId, { surface: { ...surface, bounds } })
  await setWeight(desk, 1, true)
  assert.deepEqual(desk.controls.layer(layerId)!.surface.bounds, bounds)
})

test('the time left follows the measured rate and leaves out what came before the first step', () => {
  const first = advance(
    { step: 0, steps: 0, since: undefined, secondsLeft: undefined },
    { step: 1, steps: 5, at: 9000 },
  )
  assert.equal(first.secondsLeft, undefined)
  const third = advance(first, { step: 3, steps: 5, at: 13_000 })
  assert.equal(third.secondsLeft, 4)
})
