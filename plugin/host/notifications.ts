import type { PsAction } from '../types/photoshop.ts'

/** What may change the selected layer or its picture; Photoshop is silent during modal work, so its end counts too. */
const EVENTS = [
  'select',
  'make',
  'delete',
  'set',
  'open',
  'close',
  'deselect',
  'selectNoLayers',
  'historyStateChanged',
  'modalJavaScriptScopeExit',
]
const SETTLED_AFTER = 150

/** Calls `changed` once things have been quiet for a moment after a burst of notifications; returns the way to stop. */
export function watchDocuments(action: PsAction, changed: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  const listener = (): void => {
    clearTimeout(timer)
    timer = setTimeout(changed, SETTLED_AFTER)
  }
  const listening = action.addNotificationListener(EVENTS, listener)
  listening.catch(changed)
  return () => {
    clearTimeout(timer)
    void listening.then(() => action.removeNotificationListener(EVENTS, listener)).catch(() => undefined)
  }
}
