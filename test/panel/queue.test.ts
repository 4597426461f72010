/** Several pictures at once: each is made in its turn, can be moved or cancelled, and goes where it was ordered for. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { weightsOf } from '../../plugin/state/draft.ts'
import { changedRuns, type Run, type RunEvent } from '../../plugin/state/runs.ts'
import {
  assertNothingLeaked,
  type Desk,
  layerNames,
  newestWeights,
  openDesk,
  openFox,
  referenceAt,
  setWeight,
  until,
} from '../support/desk.ts'
import { gate } from '../support/wire.ts'

/** A desk whose first picture waits at its first step. */
function openHeld() {
  const hold = gate()
  const desk = openDesk({ engine: { beforeStep: (_, run) => (run === 0 ? hold.passed : undefined) } })
  const fox = openFox(desk)
  return { desk, fox, hold }
}

const order = (desk: Desk, prompt: string): Promise<void> => {
  desk.panel.change({ prompt })
  return desk.panel.imprint()
}
const prompts = ({ panel }: Desk): string[] => panel.state().runs.map(({ recipe }) => recipe.prompt)
const runOf = ({ panel }: Desk, prompt: string): Run =>
  panel.state().runs.find(({ recipe }) => recipe.prompt === prompt)!
const made = ({ engine }: Desk): string[] => engine.requests.map(({ recipe }) => recipe.prompt)

/** Orders three pictures, of which the first is being made. */
async function orderThree(desk: Desk): Promise<Promise<void>[]> {
  const working: Promise<void>[] = []
  for (const [i, prompt] of ['one', 'two', 'three'].entries()) {
    working.push(order(desk, prompt))
    await until(desk, () => prompts(desk).length === i + 1)
  }
  await until(desk, () => desk.panel.state().runs.at(-1)?.phase === 'waiting')
  return working
}

test('Imprint while another is made queues behind it; each becomes a layer and a history step of its own', async () => {
  const { desk, hold } = openHeld()
  const before = desk.controls.active()!.history.names.length
  const working = await orderThree(desk)
  assert.deepEqual(prompts(desk), ['one', 'two', 'three'])
  assert.deepEqual(
    desk.panel.state().runs.map(({ ahead }) => ahead),
    [0, 1, 2],
  )
  hold.open()
  await Promise.all(working)
  assert.deepEqual(made(desk), ['one', 'two', 'three'])
  assert.deepEqual(desk.controls.active()!.history.names.slice(before), [
    'Imprint: one',
    'Imprint: two',
    'Imprint: three',
  ])
  assert.deepEqual(prompts(desk), [])
  assert.equal(desk.panel.state().run, undefined)
  assertNothingLeaked(desk)
})

test('the newest result lies above the older ones, and they above their reference', async () => {
  const desk = openDesk()
  openFox(desk)
  for (const prompt of ['one', 'two', 'three']) await order(desk, prompt)
  assert.deepEqual(layerNames(desk), ['Imprint: three', 'Imprint: two', 'Imprint: one', 'fox', 'Background'])
  const two = desk.controls.layerNamed('Imprint: two')
  desk.controls.editLayer(two.id, { settings: {} })
  await order(desk, 'four')
  // What does not remember being a result is a layer of the person's own.
  assert.deepEqual(layerNames(desk).slice(1, 4), ['Imprint: two', 'Imprint: four', 'Imprint: one'])
})

test('a waiting picture moves up and down, and is made where it was moved to', async () => {
  const { desk, hold } = openHeld()
  const working = await orderThree(desk)
  const three = runOf(desk, 'three').id
  assert.equal(desk.panel.queue.move(three, -1), true)
  assert.deepEqual(prompts(desk), ['one', 'three', 'two'])
  // It cannot come before what is being made.
  assert.equal(desk.panel.queue.move(three, -1), false)
  assert.deepEqual(prompts(desk), ['one', 'three', 'two'])
  desk.panel.queue.move(three, 1)
  desk.panel.queue.move(runOf(desk, 'two').id, 1)
  assert.deepEqual(prompts(desk), ['one', 'three', 'two'])
  hold.open()
  await Promise.all(working)
  assert.deepEqual(made(desk), ['one', 'three', 'two'])
})

test('each can be cancelled by itself, waiting or not, and leaves the others alone', async () => {
  const { desk, hold } = openHeld()
  const working = await orderThree(desk)
  desk.panel.queue.cancel(runOf(desk, 'two').id)
  await working[1]
  assert.deepEqual(prompts(desk), ['one', 'three'])
  // Escape stops what is being made; the next one begins.
  desk.panel.cancel()
  await Promise.all(working)
  hold.open()
  assert.deepEqual(made(desk), ['one', 'three'])
  assert.deepEqual(layerNames(desk), ['Imprint: three', 'fox', 'Background'])
  assert.equal(desk.panel.state().notice, undefined)
})

test('all can be cancelled at once', async () => {
  const { desk } = openHeld()
  const before = desk.controls.active()!.state
  const working = await orderThree(desk)
  desk.panel.queue.cancelAll()
  await Promise.all(working)
  assert.deepEqual(prompts(desk), [])
  assert.equal(desk.controls.active()!.state, before)
})

test('each result goes into the document it was ordered for, whatever is in front', async () => {
  const { desk, fox, hold } = openHeld()
  const working = [order(desk, 'here')]
  await until(desk, () => prompts(desk).length === 1)
  const other = openFox(desk)
  await desk.panel.references.replace(referenceAt(desk).image)
  working.push(order(desk, 'there'))
  await until(desk, () => prompts(desk).length === 2)
  hold.open()
  await Promise.all(working)
  assert.deepEqual(layerNames(desk), ['Imprint: there', 'fox', 'Background'])
  desk.controls.activate(fox.documentId)
  assert.deepEqual(layerNames(desk), ['Imprint: here', 'fox', 'Background'])
  assert.equal(desk.panel.state().newest?.layer.documentId, other.documentId)
})

test('the pictures of a document that was closed meanwhile are all kept, and go where the person wants them', async () => {
  const { desk, hold } = openHeld()
  const working = await orderThree(desk)
  desk.controls.close()
  hold.open()
  await Promise.all(working)
  const { kept, notice } = desk.panel.state()
  assert.deepEqual(
    kept.map((one) => one.made.recipe.prompt),
    ['one', 'two', 'three'],
  )
  assert.match(notice?.text ?? '', /closed/)
  desk.controls.newDocument({ width: 32, height: 32 })
  await desk.panel.insertKept()
  assert.deepEqual(layerNames(desk), ['Imprint: three', 'Background'])
  desk.panel.dropKept()
  assert.deepEqual(
    desk.panel.state().kept.map((one) => one.made.recipe.prompt),
    ['one'],
  )
})

test('one that fails says so, and the others are made', async () => {
  const desk = openDesk({
    engine: {
      beforeStep: (step, run) => {
        if (run === 0 && step === 1) throw new Error('no memory')
      },
    },
  })
  openFox(desk)
  await Promise.all(await orderThree(desk))
  assert.match(desk.panel.state().notice?.text ?? '', /no memory/)
  assert.deepEqual(layerNames(desk), ['Imprint: three', 'Imprint: two', 'fox', 'Background'])
})

test('a slider moved while pictures are made is followed when all are there, one moved before them is not', async () => {
  const { desk, hold } = openHeld()
  const working = [order(desk, 'a house')]
  await until(desk, () => prompts(desk).length === 1)
  await setWeight(desk, 1, true)
  working.push(desk.panel.imprint())
  await until(desk, () => prompts(desk).length === 2)
  hold.open()
  await Promise.all(working)
  assert.deepEqual(
    desk.engine.requests.map(({ recipe }) => weightsOf(recipe)),
    [[0.6], [1]],
  )
  assert.deepEqual(newestWeights(desk), [1])
})

test('what the companion begins with comes first, whatever was wanted while it did', () => {
  const events: RunEvent[] = [
    ...[1, 2, 3].map((id) => ({ type: 'run-started', id, kind: 'imprint', recipe: { prompt: `${id}` } }) as const),
    ...[1, 2, 3].map((id) => ({ type: 'run-phase', id, phase: 'waiting', ahead: id - 1 }) as const),
    { type: 'run-moved', id: 3, by: -1 },
    { type: 'run-ended', id: 1 },
    { type: 'run-phase', id: 2, phase: 'loading' },
    { type: 'run-step', id: 9, step: 1, steps: 2, at: 0 },
  ]
  const runs = events.reduce<readonly Run[]>((all, event) => changedRuns(all, event), [])
  assert.deepEqual(
    runs.map(({ id, phase }) => [id, phase]),
    [
      [2, 'loading'],
      [3, 'waiting'],
    ],
  )
  assert.deepEqual(changedRuns(runs, { type: 'run-moved', id: 3, by: -1 }), runs)
})
