/** Whatever is done in whatever order: one history step for each result, no layer that is nobody's, and an engine that goes on. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Companion } from '../../plugin/client/companion.ts'
import { startCompanion } from '../../plugin/studio/node/companion-process.ts'
import { fakeEngine } from '../support/fake-engine.ts'
import { nearCompanion } from '../support/near-companion.ts'
import '../support/own-home.ts'
import { type Act, letGo, sequences } from '../support/sequence-acts.ts'
import { begins, makesOneMore, openSequenceDesk } from '../support/sequence-desk.ts'
import { connect, reaches } from '../support/wire.ts'

/** What the panel may say in a sequence, and of which act that has to be the consequence. */
const EXPLAINED: readonly (readonly [said: RegExp, why: RegExp])[] = [
  [/The document was closed meanwhile/, /close the document/],
  [/The layer was deleted meanwhile/, /delete|undo|redo/],
  [/The document was closed or the layer deleted meanwhile/, /close the document|delete|undo|redo/],
  [/No document is open/, /close the document/],
  [/No layer is selected/, /delete|undo|redo/],
]

/** Has the acts done that are possible, and looks at what is left when all is quiet. */
async function live(acts: readonly Act[], companion: Companion): Promise<void> {
  const desk = openSequenceDesk(companion)
  try {
    await begins(desk)
    for (const act of acts) if (act.isPossible(desk)) await act.run(desk)
    letGo(desk)
    await desk.idle()
    desk.check()
    await makesOneMore(desk)
    desk.check()
    for (const notice of desk.notices) {
      const isExplained = EXPLAINED.some(([said, why]) => said.test(notice) && why.test(acts.join()))
      assert.ok(isExplained, `Nothing explains “${notice}”.`)
    }
  } finally {
    desk.leave()
  }
}

/** Milliseconds after which a sequence has gone wrong that never comes to rest, and after which the shortest such is looked for no longer. */
const NEVER_AT_REST = 180_000
const LONG_ENOUGH = 900_000

/** A failure says the shortest sequence that leads to it, and the seed and path that lead there again. */
const always = (count: number, mostActs: number, companion: () => Companion): Promise<void> =>
  fc.assert(
    fc.asyncProperty(sequences(mostActs), (acts) => live(acts, companion())),
    {
      numRuns: count,
      unbiased: true,
      timeout: NEVER_AT_REST,
      interruptAfterTimeLimit: LONG_ENOUGH,
      markInterruptAsFailure: true,
    },
  )

test('twelve long sequences over an engine that takes a turn of the event loop for each step', () =>
  always(12, 16, () =>
    nearCompanion(fakeEngine({ beforeStep: () => new Promise((resolve) => setImmediate(resolve)) })),
  ))

test('fifty sequences over a companion and its engine, with the starter model', async (t) => {
  const companionProcess = await startCompanion(['--device', 'cpu'])
  t.after(() => companionProcess.close())
  const { port, token } = companionProcess
  const companion = connect(port, { token })
  t.after(() => companion.close())
  await reaches(companion, 'ready')
  await always(50, 10, () => companion)
})

test('a step that no result accounts for and a layer that is nobody’s are found', async () => {
  const desk = openSequenceDesk(nearCompanion(fakeEngine()))
  await begins(desk)
  await desk.idle()
  desk.check()
  await desk.byHand(() => void desk.controls.addLayer('Layer 1'))
  assert.throws(desk.check, /“Layer 1” of two\.psd belongs to no result/)
  await desk.byHand(() => void desk.controls.undo())
  desk.check()
  // As a script would, behind the back of the one who keeps account.
  desk.controls.deleteLayer(desk.controls.layerNamed('sky').id)
  assert.throws(desk.check, /One history step for each accepted result/)
  desk.leave()
})

test('a sweep of layers is one step with all its layers and their group, and variations are steps of their own', async () => {
  const desk = openSequenceDesk(nearCompanion(fakeEngine()))
  await begins(desk)
  await desk.idle()
  await desk.panel.sweeps.make(desk.panel.state().recipe.references[0]!.image, 'layers')
  await desk.panel.variations.make()
  await desk.panel.variations.choose(desk.panel.state().variations.map(({ id }) => id))
  await desk.idle()
  desk.check()
  assert.deepEqual(
    desk.accepted.map(({ others = [] }) => others.length),
    [0, 5, 0, 0, 0, 0],
  )
  desk.leave()
})
