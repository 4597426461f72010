import type { Controls, DocumentView } from '../double/controls.ts'
import { byId } from './element.ts'

/** What of the open documents is not in a file yet. */
export interface Unsaved {
  has(document: DocumentView): boolean
  /** The active document is in a file now. */
  saved(): void
}

/** Compares documents with how they were opened or last saved; a page with unsaved work asks before it goes. */
export function trackUnsaved(controls: Controls): Unsaved {
  const kept = new Map<number, unknown>()
  const has = ({ id, state }: DocumentView): boolean => kept.has(id) && kept.get(id) !== state
  window.addEventListener('beforeunload', (event) => {
    if (controls.documents().some(has)) event.preventDefault()
  })
  // One that is seen for the first time has just been opened.
  controls.subscribe(() => {
    for (const { id, state } of controls.documents()) if (!kept.has(id)) kept.set(id, state)
  })
  return {
    has,
    saved() {
      const active = controls.active()
      if (active !== null) kept.set(active.id, active.state)
    },
  }
}

/** Lets the Close button ask first where work would be lost; `save` says whether the document is in a file now. */
export function connectClosing(controls: Controls, unsaved: Unsaved, save: () => boolean): void {
  const question = byId('dialog', 'closing')
  byId('button', 'close').addEventListener('click', () => {
    const active = controls.active()
    if (active === null) return
    if (!unsaved.has(active)) return controls.close(active.id)
    byId('p', 'closing-question').textContent = `Save the changes to ${active.title} before it closes?`
    question.returnValue = ''
    question.showModal()
  })
  question.addEventListener('close', () => {
    if (question.returnValue === 'leave' || (question.returnValue === 'save' && save())) controls.close()
  })
}
