import type { SelectedLayer } from '../host/host.ts'
import type { Store } from './store.ts'
import type { Surroundings } from './surroundings.ts'

/** Says about the selection why something cannot be: it is over when something else is selected. */
export const refuseSelection =
  ({ dispatch }: Store) =>
  (text: string): void =>
    dispatch({ type: 'notice', notice: { text, about: 'selection' } })

/** The layers that are selected now; undefined, and the person is told why, where none can serve. */
export function selectedLayers({ host }: Surroundings, store: Store): readonly SelectedLayer[] | undefined {
  const selection = host.selection()
  store.dispatch({ type: 'selection', selection })
  if (selection.kind === 'layers') return selection.layers
  const isUnusable = selection.kind === 'unusable'
  refuseSelection(store)(isUnusable ? selection.why : 'No document is open: open one and select a layer.')
  return undefined
}
