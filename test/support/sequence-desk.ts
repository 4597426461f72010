import assert from 'node:assert/strict'
import { AsyncLocalStorage } from 'node:async_hooks'
import type { Companion } from '../../plugin/client/companion.ts'
import { createPhotoshopHost } from '../../plugin/host/photoshop-host.ts'
import type { Made } from '../../plugin/state/state.ts'
import { createPanel, type Panel } from '../../plugin/state/panel.ts'
import { createHost, type StudioHost } from '../../plugin/studio/double/host.ts'
import { parentOf } from '../../plugin/studio/double/layer-tree.ts'
import { foxDocument } from './fox-document.ts'
import { type Accepted, watchSteps } from './watch-steps.ts'

type Controls = StudioHost['controls']

/** Where a layer lies, as the panel says. */
type Place = Accepted['layer']

/** A panel at work, someone who does things in any order, and one who writes down what becomes of it. */
export interface SequenceDesk {
  readonly panel: Panel
  readonly controls: Controls
  /** Results that went into a document, in their order. */
  readonly accepted: readonly Accepted[]
  /** Sentences that the panel showed, in their order. */
  readonly notices: readonly string[]
  /** Where a slider stands that is held. */
  held: { readonly image: string; readonly weight: number } | undefined
  /** Acts as the person does who waits while a script holds Photoshop. */
  readonly byHand: (act: () => void) => Promise<void>
  /** Lets the panel do something; what it promises is waited for at the end. */
  readonly begin: (work: Promise<unknown>) => void
  /** Closes the document in front, after saving it; opens the one closed last. */
  closeDocument(): Promise<void>
  reopenDocument(): Promise<void>
  readonly closed: readonly unknown[]
  /** Settles when nothing is being made and nothing is waited for. */
  idle(): Promise<void>
  /** Fails unless every document is what the results and the person's own hands made of it. */
  readonly check: () => void
  leave(): void
}

/** Two documents with a layer "fox" each, the second one in front, and the shipped panel's model over `companion`. */
export function openSequenceDesk(companion: Companion): SequenceDesk {
  const scopes = new AsyncLocalStorage<object>()
  const photoshop = createHost({
    callChain: { run: (scope, body) => scopes.run(scope, body), current: () => scopes.getStore() },
  })
  const { controls } = photoshop
  let seed = 0
  const steps = watchSteps(controls)
  const host = createPhotoshopHost(photoshop.photoshop, photoshop.uxp.storage)
  const panel = createPanel({
    host: {
      ...host,
      // The panel's state says nothing of groups: whoever makes one tells.
      async insertGroup(results, name, above) {
        const made = await host.insertGroup(results, name, above)
        steps.accept(groupStep(controls, made, name))
        return made
      },
    },
    companion,
    settings: { read: () => undefined, write: () => true },
    copy: () => Promise.resolve(),
    now: () => performance.now(),
    random: () => (seed += 1) / 2 ** 32,
  })
  const notices: string[] = []
  const working: Promise<unknown>[] = []
  /** Documents that were closed, as they were saved. */
  const closed: { readonly bytes: Uint8Array; readonly title: string }[] = []

  let newest: Made | undefined
  let told: object | undefined
  const look = (): void => {
    const state = panel.state()
    if (state.newest !== undefined && state.newest.made !== newest) {
      newest = state.newest.made
      steps.accept({ layer: state.newest.layer, name: newest.note.historyName })
    }
    if (state.notice !== undefined && state.notice !== told) notices.push(state.notice.text)
    told = state.notice
  }
  const stops = [panel.subscribe(look), panel.start(), steps.stop]

  const byHand = async (act: () => void): Promise<void> => {
    // Nothing may come between the look and the act.
    while (controls.modal().length > 0) await turn()
    steps.byHand(act)
  }

  const desk: SequenceDesk = {
    panel,
    controls,
    accepted: steps.accepted,
    notices,
    held: undefined,
    byHand,
    begin: (work) => void working.push(work),
    closed,
    closeDocument: () =>
      byHand(() => {
        const { id, title } = controls.active()!
        closed.push({ bytes: controls.save(id), title })
        controls.close(id)
      }),
    reopenDocument: () =>
      byHand(() => {
        const { bytes, title } = closed.pop()!
        controls.openFile(bytes, title)
      }),
    async idle() {
      for (let all = 0; all < working.length;) {
        all = working.length
        await Promise.all(working)
      }
      await until(() => panel.state().runs.length === 0 && panel.state().trial?.isComing !== true)
      await until(() => controls.modal().length === 0 && controls.liveImages().count === 0)
    },
    check: () => steps.check(),
    leave: () => stops.forEach((stop) => stop()),
  }
  for (const title of ['one.psd', 'two.psd']) steps.byHand(() => void controls.openFile(foxDocument(), title))
  panel.change({ size: [64, 64], steps: 2 })
  return desk
}

/** What a sweep of layers added: all of them, and the group they lie in. */
function groupStep(controls: Controls, made: readonly Place[], name: string): Accepted {
  const [first, ...others] = made
  assert.ok(first)
  const document = controls.documents().find(({ id }) => id === first.documentId)
  const group = document && parentOf(document.state.layers, first.layerId)
  assert.ok(group, `“${name}” is no group.`)
  return { layer: first, others: [...others.map(({ layerId }) => layerId), group.id], name }
}

/** Whether a layer is in a document that is open. */
export const isThere = (controls: Controls, { documentId, layerId }: Place): boolean =>
  controls.documents().some(({ id }) => id === documentId) && controls.layer(layerId, documentId) !== null

/** Resolves once `holds` does, after any number of turns of the event loop. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await turn()
}

const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1))

/** How every sequence begins: a layer is a reference, and a picture like it is ordered. */
export async function begins({ panel, begin }: SequenceDesk): Promise<void> {
  await panel.references.add()
  panel.change({ prompt: 'a fox' })
  begin(panel.imprint())
}

/** A finished sequence goes on with one more picture: the engine still makes it, and it becomes a layer. */
export async function makesOneMore(desk: SequenceDesk): Promise<void> {
  const { panel, controls, byHand, accepted } = desk
  if (controls.active() === null) await desk.reopenDocument()
  await byHand(() => controls.selectLayers([controls.layerNamed('fox').id]))
  const before = accepted.length
  panel.change({ prompt: 'one more' })
  await panel.imprint()
  await desk.idle()
  assert.equal(panel.state().notice?.text, undefined)
  assert.equal(accepted.length, before + 1)
  assert.ok(isThere(controls, accepted.at(-1)!.layer))
}
