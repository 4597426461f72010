import type { CapturedReference } from '../host/host.ts'
import { createSliderFollower } from './follow-slider.ts'
import { companionNotice, noticeOf } from './notices.ts'
import { type Painting, paint } from './paint.ts'
import { place, placeKept } from './place.ts'
import { orderFor } from './request.ts'
import { initialState, isLive, type PanelState } from './state.ts'
import { createStore } from './store.ts'
import type { Surroundings } from './surroundings.ts'

/** Everything a person can do in the panel. The promises settle when it is done; they never reject. */
export interface Panel {
  readonly state: () => PanelState
  /** Calls the listener after every change of the state; returns the way to stop. */
  readonly subscribe: (listener: () => void) => () => void
  /** Starts to follow Photoshop's selection and the companion; returns the way to stop. */
  readonly start: () => () => void
  readonly useSelectedLayer: () => Promise<void>
  readonly setPrompt: (text: string) => void
  readonly setNegativePrompt: (text: string) => void
  /** The slider is at `weight`: still held, or let go of. */
  readonly setWeight: (weight: number, released: boolean) => Promise<void>
  /** Makes a picture after the reference (taking the selected layer when there is none yet) and inserts it. */
  readonly imprint: () => Promise<void>
  /** Stops what is being made; the document stays as it is. */
  readonly cancel: () => void
  readonly insertKept: () => Promise<void>
  readonly pair: (token: string) => void
  readonly dismiss: () => void
}

const PROMPT = 'prompt'
const SEEDS = 2 ** 32

/** The panel without its looks, over everything outside it. */
export function createPanel(surroundings: Surroundings): Panel {
  const { host, companion, settings, random } = surroundings
  const store = createStore(initialState(settings.read(PROMPT) ?? '', companion.status))
  const { state, dispatch } = store
  const slider = createSliderFollower(surroundings, store)
  let painting: Painting | undefined
  let imprinting = false

  const readSelection = (): void => dispatch({ type: 'selection', selection: host.selection() })

  const takeReference = async (): Promise<CapturedReference | undefined> => {
    readSelection()
    const { selection } = state()
    if (selection.kind !== 'layer') {
      const text = selection.kind === 'unusable' ? selection.why : 'No document is open: open one and select a layer.'
      dispatch({ type: 'notice', notice: { text, about: 'selection' } })
      return undefined
    }
    try {
      const reference = await host.readReference(selection.layer)
      dispatch({ type: 'reference', reference })
      return reference
    } catch (thrown) {
      dispatch({ type: 'notice', notice: noticeOf(thrown) })
      return undefined
    }
  }

  /** Whether there is a picture now, in the document or kept. */
  const make = async (reference: CapturedReference): Promise<boolean> => {
    const { prompt, negativePrompt, weight } = state()
    const seed = Math.floor(random() * SEEDS)
    const current = paint(surroundings, store, orderFor({ reference, prompt, negativePrompt, weight, seed }), 'imprint')
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
    start() {
      readSelection()
      dispatch({ type: 'companion', status: companion.status })
      const stops = [
        host.watchSelection(readSelection),
        companion.subscribe(() => dispatch({ type: 'companion', status: companion.status })),
      ]
      return () => stops.forEach((stop) => stop())
    },
    async useSelectedLayer() {
      await takeReference()
    },
    setPrompt(text) {
      dispatch({ type: 'prompt', text })
      settings.write(PROMPT, text)
    },
    setNegativePrompt(text) {
      dispatch({ type: 'negative-prompt', text })
    },
    async setWeight(weight, released) {
      dispatch({ type: 'weight', weight })
      if (imprinting) return
      slider.move(state().weight, released)
      if (released) await slider.idle()
    },
    async imprint() {
      const missing = companionNotice(state().companion)
      if (missing !== undefined) return dispatch({ type: 'notice', notice: missing })
      if (imprinting) return
      imprinting = true
      try {
        slider.stop()
        const reference = state().reference ?? (await takeReference())
        if (reference === undefined || !(await make(reference))) return
      } finally {
        imprinting = false
      }
      // The slider may have been moved while the picture was made.
      slider.move(state().weight, true)
      await slider.idle()
    },
    cancel() {
      painting?.cancel()
      slider.stop()
      const { newest } = state()
      if (newest !== undefined && isLive(state())) dispatch({ type: 'weight', weight: newest.made.weight })
      dispatch({ type: 'trial', trial: undefined })
    },
    async insertKept() {
      const { kept } = state()
      if (kept !== undefined) await placeKept(surroundings, store, kept)
    },
    pair(token) {
      surroundings.keepToken(token)
      companion.pair(token)
    },
    dismiss() {
      dispatch({ type: 'notice', notice: undefined })
    },
  }
}
