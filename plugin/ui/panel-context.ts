import { createContext, use, useSyncExternalStore } from 'react'
import type { Panel } from '../state/panel.ts'
import type { PanelState } from '../state/state.ts'

const PanelContext = createContext<Panel | undefined>(undefined)

/** Gives the panel to everything inside it. */
export const PanelProvider = PanelContext.Provider

/** What a person can do in the panel around this component. */
export function usePanel(): Panel {
  const panel = use(PanelContext)
  if (panel === undefined) throw new Error('This part of the panel stands outside PanelProvider.')
  return panel
}

/** The panel's state; draws again when it changes. */
export function usePanelState(): PanelState {
  const panel = usePanel()
  return useSyncExternalStore(panel.subscribe, panel.state)
}
