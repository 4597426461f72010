import { type PanelEvent, reduce } from './reduce.ts'
import type { PanelState } from './state.ts'

/** The panel's state and those who look at it. */
export interface Store {
  readonly state: () => PanelState
  readonly dispatch: (event: PanelEvent) => void
  /** Calls the listener after every change; returns the way to stop. */
  readonly subscribe: (listener: () => void) => () => void
}

/** A store that starts with `initial`. */
export function createStore(initial: PanelState): Store {
  let state = initial
  const listeners = new Set<() => void>()
  return {
    state: () => state,
    dispatch(event) {
      const next = reduce(state, event)
      if (next === state) return
      state = next
      for (const listener of listeners) listener()
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
