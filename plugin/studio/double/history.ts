import type { DocumentState } from './document-state.ts'
import { hostError } from './host-error.ts'
import { findLayer } from './layer-tree.ts'
import { notify } from './notifications.ts'
import { changed, documentOf, nextId, type OpenDocument, type Session, type Suspension } from './session.ts'

/** How many lines Photoshop's history keeps by default. */
const KEPT_ENTRIES = 50

/** Makes a change of a document: one history line of its own, or a part of the suspension that is open. */
export function commit(session: Session, document: OpenDocument, name: string, state: DocumentState): void {
  if (state === document.state) return
  show(document, state)
  if (document.suspensions.length === 0) addEntry(session, document, name)
  changed(session)
}

/** Changes the newest line in place: for what the user does without a line of its own, such as showing a layer. */
export function amend(session: Session, document: OpenDocument, state: DocumentState): void {
  show(document, state)
  document.entries = document.entries.map((entry, at) => (at === document.position ? { ...entry, state } : entry))
  changed(session)
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
  show(document, entry.state)
  notify(session, 'historyStateChanged', { documentID: document.id, ID: entry.id, name: entry.name })
  changed(session)
  return true
}

/** The first line of a document that was just opened. */
export function beginHistory(session: Session, document: OpenDocument, name: string): void {
  document.entries = [{ id: nextId(session), name, state: document.state }]
  document.position = 0
}

function addEntry(session: Session, document: OpenDocument, name: string): void {
  const entry = { id: nextId(session), name, state: document.state }
  document.entries = [...document.entries.slice(0, document.position + 1), entry].slice(-KEPT_ENTRIES)
  document.position = document.entries.length - 1
  notify(session, 'historyStateChanged', { documentID: document.id, ID: entry.id, name })
}

function show(document: OpenDocument, state: DocumentState): void {
  document.state = state
  document.selectedIds = document.selectedIds.filter((id) => findLayer(state.layers, id))
}
