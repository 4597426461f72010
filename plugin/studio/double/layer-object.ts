import type { LayerState, Locks } from './document-state.ts'
import { heightOf, widthOf } from './geometry.ts'
import { hostError } from './host-error.ts'
import {
  deleteLayer,
  duplicateLayer,
  editLayer,
  flattenLayer,
  moveLayer,
  type Placement,
  PLACEMENTS,
} from './layer-edits.ts'
import { boundsOf, parentOf } from './layer-tree.ts'
import { enter, enterModal, layerOf, type OpenDocument, type Session } from './session.ts'

/** A layer as the `photoshop` module shows it: every read asks the document again, and throws when the layer is gone. */
export interface LayerObject {
  readonly id: number
  readonly typename: 'Layer'
  name: string
  readonly kind: string
  opacity: number
  fillOpacity: number
  blendMode: string
  visible: boolean
  readonly bounds: LayerBounds
  readonly boundsNoEffects: LayerBounds
  readonly isBackgroundLayer: boolean
  readonly isClippingMask: boolean
  readonly locked: boolean
  allLocked: boolean
  pixelsLocked: boolean
  positionLocked: boolean
  transparentPixelsLocked: boolean
  readonly parent: LayerObject | null
  readonly layers: readonly LayerObject[] | undefined
  readonly document: { readonly id: number }
  move(relative: { readonly id: number }, placement: string): void
  duplicate(relative?: { readonly id: number }, placement?: string, name?: string): Promise<LayerObject>
  rasterize(kind: string): Promise<void>
  merge(): Promise<LayerObject>
  delete(): void
}

export interface LayerBounds {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
  readonly width: number
  readonly height: number
}

/** The wrapper of one layer; another one each time unless the switch says otherwise. */
export function layerObject(session: Session, document: OpenDocument, id: number): LayerObject {
  const known = wrappers.get(document)?.get(id)
  if (known && !session.switches.freshWrappers) return known
  const made = makeLayerObject(session, document, id)
  wrappers.set(document, (wrappers.get(document) ?? new Map<number, LayerObject>()).set(id, made))
  return made
}

const wrappers = new WeakMap<OpenDocument, Map<number, LayerObject>>()

function makeLayerObject(session: Session, document: OpenDocument, id: number): LayerObject {
  const read = (): LayerState => {
    enter(session)
    return layerOf(session.documents.includes(document) ? document : closed(document), id)
  }
  const write = (command: string, fields: Partial<LayerState>) => {
    enterModal(session, command)
    editLayer(session, document, id, command, fields)
  }
  const lock = (fields: Partial<Locks>) => write('Lock Layer', { locks: { ...read().locks, ...fields } })
  const wrap = (layer: LayerState) => layerObject(session, document, layer.id)
  const bounds = (): LayerBounds => {
    const found = boundsOf(read())
    return { ...found, width: widthOf(found), height: heightOf(found) }
  }

  return {
    id,
    typename: 'Layer',
    get name() {
      return read().name
    },
    set name(name) {
      write('Rename Layer', { name })
    },
    get kind() {
      return read().kind
    },
    get opacity() {
      return read().opacity
    },
    set opacity(opacity) {
      write('Opacity Change', { opacity: Math.min(100, Math.max(0, opacity)) })
    },
    get fillOpacity() {
      return read().fillOpacity
    },
    set fillOpacity(fillOpacity) {
      write('Fill Opacity Change', { fillOpacity: Math.min(100, Math.max(0, fillOpacity)) })
    },
    get blendMode() {
      return read().blendMode.replace(/ (.)/g, (_, letter: string) => letter.toUpperCase())
    },
    set blendMode(blendMode) {
      write('Blending Change', { blendMode: blendMode.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`) })
    },
    get visible() {
      return read().visible
    },
    set visible(visible) {
      write(visible ? 'Show Layer' : 'Hide Layer', { visible })
    },
    get bounds() {
      return bounds()
    },
    get boundsNoEffects() {
      return bounds()
    },
    get isBackgroundLayer() {
      return read().isBackground
    },
    get isClippingMask() {
      return read().clipping
    },
    get locked() {
      const { locks, isBackground } = read()
      return isBackground || locks.all || locks.pixels || locks.position || locks.transparency
    },
    get allLocked() {
      return read().locks.all
    },
    set allLocked(all) {
      lock({ all })
    },
    get pixelsLocked() {
      return read().locks.pixels
    },
    set pixelsLocked(pixels) {
      lock({ pixels })
    },
    get positionLocked() {
      return read().locks.position
    },
    set positionLocked(position) {
      lock({ position })
    },
    get transparentPixelsLocked() {
      return read().locks.transparency
    },
    set transparentPixelsLocked(transparency) {
      lock({ transparency })
    },
    get parent() {
      read()
      const parent = parentOf(document.state.layers, id)
      return parent && wrap(parent)
    },
    get layers() {
      return read().children?.map(wrap)
    },
    get document() {
      return { id: document.id }
    },
    move(relative, placement) {
      enterModal(session, 'move')
      moveLayer(session, document, id, relative.id, placementOf(placement))
    },
    async duplicate(relative, placement, name) {
      await Promise.resolve()
      enterModal(session, 'duplicate')
      const copy = duplicateLayer(session, document, id, name)
      if (relative && placement) moveLayer(session, document, copy.id, relative.id, placementOf(placement))
      return wrap(copy)
    },
    async rasterize() {
      await Promise.resolve()
      enterModal(session, 'rasterize')
      flattenLayer(session, document, id, 'Rasterize Layer')
    },
    async merge() {
      await Promise.resolve()
      enterModal(session, 'merge')
      return wrap(flattenLayer(session, document, id, 'Merge Group'))
    },
    delete() {
      enterModal(session, 'delete')
      deleteLayer(session, document, id)
    },
  }
}

function placementOf(word: string): Placement {
  const placement = PLACEMENTS.find((known) => known === word)
  if (!placement) throw hostError(`Invalid placement "${word}".`)
  return placement
}

/** A document that is closed holds no layers any more. */
const closed = (document: OpenDocument): OpenDocument => ({ ...document, state: { ...document.state, layers: [] } })
