import type { DocumentState } from './document-state.ts'
import { beginHistory, chooseLayers } from './history.ts'
import { walk } from './layer-tree.ts'
import { notify } from './notifications.ts'
import { changed, nextId, type OpenDocument, type Session } from './session.ts'

/** Opens a document and makes it the active one; its front layer is selected when nothing else is said. */
export function openDocument(
  session: Session,
  title: string,
  state: DocumentState,
  selectedIds: readonly number[] = state.layers.slice(0, 1).map(({ id }) => id),
): OpenDocument {
  const ids = [...walk(state.layers)].map(({ id }) => id)
  const document: OpenDocument = {
    id: nextId(session),
    title,
    state,
    selectedIds,
    quickMask: false,
    entries: [],
    position: 0,
    suspensions: [],
    nextLayerId: Math.max(1, ...ids) + 1,
  }
  beginHistory(session, document, 'Open')
  session.documents = [...session.documents, document]
  session.activeId = document.id
  notify(session, 'open', { documentID: document.id })
  notify(session, 'select', { _target: [{ _ref: 'document', _id: document.id }], documentID: document.id })
  changed(session)
  return document
}

/** Closes a document without saving; the one opened before it becomes active. */
export function closeDocument(session: Session, id: number): void {
  if (!session.documents.some((document) => document.id === id)) return
  session.documents = session.documents.filter((document) => document.id !== id)
  if (session.activeId === id) session.activeId = session.documents.at(-1)?.id ?? null
  notify(session, 'close', { documentID: id })
  changed(session)
}

/** Brings a document to the front. */
export function activate(session: Session, document: OpenDocument): void {
  if (session.activeId === document.id) return
  session.activeId = document.id
  notify(session, 'select', { _target: [{ _ref: 'document', _id: document.id }], documentID: document.id })
  changed(session)
}

/** Selects layers of a document; an empty list selects none. */
export function selectLayers(session: Session, document: OpenDocument, ids: readonly number[]): void {
  chooseLayers(document, [...ids])
  if (ids.length === 0) notify(session, 'selectNoLayers', { documentID: document.id })
  else notify(session, 'select', { _target: [{ _ref: 'layer' }], layerID: [...ids], documentID: document.id })
  changed(session)
}
