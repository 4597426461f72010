import type { DocumentState } from './document-state.ts'
import { hostError } from './host-error.ts'
import { findLayer } from './layer-tree.ts'
import { notify } from './notifications.ts'
import {
  changed,
  documentOf,
  type HistoryEntry,
  nextId,
  type OpenDocument,
  type Session,
  type Suspension,
} from './session.ts'

/** How many lines Photoshop's history keeps by default. */
const KEPT_ENTRIES = 50

/** Makes a change of a document: one history line of its own, or a part of the suspension that is open. */
export function commit(session: Session, document: OpenDocument, name: string, state: DocumentState): void {
  if (state === document.state) return
  show(document, state)
  if (document.suspensions.length === 0) addEntry(session, document, name)
  changed(session)
}

/** Changes the line in place that the document stands at: for what has no line of its own, such as showing a layer. */
export function amend(session: Session, document: OpenDocument, state: DocumentState): void {
  show(document, state)
  amendEntry(document, { state })
  changed(session)
}

/** Selects layers; the history remembers them with the line the document stands at, so that undo selects them again. */
export function chooseLayers(document: OpenDocument, ids: readonly number[]): void {
  document.selectedIds = ids
  if (document.suspensions.length === 0) amendEntry(document, { selectedIds: ids })
}

/** Opens a suspension: changes until `resume` become one line. */
export function suspend(session: Session, documentId: number, name: string): Suspension {
  const document = documentOf(session, documentId)
  const suspension: Suspension = {
    token: {},
    documentId,
    name,
    before: document.state,
    selectedBefore: document.selectedIds,
  }
  document.suspensions = [...document.suspensions, suspension]
  return suspension
}

/** Ends a suspension: one line if anything changed, or all of it undone. A document closed meanwhile is left alone. */
export function resume(session: Session, token: object, keep: boolean): void {
  const document = session.documents.find(({ suspensions }) => suspensions.some((open) => open.token === token))
  const suspension = document?.suspensions.find((open) => open.token === token)
  if (!document || !suspension) {
    if (session.switches.unknownSuspensionRejects) throw hostError('The history suspension is not valid.')
    return
  }
  document.suspensions = document.suspensions.slice(0, document.suspensions.indexOf(suspension))
  if (!keep) {
    document.selectedIds = suspension.selectedBefore
    show(document, suspension.before)
  } else if (document.state !== suspension.before && document.suspensions.length === 0) {
    addEntry(session, document, suspension.token.finalName ?? suspension.name)
  }
  changed(session)
}

/** Goes to a line of the history, as undo, redo and a click in the history panel do; false when there is none. */
export function travel(session: Session, document: OpenDocument, position: number): boolean {
  const entry = document.entries[position]
  if (!entry) return false
  document.position = position
  document.selectedIds = entry.selectedIds
  show(document, entry.state)
  notify(session, 'historyStateChanged', { documentID: document.id, ID: entry.id, name: entry.name })
  changed(session)
  return true
}

/** The first line of a document that was just opened. */
export function beginHistory(session: Session, document: OpenDocument, name: string): void {
  document.entries = [entryOf(session, document, name)]
  document.position = 0
}

function addEntry(session: Session, document: OpenDocument, name: string): void {
  const entry = entryOf(session, document, name)
  document.entries = [...document.entries.slice(0, document.position + 1), entry].slice(-KEPT_ENTRIES)
  document.position = document.entries.length - 1
  notify(session, 'historyStateChanged', { documentID: document.id, ID: entry.id, name })
}

const entryOf = (session: Session, { state, selectedIds }: OpenDocument, name: string): HistoryEntry => ({
  id: nextId(session),
  name,
  state,
  selectedIds,
})

function amendEntry(document: OpenDocument, change: Partial<HistoryEntry>): void {
  document.entries = document.entries.map((entry, at) => (at === document.position ? { ...entry, ...change } : entry))
}

function show(document: OpenDocument, state: DocumentState): void {
  document.state = state
  document.selectedIds = document.selectedIds.filter((id) => findLayer(state.layers, id))
}
