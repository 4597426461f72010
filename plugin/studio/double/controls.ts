import type { Raster } from '../../../shared/raster.ts'
import { readDocument } from '../psd/read.ts'
import { writeDocument } from '../psd/write.ts'
import { blankDocument, type BlankOptions } from './blank-document.ts'
import { compositeDocument } from './composite.ts'
import type { DocumentState, LayerState } from './document-state.ts'
import { type Bounds, heightOf, isEmpty, union, widthOf } from './geometry.ts'
import { amend, commit, travel } from './history.ts'
import { addPixelLayer, deleteLayer, duplicateLayer, editLayer } from './layer-edits.ts'
import { changeLayer, findLayer, walk } from './layer-tree.ts'
import { cancelModal, setUserBusy } from './modal.ts'
import { activate, closeDocument, openDocument, selectLayers } from './open-documents.ts'
import { pictureSurface } from './picture-document.ts'
import { activeDocument, documentOf, layerOf, type OpenDocument, type Session } from './session.ts'
import { blit, crop, filled, fullOf, type Surface, toDepth, trim } from './surface.ts'

/** What the user sees of an open document. */
export interface DocumentView {
  readonly id: number
  readonly title: string
  readonly state: DocumentState
  readonly selectedIds: readonly number[]
  readonly history: { readonly names: readonly string[]; readonly position: number }
}

/**
 * The user's hands and eyes: all that a person does in Photoshop beside the panel, for the studio page and for tests.
 * A document id left out means the active document. Acts of the user throw while a script holds Photoshop.
 */
export function createControls(session: Session) {
  const find = (id?: number): OpenDocument => documentOf(session, id)
  const act = (id?: number): OpenDocument => {
    if (session.modal.scopes.some(({ interactive }) => !interactive))
      throw new Error('A script holds Photoshop; the user has to wait.')
    return find(id)
  }
  const open = (state: DocumentState, title: string): number => openDocument(session, title, state).id

  return {
    /** Opens a PSD file and returns the document's id; throws a sentence when it is not one. */
    openFile(bytes: Uint8Array, title: string): number {
      const { state, selectedIds } = readDocument(bytes)
      return openDocument(session, title, state, selectedIds).id
    },
    /** Opens a document given as a value. */
    openState: open,
    /** Makes a new document with one layer. */
    newDocument: (options: BlankOptions & { readonly title?: string }): number =>
      open(blankDocument(options), options.title ?? 'Untitled-1'),
    /** The document as a PSD file. */
    save(documentId?: number): Uint8Array {
      const { state, selectedIds } = find(documentId)
      return writeDocument(state, selectedIds)
    },
    close: (documentId?: number): void => closeDocument(session, act(documentId).id),
    activate: (documentId: number): void => activate(session, act(documentId)),
    documents: (): DocumentView[] => session.documents.map(view),
    /** The active document, or null. */
    active: (): DocumentView | null => {
      const document = activeDocument(session)
      return document ? view(document) : null
    },

    /** The first layer of a name; throws when there is none. */
    layerNamed: (name: string, documentId?: number): LayerState => {
      for (const layer of walk(find(documentId).state.layers)) if (layer.name === name) return layer
      throw new Error(`The document has no layer "${name}".`)
    },
    layer: (id: number, documentId?: number): LayerState | null => findLayer(find(documentId).state.layers, id) ?? null,
    /** A new empty layer above the selected one; returns its id. */
    addLayer: (name: string, documentId?: number): number => addPixelLayer(session, act(documentId), name).id,
    /** Drops a picture on the document: a new layer with it in the middle; returns its id. */
    placePicture(picture: Raster, name: string, documentId?: number): number {
      const document = act(documentId)
      const { width, height, depth } = document.state
      const left = Math.floor((width - picture.width) / 2)
      const top = Math.floor((height - picture.height) / 2)
      return addPixelLayer(session, document, name, pictureSurface(picture, depth, left, top), 'Place').id
    },
    selectLayers: (ids: readonly number[], documentId?: number): void => selectLayers(session, act(documentId), ids),
    /** The eye beside a layer: no line in the history. */
    setVisible(id: number, visible: boolean, documentId?: number): void {
      const document = act(documentId)
      const layers = changeLayer(document.state.layers, id, (layer) => ({ ...layer, visible }))
      amend(session, document, { ...document.state, layers })
    },
    /** The triangle beside a group: no line in the history. */
    setOpen(id: number, isOpen: boolean, documentId?: number): void {
      const document = act(documentId)
      const layers = changeLayer(document.state.layers, id, (layer) => ({ ...layer, open: isOpen }))
      amend(session, document, { ...document.state, layers })
    },
    /** Changes fields of a layer: opacity, locks, kind, mask … */
    editLayer: (id: number, fields: Partial<LayerState>, documentId?: number): void =>
      editLayer(session, act(documentId), id, 'Edit Layer', fields),
    deleteLayer: (id: number, documentId?: number): void => deleteLayer(session, act(documentId), id),
    duplicateLayer: (id: number, documentId?: number): number => duplicateLayer(session, act(documentId), id).id,
    /** Fills a rectangle of a layer with one colour, 0..255 each, at any depth. */
    paint(
      id: number,
      bounds: Bounds,
      [r, g, b, a]: readonly [number, number, number, number],
      documentId?: number,
    ): void {
      const document = act(documentId)
      const { depth } = document.state
      const colour = [r, g, b, a].map((value) => (value / 255) * fullOf(depth))
      const painted = filled(bounds, depth, depth === 32 ? colour : colour.map(Math.round))
      const { surface } = layerOf(document, id)
      editLayer(session, document, id, 'Brush Tool', { surface: trim(merged(surface, painted)) })
    },
    /** Selects a rectangle of the document; null selects nothing. */
    select(bounds: Bounds | null, documentId?: number): void {
      const document = act(documentId)
      const { depth } = document.state
      const selection = bounds && !isEmpty(bounds) ? filled(bounds, depth, [fullOf(depth)]) : null
      commit(session, document, selection ? 'Rectangular Marquee' : 'Deselect', { ...document.state, selection })
    },
    setQuickMask(on: boolean, documentId?: number): void {
      act(documentId).quickMask = on
    },

    undo: (documentId?: number): boolean => travel(session, act(documentId), find(documentId).position - 1),
    redo: (documentId?: number): boolean => travel(session, act(documentId), find(documentId).position + 1),
    goTo: (position: number, documentId?: number): boolean => travel(session, act(documentId), position),

    /** Begins (with a word for what it is) or ends (null) something that keeps scripts out. */
    setBusy: (what: string | null): void => setUserBusy(session, what),
    /** Escape while a script holds Photoshop. */
    cancelModal: (): void => cancelModal(session),
    /** The scopes that run, outermost first. */
    modal: () => session.modal.scopes.map(({ commandName, progress }) => ({ commandName, progress })),

    /** The document as it looks, 8 bit RGBA. */
    picture: (documentId?: number): Raster => toRaster(compositeDocument(find(documentId).state)),
    /** A layer's own pixels, 8 bit RGBA, and where they lie. */
    layerPicture(id: number, documentId?: number): { readonly bounds: Bounds; readonly picture: Raster } {
      const { surface } = layerOf(find(documentId), id)
      return { bounds: surface.bounds, picture: toRaster(surface) }
    },

    /** Image-data objects that nobody has disposed yet. */
    liveImages: () => ({
      count: session.images.size,
      bytes: [...session.images.values()].reduce((sum, bytes) => sum + bytes, 0),
    }),
    /** What Photoshop or the developer tool has complained about. */
    warnings: (): readonly string[] => session.warnings,
    /** Makes pixel reads wait until the function returned is called. */
    holdReads: (): (() => void) =>
      hold((held) => {
        session.readsHeld = held
      }),
    /** Keeps the script thread from its sockets, as a long operation of Photoshop's does, until the function is called. */
    holdSockets: (): (() => void) =>
      hold((held) => {
        session.socketsHeld = held
      }),
    switches: session.switches,
    /** Calls back whenever something that is drawn may be different; returns the way to stop. */
    subscribe(watcher: () => void): () => void {
      session.watchers.add(watcher)
      return () => session.watchers.delete(watcher)
    },
  }
}

export type Controls = ReturnType<typeof createControls>

const view = ({ id, title, state, selectedIds, entries, position }: OpenDocument): DocumentView => ({
  id,
  title,
  state,
  selectedIds,
  history: { names: entries.map(({ name }) => name), position },
})

function hold(set: (held: Promise<void> | null) => void): () => void {
  let release = (): void => undefined
  set(new Promise((resolve) => (release = resolve)))
  return () => {
    set(null)
    release()
  }
}

/** `above` replaces what lies under it; the rest of `below` stays. */
function merged(below: Surface, above: Surface): Surface {
  const area = union(below.bounds, above.bounds)
  const grown = crop(below, area)
  const whole: Surface = grown === below ? { ...below, data: below.data.slice() } : grown
  blit(whole, above)
  return whole
}

function toRaster({ bounds, data }: Surface): Raster {
  const bytes = toDepth(data, 8) as Uint8Array
  return { width: widthOf(bounds), height: heightOf(bounds), channels: 4, data: bytes }
}
