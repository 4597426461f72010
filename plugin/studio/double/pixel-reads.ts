import { compositeDocument } from './composite.ts'
import { ADJUSTMENTS } from './constants.ts'
import type { DocumentState, LayerState } from './document-state.ts'
import { type Bounds, heightOf, intersect, isEmpty, readBounds, widthOf } from './geometry.ts'
import { hostError } from './host-error.ts'
import { type ColorSpace, createImageData, type ImageData } from './image-data.ts'
import { boundsOf } from './layer-tree.ts'
import { shrink } from './scale.ts'
import { documentOf, enter, enterModal, layerOf, type OpenDocument, type Session } from './session.ts'
import { contentBounds, crop, type Depth, filled, fullOf, blit, samples, type Surface, toDepth } from './surface.ts'

export interface ReadOptions {
  readonly documentID?: number
  readonly layerID?: number
  readonly historyStateID?: number
  readonly sourceBounds?: object
  readonly targetSize?: { readonly width?: number; readonly height?: number }
  readonly colorSpace?: string
  readonly colorProfile?: string
  readonly componentSize?: number
  readonly applyAlpha?: boolean
}

/** Pixels and where they lie, in the coordinates of the pyramid level they were read from. */
export interface ReadResult {
  readonly imageData: ImageData
  readonly sourceBounds: Bounds
  readonly level: number
}

const UNREADABLE = new Set(['indexedColorMode', 'bitmapMode', 'duotoneMode', 'multichannelMode'])

/** `imaging.getPixels`: a layer's own pixels, or the document's composite, trimmed to what is there. */
export async function getPixels(session: Session, options: ReadOptions): Promise<ReadResult> {
  await begin(session)
  const document = documentOf(session, options.documentID)
  const state = stateOf(document, options.historyStateID)
  if (UNREADABLE.has(state.mode)) throw hostError('The color mode of the document is not supported.')
  const layer = options.layerID === undefined ? undefined : layerOf({ ...document, state }, options.layerID)
  const surface = layer ? readableSurface(session, layer) : compositeDocument(state)
  const existing = layer ? surface.bounds : contentBounds(surface)
  const found = locate(options.sourceBounds, existing)
  const area = session.switches.trimMore ? trimmed(found) : found

  const depth = depthFor(session, options.componentSize, state.depth)
  const scaled = scale(crop(surface, area), options.targetSize)
  const opaque = layer ? layer.isBackground : isOpaque(surface)
  const colorSpace = colorSpaceFor(state, options.colorSpace)
  const components = (colorSpace === 'Grayscale' ? 1 : 3) + (opaque || options.applyAlpha === true ? 0 : 1)
  const data = pack(toDepth(scaled.surface.data, depth), depth, components, options.applyAlpha === true)
  const imageData = createImageData(session, {
    width: widthOf(scaled.surface.bounds),
    height: heightOf(scaled.surface.bounds),
    components,
    colorSpace,
    colorProfile: options.colorProfile ?? state.profile,
    data,
  })
  return { imageData, sourceBounds: atLevel(area, scaled.level), level: scaled.level }
}

/** `imaging.getLayerMask`: one component over the whole rectangle asked for; rejects when the layer has no mask. */
export async function getLayerMask(session: Session, options: ReadOptions): Promise<ReadResult> {
  await begin(session)
  const document = documentOf(session, options.documentID)
  const { mask } = layerOf(document, options.layerID ?? -1)
  if (!mask) throw hostError('The layer does not have a user mask.')
  const asked = options.sourceBounds === undefined ? mask.surface.bounds : readBounds(options.sourceBounds)
  if (!asked || isEmpty(asked)) throw hostError('Invalid sourceBounds.')
  const { depth } = document.state
  const whole = filled(asked, depth, [(mask.outside / 255) * fullOf(depth)])
  blit(whole, mask.surface)
  return grayResult(session, whole, options.targetSize)
}

/** `imaging.getSelection`: one component over the part of the rectangle where something is selected. */
export async function getSelection(session: Session, options: ReadOptions): Promise<ReadResult> {
  await begin(session)
  const { selection } = documentOf(session, options.documentID).state
  if (!selection) throw hostError('There is no selection.')
  return grayResult(session, crop(selection, locate(options.sourceBounds, selection.bounds)), options.targetSize)
}

async function begin(session: Session): Promise<void> {
  await session.readsHeld
  enter(session)
  if (session.switches.readsNeedModal) enterModal(session, 'getPixels')
}

function stateOf(document: OpenDocument, historyStateId?: number): DocumentState {
  if (historyStateId === undefined) return document.state
  const entry = document.entries.find(({ id }) => id === historyStateId)
  if (!entry) throw hostError('The history state is not available.')
  return entry.state
}

function readableSurface({ switches }: Session, layer: LayerState): Surface {
  if (layer.kind === 'group' && switches.groupReadsReject) throw hostError('The layer is a group.')
  if (ADJUSTMENTS.has(layer.kind) && switches.adjustmentReadsReject) throw hostError('The layer has no pixels.')
  if (layer.kind === 'smartObject' && switches.smartObjectMissingLink)
    throw hostError('Photoshop Error. Code: -1. Message: Could not update smart object files ^0.', -1)
  if (isEmpty(boundsOf(layer))) throw hostError('The layer is empty.')
  return layer.surface
}

function locate(asked: object | undefined, existing: Bounds): Bounds {
  const wanted = asked === undefined ? existing : readBounds(asked)
  if (!wanted || isEmpty(wanted)) throw hostError('Invalid sourceBounds.')
  const found = intersect(wanted, existing)
  if (isEmpty(found)) throw hostError('The requested area holds no pixels.')
  return found
}

const trimmed = ({ left, top, right, bottom }: Bounds): Bounds =>
  right - left > 2 && bottom - top > 2
    ? { left: left + 1, top: top + 1, right: right - 1, bottom: bottom - 1 }
    : { left, top, right, bottom }

function depthFor({ switches }: Session, asked: number | undefined, depth: Depth): Depth {
  if (asked === undefined || asked === -1) return depth
  if (asked !== 8 && asked !== 16 && asked !== 32) throw hostError('Invalid componentSize.')
  if (asked === 8 && depth === 16 && switches.code1On8BitOf16Bit) throw hostError('Photoshop Error. Code: -1.', -1)
  return asked
}

function colorSpaceFor({ mode }: DocumentState, asked: string | undefined): ColorSpace {
  if (asked === undefined) return mode === 'grayscaleMode' ? 'Grayscale' : 'RGB'
  if (asked !== 'RGB' && asked !== 'Grayscale') throw hostError(`The double does not convert to colorSpace "${asked}".`)
  return asked
}

/** Never enlarges; the level says how many halvings of the document the result lies at. */
function scale(surface: Surface, target: ReadOptions['targetSize']): { surface: Surface; level: number } {
  const width = widthOf(surface.bounds)
  const height = heightOf(surface.bounds)
  const ratio = (target?.width ?? Infinity) / width
  const across = target?.width === undefined ? (target?.height ?? height) / height : ratio
  const down = target?.height === undefined ? across : target.height / height
  if (across >= 1 && down >= 1) return { surface, level: 0 }
  if (!(across > 0 && down > 0)) throw hostError('Invalid targetSize.')
  const to = (size: number, by: number) => Math.max(1, Math.round(size * Math.min(1, by)))
  const level = Math.max(0, Math.floor(Math.log2(1 / Math.max(across, down))))
  return { surface: shrink(surface, to(width, across), to(height, down)), level }
}

const atLevel = (b: Bounds, level: number): Bounds => {
  const by = 2 ** level
  return {
    left: Math.floor(b.left / by),
    top: Math.floor(b.top / by),
    right: Math.ceil(b.right / by),
    bottom: Math.ceil(b.bottom / by),
  }
}

function isOpaque({ data }: Surface): boolean {
  const full = fullOf(data instanceof Uint8Array ? 8 : data instanceof Uint16Array ? 16 : 32)
  for (let i = 3; i < data.length; i += 4) if (data[i] !== full) return false
  return true
}

/** RGBA into the number of components asked for; `matted` lays it on white. */
function pack(rgba: Surface['data'], depth: Depth, components: number, matted: boolean): Surface['data'] {
  const full = fullOf(depth)
  const colours = components > 2 ? 3 : 1
  const count = rgba.length / 4
  const out = samples(depth, count * components)
  const whole = depth === 32 ? (v: number) => v : Math.round
  for (let i = 0; i < count; i++) {
    const alpha = rgba[i * 4 + 3]! / full
    for (let c = 0; c < colours; c++) {
      const value = rgba[i * 4 + c]!
      out[i * components + c] = matted ? whole(value * alpha + full * (1 - alpha)) : value
    }
    if (components > colours) out[i * components + colours] = rgba[i * 4 + 3]!
  }
  return out
}

function grayResult(session: Session, surface: Surface, target: ReadOptions['targetSize']): ReadResult {
  const scaled = scale(surface, target)
  const imageData = createImageData(session, {
    width: widthOf(scaled.surface.bounds),
    height: heightOf(scaled.surface.bounds),
    components: 1,
    colorSpace: 'Grayscale',
    colorProfile: 'Gray Gamma 2.2',
    data: scaled.surface.data,
  })
  return { imageData, sourceBounds: atLevel(surface.bounds, scaled.level), level: scaled.level }
}
