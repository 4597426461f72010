import type { LayerState } from './document-state.ts'
import { gone, hostError, type HostError } from './host-error.ts'
import { walk } from './layer-tree.ts'
import { documentOf, layerOf, type OpenDocument, type Session } from './session.ts'

/** An action descriptor: what batchPlay takes and gives. */
export type Descriptor = Record<string, unknown>

export type Failure = HostError

/** What a reference points at. */
export interface Target {
  readonly property: string | null
  readonly document: OpenDocument
  /** Absent when the reference names a document only. */
  readonly layer: LayerState | undefined
}

const NOT_AVAILABLE = -25920

/** The failure of one command; batchPlay resolves with it. */
export const commandFailure = (message: string): HostError => hostError(message, NOT_AVAILABLE)

/** True for plain objects. */
export const isDescriptor = (value: unknown): value is Descriptor =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * Resolves a `_target` (a list of references, or one): `_property`, then a layer by `_id`, `_name` or as the selected one
 * (`_enum` "ordinal", "targetEnum"), then the document by `_id` or the active one. Throws when it does not exist.
 */
export function readReference(session: Session, reference: unknown): Target {
  const parts = (Array.isArray(reference) ? reference : [reference]).filter(isDescriptor)
  const property = parts.map((part) => part['_property']).find((name) => typeof name === 'string') ?? null
  const layerPart = parts.find((part) => part['_ref'] === 'layer')
  const documentPart = parts.find((part) => part['_ref'] === 'document')
  if (!layerPart && !documentPart) throw commandFailure('The reference names neither a layer nor a document.')
  const document = documentOf(session, idOf(documentPart))
  return { property, document, layer: layerPart && findTarget(document, layerPart) }
}

function findTarget(document: OpenDocument, part: Descriptor): LayerState {
  const id = idOf(part)
  if (id !== undefined) return layerOf(document, id)
  const name = part['_name']
  if (typeof name === 'string') {
    for (const layer of walk(document.state.layers)) if (layer.name === name) return layer
    throw gone(`layer "${name}"`)
  }
  const [selected] = document.selectedIds
  if (selected === undefined) throw gone('current layer')
  return layerOf(document, selected)
}

const idOf = (part: Descriptor | undefined): number | undefined => {
  const id = part?.['_id']
  return typeof id === 'number' ? id : undefined
}

/** A number given plainly or with a unit; undefined for anything else. */
export const numberIn = (value: unknown): number | undefined => {
  const plain = isDescriptor(value) ? value['_value'] : value
  return typeof plain === 'number' ? plain : undefined
}
