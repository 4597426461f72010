import { compositeLayers } from './composite.ts'
import { type LayerState, newLayer, UNLOCKED } from './document-state.ts'
import { hostError } from './host-error.ts'
import { commit } from './history.ts'
import {
  boundsOf,
  changeLayer,
  findLayer,
  insertBeside,
  insertInside,
  parentOf,
  removeLayer,
  walk,
} from './layer-tree.ts'
import { selectLayers } from './open-documents.ts'
import { layerOf, type OpenDocument, type Session } from './session.ts'
import { NOTHING, samples, type Surface, trim } from './surface.ts'

/** Where `layer.move` puts a layer; the words of `constants.ElementPlacement`. */
export const PLACEMENTS = ['placeBefore', 'placeAfter', 'placeInside', 'placeAtBeginning', 'placeAtEnd'] as const
export type Placement = (typeof PLACEMENTS)[number]

/** Changes the named fields of a layer as one command. */
export function editLayer(
  session: Session,
  document: OpenDocument,
  id: number,
  command: string,
  fields: Partial<LayerState>,
): void {
  layerOf(document, id)
  const layers = changeLayer(document.state.layers, id, (layer) => ({ ...layer, ...fields }))
  commit(session, document, command, { ...document.state, layers })
}

/** A new pixel layer above the active one (inside it when that is an open group), empty or not; it becomes the active layer. */
export function addPixelLayer(
  session: Session,
  document: OpenDocument,
  name?: string,
  surface: Surface = { ...NOTHING, data: samples(document.state.depth, 0) },
  command = 'New Layer',
): LayerState {
  const id = document.nextLayerId++
  const added = newLayer(id, name ?? `Layer ${id}`, surface)
  const { layers } = document.state
  const anchor = document.selectedIds.map((selected) => findLayer(layers, selected)).find((layer) => layer)
  const inside = session.switches.newLayerInsideOpenGroup && anchor?.children && anchor.open
  const next = !anchor
    ? insertInside(layers, null, added, 'front')
    : inside
      ? insertInside(layers, anchor.id, added, 'front')
      : insertBeside(layers, anchor.id, added, 'above')
  commit(session, document, command, { ...document.state, layers: next })
  selectLayers(session, document, [id])
  return added
}

/** A new group around the layers given, where the front one lies, else above the active one; it becomes the active layer. */
export function addGroup(
  session: Session,
  document: OpenDocument,
  name: string | undefined,
  fromIds: readonly number[],
): LayerState {
  const from = fromIds.map((id) => layerOf(document, id))
  if (from.some(({ isBackground }) => isBackground)) throw hostError('The Background cannot be put into a group.')
  const { layers } = document.state
  const inOrder = [...walk(layers)].filter(({ id }) => fromIds.includes(id))
  const anchor = inOrder[0] ?? document.selectedIds.map((id) => findLayer(layers, id)).find((layer) => layer)
  const id = document.nextLayerId++
  const empty: Surface = { ...NOTHING, data: samples(document.state.depth, 0) }
  const group: LayerState = {
    ...newLayer(id, name ?? `Group ${id}`, empty),
    kind: 'group',
    blendMode: 'pass through',
    children: inOrder,
    open: false,
  }
  const beside = anchor ? insertBeside(layers, anchor.id, { ...group, children: [] }, 'above') : [group, ...layers]
  const rest = inOrder.reduce((tree, layer) => removeLayer(tree, layer.id), beside)
  const next = changeLayer(rest, id, () => group)
  commit(session, document, 'New Group', { ...document.state, layers: next })
  selectLayers(session, document, [id])
  return group
}

/** Moves a layer in the stack; refuses what Photoshop refuses. */
export function moveLayer(
  session: Session,
  document: OpenDocument,
  id: number,
  relativeId: number,
  placement: Placement,
): void {
  const moved = layerOf(document, id)
  const relative = layerOf(document, relativeId)
  if (moved.isBackground) throw hostError('Could not move the layer because it is the Background.')
  if (moved.locks.all || moved.locks.position) throw hostError('Could not move the layer because it is locked.')
  if (id === relativeId || (moved.children && findLayer(moved.children, relativeId)))
    throw hostError('A layer cannot be moved relative to itself.')
  const rest = removeLayer(document.state.layers, id)
  const parent = parentOf(rest, relativeId)?.id ?? null
  const place = (): readonly LayerState[] => {
    switch (placement) {
      case 'placeBefore':
        return insertBeside(rest, relativeId, moved, 'above')
      case 'placeAfter':
        if (relative.isBackground) throw hostError('A layer cannot be moved below the Background.')
        return insertBeside(rest, relativeId, moved, 'below')
      case 'placeInside':
        if (!relative.children) throw hostError('The target of placeInside is not a group.')
        return insertInside(rest, relativeId, moved, 'front')
      case 'placeAtBeginning':
        return insertInside(rest, relative.children ? relativeId : parent, moved, 'front')
      case 'placeAtEnd': {
        const background = relative.children ? undefined : rest.find(({ isBackground }) => isBackground)
        if (background && parent === null) return insertBeside(rest, background.id, moved, 'above')
        return insertInside(rest, relative.children ? relativeId : parent, moved, 'back')
      }
    }
  }
  commit(session, document, 'Layer Order', { ...document.state, layers: place() })
}

/** Deletes a layer; the last one of a document stays. */
export function deleteLayer(session: Session, document: OpenDocument, id: number): void {
  layerOf(document, id)
  const layers = removeLayer(document.state.layers, id)
  if (layers.length === 0) throw hostError('The last layer of a document cannot be deleted.')
  commit(session, document, 'Delete Layer', { ...document.state, layers })
}

/** A copy right above the layer, with new ids all through; it becomes the active layer. */
export function duplicateLayer(session: Session, document: OpenDocument, id: number, name?: string): LayerState {
  const layer = layerOf(document, id)
  const copy = copyOf(document, { ...layer, isBackground: false, locks: layer.isBackground ? UNLOCKED : layer.locks })
  const named = { ...copy, name: name ?? `${layer.name} copy` }
  const layers = insertBeside(document.state.layers, id, named, 'above')
  commit(session, document, 'Duplicate Layer', { ...document.state, layers })
  selectLayers(session, document, [named.id])
  return named
}

/** Puts copies of layers on top of another document. */
export function copyLayersTo(session: Session, layers: readonly LayerState[], target: OpenDocument): LayerState[] {
  const copies = layers.map((layer) => copyOf(target, { ...layer, isBackground: false }))
  commit(session, target, 'Duplicate Layers', { ...target.state, layers: [...copies, ...target.state.layers] })
  return copies
}

/** Turns a smart object, text, fill or group into plain pixels as it is shown, without its opacity and mask. */
export function flattenLayer(session: Session, document: OpenDocument, id: number, command: string): LayerState {
  const layer = layerOf(document, id)
  const { depth } = document.state
  const surface = layer.children ? trim(compositeLayers(layer.children, boundsOf(layer), depth)) : layer.surface
  const blendMode = layer.blendMode === 'pass through' ? 'normal' : layer.blendMode
  const flat: LayerState = { ...layer, kind: 'pixel', children: null, surface, blendMode, kept: {} }
  editLayer(session, document, id, command, flat)
  return flat
}

function copyOf(document: OpenDocument, layer: LayerState): LayerState {
  const id = document.nextLayerId++
  return { ...layer, id, children: layer.children?.map((child) => copyOf(document, child)) ?? null }
}
