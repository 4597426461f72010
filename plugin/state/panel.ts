import type { SettingsChange } from '../../shared/companion-settings.ts'
import { type DraftChange, type DraftMode, SEEDS } from './draft.ts'
import { createEarlier, type EarlierActions, followEarlier } from './earlier.ts'
import { keepPrompt, readEarlierPrompts } from './earlier-prompts.ts'
import { changedFacts, type CompanionFacts, companionFacts } from './companion-facts.ts'
import { createDocumentFollower } from './follow-document.ts'
import { createSliderFollower } from './follow-slider.ts'
import { type Following, followingOf } from './following.ts'
import { createHeld } from './held.ts'
import { companionNotice, noticeOf } from './notices.ts'
import { oneAtATime } from './one-at-a-time.ts'
import { place, placeKept } from './place.ts'
import { createPresets, type Presets, readPresets } from './presets.ts'
import { createQueue, type Queue } from './queue.ts'
import { createReferences, type References } from './references.ts'
import { type Order, orderAgain, orderFor } from './request.ts'
import { initialState, isLive, type PanelState } from './state.ts'
import { createStore } from './store.ts'
import type { Surroundings } from './surroundings.ts'
import { createTakeOver, type TakeOver } from './take-over.ts'
import { createTokenCounter } from './token-counter.ts'
import { createStructure, type Structure } from './structure.ts'
import { createSweeps, type Sweep, type Sweeps } from './sweep.ts'
import { createUpdate } from './update-layer.ts'
import { createVariations, type Variations } from './variations.ts'
import { assertRegionsIn } from './where.ts'

/** Everything a person can do in the panel. The promises settle when it is done; they never reject. */
export interface Panel {
  readonly state: () => PanelState
  /** Calls the listener after every change of the state; returns the way to stop. */
  readonly subscribe: (listener: () => void) => () => void
  /** Starts to follow Photoshop's documents and the companion; returns the way to stop. */
  readonly start: () => () => void
  readonly references: References
  /** The slider of a reference is at `weight`: still held, or let go of. */
  readonly setWeight: (image: string, weight: number, released: boolean) => Promise<void>
  /** What a reference is followed in, by its pad or its list: still held, or let go of. */
  readonly setMode: (image: string, mode: DraftMode, released: boolean) => Promise<void>
  /** Changes the recipe being edited. */
  readonly change: (change: DraftChange) => void
  readonly presets: Presets
  readonly structure: Structure
  /** Has a picture made of the recipe (of the selected layers where it has no reference yet), behind all others, and inserts it. */
  readonly imprint: () => Promise<void>
  readonly sweeps: Omit<Sweeps, 'make'> & {
    /** Makes the newest picture, or the next one, at five weights of a reference: to choose from, or as layers. */
    readonly make: (image: string, wants: Sweep['wants']) => Promise<void>
  }
  readonly variations: Omit<Variations, 'make'> & {
    /** Has four pictures made of the recipe, to choose from. */
    readonly make: () => Promise<void>
  }
  readonly queue: Pick<Queue, 'cancel' | 'cancelAll' | 'move'>
  /** Stops what is being made now; the document stays as it is. */
  readonly cancel: () => void
  /** The newest of the pictures that could not go into their documents goes into one after all, or is left out. */
  readonly insertKept: () => Promise<void>
  readonly dropKept: () => void
  /** Takes the number that the companion shows. */
  readonly pair: (number: string) => void
  /** Puts text on the clipboard; false when that did not work. */
  readonly copy: (text: string) => Promise<boolean>
  /** What the companion has to work with; undefined while there is none. */
  readonly facts: () => Promise<CompanionFacts | undefined>
  /** The models the companion found; undefined while there is none. */
  readonly models: () => Promise<CompanionFacts['models'] | undefined>
  /** Has the companion work otherwise; a sentence when it does not. */
  readonly configure: (change: SettingsChange) => Promise<CompanionFacts | string>
  readonly dismiss: () => void
  readonly earlier: EarlierActions
  readonly takeOver: TakeOver
  /** Makes the newest result's layer anew, after what the panel shows now. */
  readonly updateLayer: () => Promise<void>
}

const PROMPT = 'prompt'
const CHECKPOINT = 'checkpoint'

/** The panel without its looks, over everything outside it. */
export function createPanel(surroundings: Surroundings): Panel {
  const { host, companion, settings, random } = surroundings
  const remembered = {
    prompt: settings.read(PROMPT) ?? '',
    earlierPrompts: readEarlierPrompts(settings),
    presets: readPresets(settings),
  }
  const store = createStore(initialState(remembered, companion.status))
  const checkpoint = settings.read(CHECKPOINT)
  if (checkpoint) store.dispatch({ type: 'changed', change: { checkpoint } })
  const { state, dispatch } = store
  const held = createHeld(() => document.look())
  const references = createReferences(surroundings, store, held, () => document.look())
  const slider = createSliderFollower(surroundings, store)
  const document = createDocumentFollower(surroundings, store, held)
  const queue = createQueue(surroundings, store)
  const variations = createVariations(surroundings, store, queue)
  const sweeps = createSweeps(surroundings, store, queue)
  const update = createUpdate(surroundings, store, queue)
  const tokens = createTokenCounter(surroundings, store)
  /** What pictures come of and is not done yet. */
  let making = 0
  /** Whether a slider was moved since something was ordered. */
  let isMoved = false
  // Asked anew after whatever was waited for.
  const wasMoved = (): boolean => isMoved

  const isBusy = (): boolean => making > 0 || queue.isBusy()

  /** Why nothing can be made at all; undefined when it can. */
  const missing = () => {
    const selection = host.selection()
    dispatch({ type: 'selection', selection })
    if (selection.kind !== 'no-document') return companionNotice(state().companion)
    return { text: 'No document is open: open one and select a layer.', about: 'selection' } as const
  }

  /** Keeps for the next session what was changed. */
  const remember = (changes: DraftChange): void => {
    if (changes.prompt !== undefined) settings.write(PROMPT, changes.prompt)
    if ('checkpoint' in changes) settings.write(CHECKPOINT, changes.checkpoint ?? '')
  }
  const change = (changes: DraftChange): void => {
    dispatch({ type: 'changed', change: changes })
    remember(changes)
  }
  const presets = createPresets(surroundings, store, change)
  const takeOver = createTakeOver(surroundings, store, remember)
  const earlier = createEarlier(surroundings, store, { references, takeOver })

  /** Shows at once how a reference is followed now, and in the newest layer once it is let go of. */
  const follow = async (image: string, changes: Partial<Following>, released: boolean): Promise<void> => {
    dispatch({ type: 'reference-changed', image, change: changes })
    held.mark(image, released)
    isMoved = isBusy()
    if (isMoved) return
    slider.move(followingOf(state().recipe), released)
    if (released) await slider.idle()
  }

  const seed = (): number => state().recipe.seed ?? Math.floor(random() * SEEDS)

  /** What the panel shows and where that goes, frozen: orders of any seed. Undefined, and the person is told, when it cannot be. */
  const freeze = async (): Promise<((seed: number) => Order) | undefined> => {
    const { recipe, cards } = state()
    try {
      const ground = await host.readGround(recipe.startFrom, recipe.feather)
      assertRegionsIn(recipe, cards, ground)
      return (seed) => orderFor(recipe, cards, seed, (layer) => host.hasLayer(layer), ground)
    } catch (thrown) {
      dispatch({ type: 'notice', notice: noticeOf(thrown) })
      return undefined
    }
  }

  /** Whether a picture would start from what is there: then it needs no reference. */
  const startsFromSomething = async (): Promise<boolean> =>
    state().recipe.startFrom !== 'nothing' || (await host.target().catch(() => undefined))?.selected !== undefined

  /** Orders of what the panel shows, with the selected layers as references where there are none; undefined when nothing comes of it. */
  const prepared = async (): Promise<((seed: number) => Order) | undefined> => {
    const isLacking = state().recipe.references.length === 0 && !(await startsFromSomething())
    if (isLacking && !(await references.add())) return undefined
    return freeze()
  }

  /** Has pictures made where that can be, and follows a slider that was moved meanwhile when nothing is left to be made. */
  const make = async (work: () => Promise<unknown>): Promise<void> => {
    const notice = missing()
    if (notice !== undefined) return dispatch({ type: 'notice', notice })
    slider.stop()
    isMoved = false
    making++
    await work().finally(() => making--)
    if (!wasMoved() || isBusy()) return
    isMoved = false
    slider.move(followingOf(state().recipe), true)
    await slider.idle()
  }

  /** Orders once there is something to order. */
  const ordering = (order: (orderWith: (seed: number) => Order) => Promise<unknown>): Promise<void> =>
    make(async () => {
      const orderWith = await prepared()
      if (orderWith === undefined) return
      const { recipe, earlierPrompts } = state()
      dispatch({ type: 'earlier-prompts', prompts: keepPrompt(settings, earlierPrompts, recipe.prompt) })
      await order(orderWith)
    })

  return {
    state,
    subscribe: store.subscribe,
    references,
    start() {
      document.look()
      dispatch({ type: 'companion', status: companion.status })
      tokens.look()
      const stops = [
        host.watchDocuments(document.look),
        host.watchBusy((isBusy) => dispatch({ type: 'host-busy', isBusy })),
        companion.subscribe(() => dispatch({ type: 'companion', status: companion.status })),
        companion.onFailure((error) => dispatch({ type: 'notice', notice: noticeOf(error) })),
        followEarlier(companion, () => {
          // What the layer's own metadata lost, a companion that came back may know.
          document.look()
          return earlier.look()
        }),
        store.subscribe(tokens.look),
        tokens.stop,
      ]
      return () => stops.forEach((stop) => stop())
    },
    change,
    earlier,
    takeOver,
    updateLayer: () => make(update),
    presets,
    structure: createStructure(surroundings, store),
    queue,
    setWeight: (image, weight, released) => follow(image, { weight }, released),
    setMode: (image, mode, released) => follow(image, { mode }, released),
    imprint: () =>
      ordering((orderWith) => queue.add(orderWith(seed()), (made) => place(surroundings, store, made, undefined)).done),
    sweeps: {
      ...sweeps,
      make: (image, wants) =>
        ordering((orderWith) => {
          const { newest, recipe } = state()
          const isOfNewest = newest !== undefined && isLive(state())
          const order = isOfNewest ? orderAgain(newest.made, followingOf(recipe)) : orderWith(seed())
          return sweeps.make({ order, at: recipe.references.findIndex((one) => one.image === image), wants })
        }),
    },
    variations: {
      ...variations,
      make: () => ordering((orderWith) => variations.make(seed(), orderWith)),
    },
    cancel() {
      const { run, runs, newest } = state()
      // Too late: it will be in the document, and the sliders are where it was made.
      if (run?.phase === 'placing') return
      isMoved = false
      if (run?.kind === 'imprint') queue.cancel(run.id)
      if (runs.length > 1) return
      slider.stop()
      if (newest !== undefined && isLive(state())) {
        dispatch({ type: 'followed', following: followingOf(newest.made.recipe) })
      }
      dispatch({ type: 'trial', trial: undefined })
    },
    insertKept: oneAtATime(async () => {
      const kept = state().kept.at(-1)
      if (kept !== undefined) await placeKept(surroundings, store, kept)
    }),
    dropKept() {
      const kept = state().kept.at(-1)
      if (kept !== undefined) dispatch({ type: 'kept-dropped', made: kept.made })
    },
    pair: (number) => companion.pair(number),
    facts: () => companionFacts(companion),
    models: () => companion.models().catch(() => undefined),
    configure: (change) => changedFacts(companion, change),
    copy: (text) =>
      surroundings.copy(text).then(
        () => true,
        () => false,
      ),
    dismiss() {
      dispatch({ type: 'notice', notice: undefined })
    },
  }
}
