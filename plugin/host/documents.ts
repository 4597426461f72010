import type { LayerRef, Rect } from './host.ts'
import type { Bounds, PhotoshopModule, PsDocument, PsImaging, PsLayer } from '../types/photoshop.ts'
import { HostError } from './host-error.ts'

/** The imaging module; a HostError on a Photoshop that is too old to have it. */
export function imagingOf(photoshop: PhotoshopModule): PsImaging {
  if (photoshop.imaging !== undefined) return photoshop.imaging
  throw new HostError('host', 'This Photoshop cannot read pixels for plugins: update it to version 26 or later.')
}

/** The open document with this id; undefined when it was closed. */
export const findDocument = ({ app }: PhotoshopModule, documentId: number): PsDocument | undefined =>
  Array.from(app.documents).find((document) => document.id === documentId)

/** The open document with this id; a HostError `gone` when it was closed. */
export function documentOf(photoshop: PhotoshopModule, documentId: number): PsDocument {
  const found = findDocument(photoshop, documentId)
  if (found === undefined) throw new HostError('gone', 'The document was closed meanwhile.')
  return found
}

/** The layers of the list that holds the layer with this id, front first; undefined when the document lacks it. */
export function siblingsOf(layers: ArrayLike<PsLayer>, layerId: number): readonly PsLayer[] | undefined {
  const list = Array.from(layers)
  if (list.some((layer) => layer.id === layerId)) return list
  for (const layer of list) {
    const inside = layer.layers ? siblingsOf(layer.layers, layerId) : undefined
    if (inside !== undefined) return inside
  }
  return undefined
}

/** The layer itself; undefined when it or its document no longer exists. */
export function findLayer(photoshop: PhotoshopModule, ref: LayerRef): PsLayer | undefined {
  const document = findDocument(photoshop, ref.documentId)
  return document && siblingsOf(document.layers, ref.layerId)?.find(({ id }) => id === ref.layerId)
}

/** The layer and its document; a HostError `gone` when one of them no longer exists. */
export function layerOf(photoshop: PhotoshopModule, ref: LayerRef): { document: PsDocument; layer: PsLayer } {
  const document = documentOf(photoshop, ref.documentId)
  const layer = findLayer(photoshop, ref)
  if (layer === undefined) throw new HostError('gone', 'The layer was deleted meanwhile.')
  return { document, layer }
}

/** 8 or 16, or undefined for depths that Imprint cannot serve. */
export function depthOf(document: PsDocument): 8 | 16 | undefined {
  const bits = Number(/\d+/.exec(String(document.bitsPerChannel))?.[0])
  return bits === 8 || bits === 16 ? bits : undefined
}

/** Photoshop's bounds as a rectangle of whole pixels around them. */
export function rectOf(bounds: Bounds): Rect {
  const [left, top] = [Math.floor(bounds.left), Math.floor(bounds.top)]
  return { left, top, width: Math.ceil(bounds.right) - left, height: Math.ceil(bounds.bottom) - top }
}

/** What two rectangles share; width or height 0 when that is nothing. */
export function sharedRect(a: Rect, b: Rect): Rect {
  const left = Math.max(a.left, b.left)
  const top = Math.max(a.top, b.top)
  const right = Math.min(a.left + a.width, b.left + b.width)
  const bottom = Math.min(a.top + a.height, b.top + b.height)
  return { left, top, width: Math.max(0, right - left), height: Math.max(0, bottom - top) }
}

/** All of a document. */
export const canvasOf = ({ width, height }: PsDocument): Rect => ({ left: 0, top: 0, width, height })

/** The visible part of a layer: its bounds inside the canvas; width or height 0 when nothing is. */
export function visiblePart(document: PsDocument, { boundsNoEffects }: PsLayer): Rect {
  const left = Math.floor(boundsNoEffects.left)
  const top = Math.floor(boundsNoEffects.top)
  const right = Math.ceil(boundsNoEffects.right)
  const bottom = Math.ceil(boundsNoEffects.bottom)
  return sharedRect({ left, top, width: right - left, height: bottom - top }, canvasOf(document))
}
