import { commandFailure, type Descriptor, isDescriptor, readReference } from './action-reference.ts'
import type { LayerState } from './document-state.ts'
import { addPixelLayer, deleteLayer, editLayer, moveLayer } from './layer-edits.ts'
import { parentOf } from './layer-tree.ts'
import { activate, selectLayers } from './open-documents.ts'
import { documentOf, type OpenDocument, type Session } from './session.ts'

/** `make` with a layer as target: a new empty pixel layer. */
export function makeLayer(session: Session, command: Descriptor): Descriptor {
  const [reference] = Array.isArray(command['_target']) ? (command['_target'] as unknown[]) : []
  if (!isDescriptor(reference) || reference['_ref'] !== 'layer') throw commandFailure('The double makes layers only.')
  const using = command['using']
  const name = isDescriptor(using) && typeof using['name'] === 'string' ? using['name'] : undefined
  return { layerID: addPixelLayer(session, documentOf(session), name).id }
}

/** `delete` of a layer. */
export function deleteTarget(session: Session, command: Descriptor): Descriptor {
  const { document, layer } = layerTarget(session, command)
  deleteLayer(session, document, layer.id)
  return {}
}

/** `select` of a layer or a document. */
export function selectTarget(session: Session, command: Descriptor): Descriptor {
  const { document, layer } = readReference(session, command['_target'])
  if (layer) selectLayers(session, document, [layer.id])
  else activate(session, document)
  return {}
}

/** `hide` and `show` of a layer. */
export const hideOrShow =
  (visible: boolean) =>
  (session: Session, command: Descriptor): Descriptor => {
    const target = command['null'] ?? command['_target']
    const { document, layer } = layerTarget(session, { _target: target })
    editLayer(session, document, layer.id, visible ? 'Show Layer' : 'Hide Layer', { visible })
    return {}
  }

/**
 * `move` of a layer to the front, back, next or previous place of its group. Photoshop opens an alert when the layer is
 * there already; here the command fails and the alert is noted.
 */
export function moveTarget(session: Session, command: Descriptor): Descriptor {
  const { document, layer } = layerTarget(session, command)
  const to = command['to']
  const place = isDescriptor(to) ? to['_value'] : undefined
  const siblings = parentOf(document.state.layers, layer.id)?.children ?? document.state.layers
  const at = siblings.findIndex(({ id }) => id === layer.id)
  const neighbour =
    place === 'front'
      ? siblings[0]
      : place === 'back'
        ? siblings.at(-1)
        : place === 'next'
          ? siblings[at - 1]
          : siblings[at + 1]
  if (neighbour === undefined || neighbour.id === layer.id) {
    const alert = 'Could not complete the command because the layer is already there.'
    session.warnings.push(alert)
    throw commandFailure(alert)
  }
  moveLayer(
    session,
    document,
    layer.id,
    neighbour.id,
    place === 'front' || place === 'next' ? 'placeBefore' : 'placeAfter',
  )
  return {}
}

function layerTarget(session: Session, command: Descriptor): { document: OpenDocument; layer: LayerState } {
  const { document, layer } = readReference(session, command['_target'])
  if (!layer) throw commandFailure('The command needs a layer.')
  return { document, layer }
}
