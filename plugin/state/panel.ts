import type { DraftChange, DraftMode } from './draft.ts'
import { keepPrompt, readEarlierPrompts } from './earlier-prompts.ts'
import { type CompanionFacts, companionFacts } from './companion-facts.ts'
import { createDocumentFollower } from './follow-document.ts'
import { createSliderFollower } from './follow-slider.ts'
import { type Following, followingOf } from './following.ts'
import { companionNotice, noticeOf } from './notices.ts'
import { type Painting, paint } from './paint.ts'
import { place, placeKept } from './place.ts'
import { createReferences, type References } from './references.ts'
import { orderFor } from './request.ts'
import { initialState, isLive, type PanelState } from './state.ts'
import { createStore } from './store.ts'
import type { Surroundings } from './surroundings.ts'

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
  /** Makes a picture of the recipe (taking the selected layers when there is no reference yet) and inserts it. */
  readonly imprint: () => Promise<void>
  /** Stops what is being made; the document stays as it is. */
  readonly cancel: () => void
  readonly insertKept: () => Promise<void>
  /** Takes the number that the companion shows. */
  readonly pair: (number: string) => void
  /** Puts text on the clipboard; false when that did not work. */
  readonly copy: (text: string) => Promise<boolean>
  /** What the companion has to work with; undefined while there is none. */
  readonly facts: () => Promise<CompanionFacts | undefined>
  readonly dismiss: () => void
}

const PROMPT = 'prompt'
const CHECKPOINT = 'checkpoint'
const SEEDS = 2 ** 32

/** The panel without its looks, over everything outside it. */
export function createPanel(surroundings: Surroundings): Panel {
  const { host, companion, settings, random } = surroundings
  const remembered = { prompt: settings.read(PROMPT) ?? '', earlierPrompts: readEarlierPrompts(settings) }
  const store = createStore(initialState(remembered, companion.status))
  const checkpoint = settings.read(CHECKPOINT)
  if (checkpoint) store.dispatch({ type: 'changed', change: { checkpoint } })
  const { state, dispatch } = store
  const references = createReferences(surroundings, store)
  const slider = createSliderFollower(surroundings, store)
  const document = createDocumentFollower(surroundings, store)
  let painting: Painting | undefined
  let imprinting = false

  /** Shows at once how a reference is followed now, and in the newest layer once it is let go of. */
  const follow = async (image: string, changes: Partial<Following>, released: boolean): Promise<void> => {
    dispatch({ type: 'reference-changed', image, change: changes })
    if (imprinting) return
    slider.move(followingOf(state().recipe), released)
    if (released) await slider.idle()
  }

  /** Why nothing can be made at all; undefined when it can. */
  const missing = () => {
    const selection = host.selection()
    dispatch({ type: 'selection', selection })
    if (selection.kind !== 'no-document') return companionNotice(state().companion)
    return { text: 'No document is open: open one and select a layer.', about: 'selection' } as const
  }

  /** Whether there is a picture now, in the document or kept. */
  const make = async (): Promise<boolean> => {
    const { recipe, cards, earlierPrompts } = state()
    dispatch({ type: 'earlier-prompts', prompts: keepPrompt(settings, earlierPrompts, recipe.prompt) })
    const seed = recipe.seed ?? Math.floor(random() * SEEDS)
    const order = orderFor(recipe, cards, seed, (layer) => host.hasLayer(layer))
    const current = paint(surroundings, store, order, 'imprint')
    painting = current
    try {
      const made = await current.made
      dispatch({ type: 'run-phase', id: current.id, phase: 'placing' })
      await place(surroundings, store, made, undefined)
      return true
    } catch (thrown) {
      const notice = noticeOf(thrown)
      if (notice !== undefined) dispatch({ type: 'notice', notice })
      return false
    } finally {
      painting = undefined
      current.end()
    }
  }

  return {
    state,
    subscribe: store.subscribe,
    references,
    start() {
      document.look()
      dispatch({ type: 'companion', status: companion.status })
      const stops = [
        host.watchDocuments(document.look),
        companion.subscribe(() => dispatch({ type: 'companion', status: companion.status })),
      ]
      return () => stops.forEach((stop) => stop())
    },
    change(change) {
      dispatch({ type: 'changed', change })
      if (change.prompt !== undefined) settings.write(PROMPT, change.prompt)
      if ('checkpoint' in change) settings.write(CHECKPOINT, change.checkpoint ?? '')
    },
    setWeight: (image, weight, released) => follow(image, { weight }, released),
    setMode: (image, mode, released) => follow(image, { mode }, released),
    async imprint() {
      const notice = missing()
      if (notice !== undefined) return dispatch({ type: 'notice', notice })
      if (imprinting) return
      imprinting = true
      try {
        slider.stop()
        if (state().recipe.references.length === 0 && !(await references.add())) return
        if (!(await make())) return
      } finally {
        imprinting = false
      }
      // A slider may have been moved while the picture was made.
      slider.move(followingOf(state().recipe), true)
      await slider.idle()
    },
    cancel() {
      painting?.cancel()
      slider.stop()
      const { newest } = state()
      if (newest !== undefined && isLive(state())) {
        dispatch({ type: 'followed', following: followingOf(newest.made.recipe) })
      }
      dispatch({ type: 'trial', trial: undefined })
    },
    async insertKept() {
      const { kept } = state()
      if (kept !== undefined) await placeKept(surroundings, store, kept)
    },
    pair: (number) => companion.pair(number),
    facts: () => companionFacts(companion),
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
