import assert from 'node:assert/strict'
import { AsyncLocalStorage } from 'node:async_hooks'
import { createPhotoshopHost } from '../../plugin/host/photoshop-host.ts'
import { weightsOf } from '../../plugin/state/draft.ts'
import { createPanel } from '../../plugin/state/panel.ts'
import { createHost } from '../../plugin/studio/double/host.ts'
import type { FilePickers } from '../../plugin/studio/double/file-system.ts'
import type { Switches } from '../../plugin/studio/double/switches.ts'
import type { History } from '../../companion/history/history.ts'
import { decodePicture } from './decode-picture.ts'
import { fakeEngine, type FakeEngineOptions } from './fake-engine.ts'
import { nearCompanion } from './near-companion.ts'

const RED = [220, 40, 30, 255] as const
const BLUE = [20, 40, 200, 255] as const

/** Everything a test of the panel needs: Photoshop's double with a document, and the panel's own code over it. */
export function openDesk(
  options: {
    readonly engine?: FakeEngineOptions
    readonly switches?: Partial<Switches>
    /** Where the companion keeps what is finished; nowhere when absent. */
    readonly history?: History
    /** The panel's settings take nothing more. */
    readonly isFull?: boolean
    /** What the person does with file pickers. */
    readonly filePickers?: FilePickers
  } = {},
) {
  const scopes = new AsyncLocalStorage<object>()
  const photoshop = createHost({
    callChain: { run: (scope, body) => scopes.run(scope, body), current: () => scopes.getStore() },
    switches: options.switches ?? {},
    decodePicture,
    localFileSystem: 'request',
    ...(options.filePickers && { filePickers: options.filePickers }),
  })
  const { controls } = photoshop
  const { storage } = photoshop.uxp
  const engine = fakeEngine(options.engine)
  const companion = nearCompanion(engine, undefined, options.history)
  const settings = new Map<string, string>()
  const copied: string[] = []
  let seed = 0
  const host = createPhotoshopHost(photoshop.photoshop, storage)
  const panel = createPanel({
    host,
    companion,
    settings: {
      read: (key) => settings.get(key),
      write(key, value) {
        if (options.isFull !== true) settings.set(key, value)
        return options.isFull !== true
      },
    },
    copy: (text) => Promise.resolve(void copied.push(text)),
    now: () => 0,
    random: () => (seed += 1) / 2 ** 32,
  })
  return { photoshop: photoshop.photoshop, storage, controls, engine, companion, settings, copied, host, panel }
}

export type Desk = ReturnType<typeof openDesk>

/** A document of 96 x 64 with a white Background and a red layer "fox" at 10, 20 of 40 x 30, which is selected. */
export function openFox({ controls }: Desk, depth: 8 | 16 = 8): { documentId: number; foxId: number } {
  const documentId = controls.newDocument({ width: 96, height: 64, depth, title: 'fox.psd' })
  const [background] = controls.active()!.state.layers
  const foxId = controls.duplicateLayer(background!.id)
  controls.editLayer(foxId, { name: 'fox', isBackground: false, surface: emptyLike(controls, foxId) })
  controls.paint(foxId, { left: 10, top: 20, right: 50, bottom: 50 }, RED)
  controls.selectLayers([foxId])
  return { documentId, foxId }
}

/** Another layer, blue, over the left half. */
export function addLayer({ controls }: Desk, name: string): number {
  const [front] = controls.active()!.state.layers
  const id = controls.duplicateLayer(front!.id)
  controls.editLayer(id, { name, isBackground: false, surface: emptyLike(controls, id) })
  controls.paint(id, { left: 0, top: 0, right: 48, bottom: 64 }, BLUE)
  return id
}

function emptyLike(controls: Desk['controls'], id: number) {
  const { surface } = controls.layer(id)!
  return { ...surface, bounds: { left: 0, top: 0, right: 0, bottom: 0 }, data: surface.data.slice(0, 0) }
}

/** The names of the layers of the active document, front first. */
export const layerNames = ({ controls }: Desk): string[] => controls.active()!.state.layers.map(({ name }) => name)

/** The reference at a place of the panel's list: how the recipe has it, and what is known of it beside. */
export function referenceAt({ panel }: Desk, at = 0) {
  const { recipe, cards } = panel.state()
  const reference = recipe.references[at]
  assert.ok(reference, `There is no reference ${at}.`)
  const card = cards[reference.image]
  assert.ok(card, `The reference ${at} has no card.`)
  return { ...reference, ...card }
}

/** Moves the slider of the first reference. */
export const setWeight = (desk: Desk, weight: number, released: boolean): Promise<void> =>
  desk.panel.setWeight(referenceAt(desk).image, weight, released)

/** The weights that the newest result was made with. */
export const newestWeights = ({ panel }: Desk): readonly number[] | undefined => {
  const { newest } = panel.state()
  return newest && weightsOf(newest.made.recipe)
}

/** Fails when the panel left image data behind in Photoshop's memory. */
export function assertNothingLeaked({ controls }: Desk): void {
  assert.deepEqual(controls.liveImages(), { count: 0, bytes: 0 })
}

/** Resolves once `holds` does, looking after every change of the panel. */
export function until({ panel }: Desk, holds: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (!holds()) return
      stop()
      resolve()
    }
    const stop = panel.subscribe(look)
    look()
  })
}
