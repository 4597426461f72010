import type { DocumentState } from './document-state.ts'
import { heightOf, widthOf } from './geometry.ts'
import { hostError } from './host-error.ts'
import { resume, suspend } from './history.ts'
import { addGroup, addPixelLayer, copyLayersTo, editLayer } from './layer-edits.ts'
import { layerObject, type LayerBounds, type LayerObject } from './layer-object.ts'
import { closeDocument, selectLayers } from './open-documents.ts'
import { documentOf, enter, enterModal, type OpenDocument, type Session } from './session.ts'

/** A document as the `photoshop` module shows it; reads throw once it is closed. */
export interface DocumentObject {
  readonly id: number
  readonly typename: 'Document'
  readonly title: string
  readonly name: string
  readonly width: number
  readonly height: number
  readonly resolution: number
  readonly mode: string
  readonly bitsPerChannel: string
  readonly colorProfileName: string
  readonly quickMaskMode: boolean
  readonly layers: readonly LayerObject[]
  activeLayers: readonly LayerObject[]
  readonly backgroundLayer: LayerObject | null
  readonly selection: { readonly bounds: LayerBounds | null }
  readonly activeHistoryState: { readonly id: number; readonly name: string }
  readonly historyStates: readonly { readonly id: number; readonly name: string }[]
  createPixelLayer(options?: NewLayerOptions): Promise<LayerObject>
  createLayer(options?: NewLayerOptions): Promise<LayerObject>
  createLayerGroup(options?: NewGroupOptions): Promise<LayerObject>
  duplicateLayers(layers: readonly { readonly id: number }[], target?: { readonly id: number }): Promise<LayerObject[]>
  suspendHistory(body: (context: object) => Promise<void> | void, name: string): Promise<void>
  closeWithoutSaving(): void
}

interface NewLayerOptions {
  readonly name?: string
  readonly opacity?: number
  readonly blendMode?: string
}

interface NewGroupOptions extends NewLayerOptions {
  readonly fromLayers?: { readonly id: number } | readonly { readonly id: number }[]
}

/** The wrapper of one open document; another one each time unless the switch says otherwise. */
export function documentObject(session: Session, document: OpenDocument): DocumentObject {
  const known = wrappers.get(document)
  if (known && !session.switches.freshWrappers) return known
  const made = makeDocumentObject(session, document)
  wrappers.set(document, made)
  return made
}

const wrappers = new WeakMap<OpenDocument, DocumentObject>()

function makeDocumentObject(session: Session, document: OpenDocument): DocumentObject {
  const open = (): OpenDocument => {
    enter(session)
    return documentOf(session, document.id)
  }
  const state = (): DocumentState => open().state
  const wrap = ({ id }: { readonly id: number }): LayerObject => layerObject(session, document, id)

  const createPixelLayer = async (options: NewLayerOptions = {}): Promise<LayerObject> => {
    await Promise.resolve()
    enterModal(session, 'make')
    const added = addPixelLayer(session, open(), options.name)
    const layer = wrap(added)
    if (options.opacity !== undefined || options.blendMode !== undefined)
      editLayer(session, document, added.id, 'New Layer', {
        opacity: options.opacity ?? 100,
        blendMode: options.blendMode ?? 'normal',
      })
    return layer
  }

  return {
    id: document.id,
    typename: 'Document',
    get title() {
      return open().title
    },
    get name() {
      return open().title
    },
    get width() {
      return state().width
    },
    get height() {
      return state().height
    },
    get resolution() {
      return state().resolution
    },
    get mode() {
      return state().mode
    },
    get bitsPerChannel() {
      return `bitDepth${state().depth}`
    },
    get colorProfileName() {
      if (session.switches.profileThrows) throw hostError('The requested property is not available.')
      return state().profile
    },
    get quickMaskMode() {
      return open().quickMask
    },
    get layers() {
      return state().layers.map(wrap)
    },
    get activeLayers() {
      return open().selectedIds.map((id) => wrap({ id }))
    },
    set activeLayers(layers) {
      enterModal(session, 'select')
      selectLayers(
        session,
        open(),
        layers.map(({ id }) => id),
      )
    },
    get backgroundLayer() {
      const background = state().layers.find(({ isBackground }) => isBackground)
      return background ? wrap(background) : null
    },
    get selection() {
      const { selection } = state()
      const bounds = selection && {
        ...selection.bounds,
        width: widthOf(selection.bounds),
        height: heightOf(selection.bounds),
      }
      return { bounds }
    },
    get activeHistoryState() {
      const { id, name } = open().entries[document.position]!
      return { id, name }
    },
    get historyStates() {
      return open().entries.map(({ id, name }) => ({ id, name }))
    },
    createPixelLayer,
    createLayer: createPixelLayer,
    async createLayerGroup({ name, opacity, blendMode, fromLayers = [] } = {}) {
      await Promise.resolve()
      enterModal(session, 'make')
      const from = Array.isArray(fromLayers) ? (fromLayers as readonly { readonly id: number }[]) : [fromLayers]
      const ids = from.flatMap((layer) => ('id' in layer ? [layer.id] : []))
      const added = addGroup(session, open(), name, ids)
      if (opacity !== undefined || blendMode !== undefined)
        editLayer(session, document, added.id, 'New Group', {
          opacity: opacity ?? 100,
          blendMode: blendMode ?? 'pass through',
        })
      return wrap(added)
    },
    async duplicateLayers(layers, target) {
      await Promise.resolve()
      enterModal(session, 'duplicate')
      const into = documentOf(session, target?.id ?? document.id)
      const copied = layers.flatMap(({ id }) => state().layers.filter((layer) => layer.id === id))
      return copyLayersTo(session, copied, into).map(({ id }) => layerObject(session, into, id))
    },
    async suspendHistory(body, name) {
      await Promise.resolve()
      enterModal(session, 'suspendHistory')
      const { token } = suspend(session, document.id, name)
      let keep = false
      try {
        await body({})
        keep = true
      } finally {
        resume(session, token, keep)
      }
    },
    closeWithoutSaving() {
      enterModal(session, 'close')
      closeDocument(session, document.id)
    },
  }
}
