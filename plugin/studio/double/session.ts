import { type DocumentState, type LayerState } from './document-state.ts'
import { gone, hostError, NO_DOCUMENT, outsideModal, USER_CANCELLED } from './host-error.ts'
import { findLayer } from './layer-tree.ts'
import { type Modal } from './modal-state.ts'
import type { Switches } from './switches.ts'

/** One line of the history panel. */
export interface HistoryEntry {
  readonly id: number
  readonly name: string
  readonly state: DocumentState
  /** The layers that were selected when the document last stood here. */
  readonly selectedIds: readonly number[]
}

/** A stretch of changes that becomes one line of the history. */
export interface Suspension {
  readonly token: { finalName?: string }
  readonly documentId: number
  readonly name: string
  readonly before: DocumentState
  readonly selectedBefore: readonly number[]
}

/** A document that is open: the one thing in the double that changes in place. */
export interface OpenDocument {
  readonly id: number
  title: string
  state: DocumentState
  selectedIds: readonly number[]
  quickMask: boolean
  entries: readonly HistoryEntry[]
  /** Index of the entry that `state` belongs to. */
  position: number
  suspensions: readonly Suspension[]
  nextLayerId: number
}

export interface NotificationListener {
  readonly group: string
  readonly events: readonly string[]
  readonly heard: (event: string, descriptor: object) => void
}

/** All that the modules of one Photoshop share. */
export interface Session {
  readonly pluginId: string
  readonly switches: Switches
  readonly modal: Modal
  documents: readonly OpenDocument[]
  activeId: number | null
  listeners: readonly NotificationListener[]
  readonly watchers: Set<() => void>
  readonly images: Map<object, number>
  readonly warnings: string[]
  /** Bytes of live image data above which Photoshop complains. */
  readonly memoryWarningBytes: number
  /** While set, pixel reads wait for it. */
  readsHeld: Promise<void> | null
  /** While set, events of sockets wait for it. */
  socketsHeld: Promise<void> | null
  nextId: number
}

/** A new id, unique in the session. */
export const nextId = (session: Session): number => session.nextId++

/** Tells everybody who draws the documents that something is different. */
export const changed = (session: Session): void => {
  for (const watcher of [...session.watchers]) watcher()
}

/** Lets a call through to Photoshop, unless the user has cancelled the running modal scope. */
export function enter(session: Session): void {
  if (session.modal.cancelled) throw hostError('User cancelled the operation', USER_CANCELLED)
}

/** Lets a changing call through to Photoshop; throws outside a modal scope. */
export function enterModal(session: Session, command: string): void {
  enter(session)
  if (session.modal.scopes.length === 0) throw outsideModal(command)
}

/** The active document, or undefined when none is open. */
export const activeDocument = (session: Session): OpenDocument | undefined =>
  session.documents.find(({ id }) => id === session.activeId)

/** The document of an id, the active one when the id is missing or negative; throws when it is gone. */
export function documentOf(session: Session, id?: number): OpenDocument {
  if (id === undefined || id < 0) {
    const active = activeDocument(session)
    if (!active) throw hostError('There is no open document.', NO_DOCUMENT)
    return active
  }
  const found = session.documents.find((document) => document.id === id)
  if (!found) throw gone(`document ${id}`)
  return found
}

/** The layer of an id; throws when it is gone. */
export function layerOf(document: OpenDocument, id: number): LayerState {
  const layer = findLayer(document.state.layers, id)
  if (!layer) throw gone(`layer ${id} of document ${document.id}`)
  return layer
}
