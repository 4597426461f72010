import type { PhotoshopModule, PsDocument, PsLayer } from '../types/photoshop.ts'
import { depthOf, rectOf, sharedRect, visiblePart } from './documents.ts'
import type { Rect, Selection } from './host.ts'
import { HostError, type HostErrorKind } from './host-error.ts'

/** Kinds of layers that have pixels of their own; groups have those of what lies in them, all others are adjustments. */
const PICTURE_KINDS = ['NORMAL', 'SMARTOBJECT', 'TEXT', 'SOLIDFILL', 'GRADIENTFILL', 'PATTERNFILL'] as const
/** Colour modes that Photoshop converts to RGB and back by itself, without a shift that a person would see. */
const COLOUR_MODES = ['RGB', 'LAB', 'GRAYSCALE'] as const

interface Refusal {
  readonly kind: HostErrorKind
  readonly why: string
}

/** Why Imprint cannot work in a document, or undefined when it can. */
export function documentRefusal({ constants }: PhotoshopModule, document: PsDocument): Refusal | undefined {
  const refuse = (why: string): Refusal => ({ kind: 'unsupported-mode', why })
  if (document.mode === constants.DocumentMode['CMYK']) {
    return refuse('This document is in CMYK, where a picture’s colours would shift: choose Image > Mode > RGB Color.')
  }
  if (!COLOUR_MODES.some((mode) => constants.DocumentMode[mode] === document.mode)) {
    return refuse('This document’s colour mode cannot serve: choose Image > Mode > RGB Color.')
  }
  if (depthOf(document) === undefined) {
    return refuse('This document’s bit depth cannot serve: choose Image > Mode > 8 or 16 Bits/Channel.')
  }
  if (document.quickMaskMode) return refuse('Quick Mask is on: press Q to leave it first.')
  return undefined
}

/** Why a layer cannot be a reference, or undefined when it can. */
export function layerRefusal(photoshop: PhotoshopModule, document: PsDocument, layer: PsLayer): Refusal | undefined {
  const { LayerKind } = photoshop.constants
  const refuse = (why: string): Refusal => ({ kind: 'empty-layer', why })
  const wrongDocument = documentRefusal(photoshop, document)
  if (wrongDocument !== undefined) return wrongDocument
  const isGroup = layer.kind === LayerKind['GROUP']
  if (!isGroup && !PICTURE_KINDS.some((kind) => LayerKind[kind] === layer.kind)) {
    return refuse(`“${layer.name}” is an adjustment without a picture of its own: select another layer.`)
  }
  const bounds = rectOf(layer.boundsNoEffects)
  if (bounds.width <= 0 || bounds.height <= 0) {
    return refuse(`“${layer.name}” is empty: select a layer that has pixels.`)
  }
  const visible = visiblePart(document, layer)
  if (visible.width === 0 || visible.height === 0) {
    return refuse(`“${layer.name}” lies outside the canvas: move it in, or select another layer.`)
  }
  return undefined
}

/** Throws the refusal as a HostError. */
export function assertServes(refusal: Refusal | undefined): void {
  if (refusal !== undefined) throw new HostError(refusal.kind, refusal.why)
}

/** The selected part of what is seen of a layer; undefined when no selection lies on it. */
export function selectedRect({ selection }: PsDocument, visible: Rect): Rect | undefined {
  const bounds = selection?.bounds
  if (bounds === null || bounds === undefined) return undefined
  const shared = sharedRect(rectOf(bounds), visible)
  return shared.width > 0 && shared.height > 0 ? shared : undefined
}

/** What is selected in Photoshop, read anew. */
export function readSelection(photoshop: PhotoshopModule): Selection {
  const document = photoshop.app.activeDocument
  if (document === null || document === undefined) return { kind: 'no-document' }
  const layers = Array.from(document.activeLayers)
  if (layers.length === 0) return { kind: 'unusable', name: '', why: 'No layer is selected: select one.' }
  for (const layer of layers) {
    const refusal = layerRefusal(photoshop, document, layer)
    if (refusal !== undefined) return { kind: 'unusable', name: layer.name, why: refusal.why }
  }
  return {
    kind: 'layers',
    layers: layers.map((layer) => ({
      layer: { documentId: document.id, layerId: layer.id },
      name: layer.name,
      isGroup: layer.kind === photoshop.constants.LayerKind['GROUP'],
      isPart: selectedRect(document, visiblePart(document, layer)) !== undefined,
    })),
  }
}
