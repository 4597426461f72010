import fc from 'fast-check'
import { walk } from '../../plugin/studio/double/layer-tree.ts'
import { isThere, type SequenceDesk, until } from './sequence-desk.ts'

/** Something that a person does at the desk, where it is possible; as a person would, they do not wait for what it leads to. */
export interface Act {
  readonly isPossible: (desk: SequenceDesk) => boolean
  readonly run: (desk: SequenceDesk) => Promise<void> | void
  /** How a failing sequence calls it. */
  readonly toString: () => string
}

const act = (words: string, isPossible: Act['isPossible'], run: Act['run']): Act => ({
  isPossible,
  run,
  toString: () => words,
})

const hasDocument = ({ controls }: SequenceDesk): boolean => controls.active() !== null
const referencesOf = ({ panel }: SequenceDesk) => panel.state().recipe.references
const hasReference = (desk: SequenceDesk): boolean => referencesOf(desk).length > 0
const always = (): boolean => true

/** The one of a list that a number means, whatever its length. */
const pick = <T>(list: readonly T[], at: number): T => list[at % list.length]!

const selectLayer = (at: number): Act =>
  act(`select layer ${at}`, hasDocument, (desk) =>
    desk.byHand(() => {
      const document = desk.controls.active()
      if (document !== null) desk.controls.selectLayers([pick([...walk(document.state.layers)], at).id])
    }),
  )

const addReference = act(
  'add a reference',
  (desk) => hasDocument(desk) && referencesOf(desk).length < 3,
  (desk) => desk.begin(desk.panel.references.add()),
)

const removeReference = (at: number): Act =>
  act(`remove reference ${at}`, hasReference, (desk) =>
    desk.panel.references.remove(pick(referencesOf(desk), at).image),
  )

const drag = (at: number, weight: number): Act =>
  act(`drag weight ${at} to ${weight}`, hasReference, (desk) => {
    const { image } = desk.held ?? pick(referencesOf(desk), at)
    desk.held = { image, weight }
    desk.begin(desk.panel.setWeight(image, weight, false))
  })

const release = act(
  'release',
  ({ held }) => held !== undefined,
  (desk) => letGo(desk),
)

/** Lets go of the slider that is held, if any. */
export function letGo(desk: SequenceDesk): void {
  if (desk.held !== undefined) desk.begin(desk.panel.setWeight(desk.held.image, desk.held.weight, true))
  desk.held = undefined
}

const imprint = (prompt: string): Act =>
  act(`imprint ${prompt}`, always, (desk) => {
    desk.panel.change({ prompt })
    desk.begin(desk.panel.imprint())
  })

const updateLayer = act('update the layer', always, (desk) => desk.begin(desk.panel.updateLayer()))
const cancel = act('cancel', always, ({ panel }) => panel.cancel())
const cancelLast = act(
  'cancel the last one waiting',
  ({ panel }) => panel.state().runs.length > 1,
  ({ panel }) => panel.queue.cancel(panel.state().runs.at(-1)!.id),
)
const insertKept = act(
  'insert what was kept',
  (desk) => hasDocument(desk) && desk.panel.state().kept.length > 0,
  (desk) => desk.begin(desk.panel.insertKept()),
)

/** Whether several pictures more would not fill the companion's queue. */
const hasRoom = ({ panel }: SequenceDesk): boolean => panel.state().runs.length < 8

const sweep = (at: number, wants: 'choice' | 'layers'): Act =>
  act(
    `sweep weight ${at} for ${wants}`,
    (desk) => hasReference(desk) && hasRoom(desk),
    (desk) => desk.begin(desk.panel.sweeps.make(pick(referencesOf(desk), at).image, wants)),
  )

const sweptOf = ({ panel }: SequenceDesk) => panel.state().sweep?.pictures ?? []
const chooseSwept = (at: number): Act =>
  act(
    `choose weight ${at} of the sweep`,
    (desk) => hasDocument(desk) && sweptOf(desk).some(({ made }) => made !== undefined),
    (desk) => {
      const made = sweptOf(desk).filter((one) => one.made !== undefined)
      desk.begin(desk.panel.sweeps.choose(pick(made, at).id))
    },
  )
const sweptAsLayers = act(
  'make layers of the sweep',
  (desk) => hasDocument(desk) && sweptOf(desk).length > 0,
  (desk) => desk.begin(desk.panel.sweeps.layers()),
)
const dropSweep = act(
  'drop the sweep',
  (desk) => sweptOf(desk).length > 0,
  ({ panel }) => panel.sweeps.drop(),
)

const vary = act('four variations', hasRoom, (desk) => desk.begin(desk.panel.variations.make()))
const variedOf = ({ panel }: SequenceDesk) => panel.state().variations
const chooseVaried = (at: number, count: number): Act =>
  act(
    `choose ${count} variations from ${at}`,
    (desk) => hasDocument(desk) && variedOf(desk).some(({ made }) => made !== undefined),
    (desk) => {
      const made = variedOf(desk).filter((one) => one.made !== undefined)
      const ids = Array.from({ length: count }, (_, i) => pick(made, at + i).id)
      desk.begin(desk.panel.variations.choose(ids))
    },
  )
const dropVaried = act(
  'drop the variations',
  (desk) => variedOf(desk).length > 0,
  ({ panel }) => panel.variations.drop(),
)

const undo = act('undo', hasDocument, (desk) => desk.byHand(() => void desk.controls.undo()))
const redo = act('redo', hasDocument, (desk) => desk.byHand(() => void desk.controls.redo()))

const close = act('close the document', hasDocument, (desk) => desk.closeDocument())
const reopen = act(
  'reopen the document',
  ({ closed }) => closed.length > 0,
  (desk) => desk.reopenDocument(),
)

const switchDocument = act(
  'switch document',
  ({ controls }) => controls.documents().length > 1,
  (desk) =>
    desk.byHand(() => {
      const { controls } = desk
      const other = controls.documents().find(({ id }) => id !== controls.active()?.id)
      if (other !== undefined) controls.activate(other.id)
    }),
)

const deleteResult = act(
  'delete the newest result',
  ({ controls, accepted }) => accepted.some(({ layer }) => isThere(controls, layer)),
  (desk) =>
    desk.byHand(() => {
      const { controls } = desk
      const newest = desk.accepted.findLast(({ layer }) => isThere(controls, layer))
      if (newest !== undefined) controls.deleteLayer(newest.layer.layerId, newest.layer.documentId)
    }),
)

const waitForStep = act(
  'wait for a step',
  ({ panel }) => panel.state().run !== undefined,
  ({ panel }) => until(() => panel.state().run === undefined || panel.state().run!.pace.step > 0),
)
const waitForAll = act('wait for all', always, (desk) => desk.idle())

const image = fc.nat(2)
const prompt = fc.constantFrom('a house', 'a boat', '')
const dragged = fc.tuple(image, fc.constantFrom(0, 0.3, 0.9, 1.5)).map(([at, weight]) => drag(at, weight))

const usually = fc.oneof(
  prompt.map(imprint),
  dragged,
  fc.constant(release),
  fc.constantFrom(waitForStep, waitForAll),
  fc.constantFrom(undo, redo, switchDocument, deleteResult),
  fc.constantFrom(close, reopen, cancel, updateLayer),
)
const sometimes = fc.oneof(
  fc.nat(4).map(selectLayer),
  image.map(removeReference),
  fc.constantFrom(addReference, cancelLast, insertKept),
  fc.tuple(image, fc.constantFrom('choice', 'layers')).map(([at, wants]) => sweep(at, wants)),
  fc.constantFrom(vary, sweptAsLayers, dropSweep, dropVaried),
  fc.oneof(
    fc.nat(4).map(chooseSwept),
    fc.tuple(fc.nat(3), fc.constantFrom(1, 2)).map(([at, count]) => chooseVaried(at, count)),
  ),
)

/** What a person might do in some minutes. */
export const sequences = (most: number): fc.Arbitrary<Act[]> =>
  fc.array(fc.oneof({ weight: 5, arbitrary: usually }, { weight: 2, arbitrary: sometimes }), {
    maxLength: most,
    size: 'max',
  })
