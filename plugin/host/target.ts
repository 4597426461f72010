import type { PhotoshopModule, PsAction, PsDocument, PsLayer } from '../types/photoshop.ts'
import { canvasOf, findDocument, imagingOf, rectOf, sharedRect, siblingsOf } from './documents.ts'
import type { Rect, Target } from './host.ts'
import { pictureUrl } from './picture-url.ts'
import { padded, readSelected, sizedWithin, type Wanted } from './pixel-read.ts'
import { readSeen } from './seen.ts'
import { selectedRect } from './selection.ts'

/** Pixels on the long side of a map: twice its size in the panel. */
const MAP = 144

/** How much of its colour a map keeps where nothing would be painted. */
const DIMMED = 0.3

/** What the next picture would go into: the active document's canvas or artboard, and the part of it that is selected. */
export async function readTarget(photoshop: PhotoshopModule): Promise<Target | undefined> {
  const document = photoshop.app.activeDocument
  if (document === null || document === undefined) return undefined
  const canvas = canvasOf(document)
  const artboard = await artboardOf(photoshop.action, document)
  const { id: documentId } = document
  if (artboard !== undefined) {
    const { rect, layer } = artboard
    const ground = sharedRect(rect, canvas)
    const selected = selectedRect(document, ground)
    // A selection elsewhere says more about what the person means than the layer they used last.
    if (selected !== undefined || selectedRect(document, canvas) === undefined) {
      const { id: layerId, name } = layer
      return { documentId, ground, artboard: { layerId, name }, ...(selected && { selected }) }
    }
  }
  const selected = selectedRect(document, canvas)
  return { documentId, ground: canvas, ...(selected && { selected }) }
}

/** The artboard that the active layer is, or lies in. Only groups at the top of a document are artboards. */
async function artboardOf(action: PsAction, document: PsDocument) {
  const [active] = Array.from(document.activeLayers)
  if (active === undefined) return undefined
  const layer = Array.from(document.layers).find((top) => holds(top, active.id))
  if (layer?.layers === undefined || layer.layers === null) return undefined
  const rect = await artboardRect(action, document.id, layer.id)
  return rect && { layer, rect }
}

const holds = (top: PsLayer, id: number): boolean =>
  top.id === id || siblingsOf(Array.from(top.layers ?? []), id) !== undefined

/** The rectangle of an artboard; undefined for a plain group. */
async function artboardRect(action: PsAction, documentId: number, layerId: number): Promise<Rect | undefined> {
  const get = {
    _obj: 'get',
    _target: [
      { _ref: 'layer', _id: layerId },
      { _ref: 'document', _id: documentId },
    ],
  }
  const [answer] = await action.batchPlay([get], {}).catch(() => [])
  const { artboard } = (answer ?? {}) as { artboard?: { artboardRect?: object } }
  const { left, top, right, bottom } = { ...NOWHERE, ...artboard?.artboardRect }
  const rect = rectOf({ left: plain(left), top: plain(top), right: plain(right), bottom: plain(bottom) })
  return rect.width > 0 && rect.height > 0 ? rect : undefined
}

const NOWHERE = { left: 0, top: 0, right: 0, bottom: 0 }

/** A number of a descriptor, with or without its unit. */
const plain = (value: unknown): number =>
  Math.round(Number(typeof value === 'object' && value !== null && '_value' in value ? value._value : value))

/** A small picture of the ground, dark where nothing would be painted anew, as a data URL. */
export async function targetMap(photoshop: PhotoshopModule, target: Target): Promise<string> {
  const wanted: Wanted = { documentID: target.documentId, ...sizedWithin(target.ground, MAP) }
  return mapOf(photoshop, wanted, target.selected !== undefined)
}

/** A small picture of a part of a document; with `dimmed`, dark where nothing is selected. */
export async function mapOf(photoshop: PhotoshopModule, wanted: Wanted, dimmed: boolean): Promise<string> {
  const imaging = imagingOf(photoshop)
  const document = findDocument(photoshop, wanted.documentID)
  if (document === undefined) return ''
  const { data } = await readSeen(photoshop, document, wanted)
  const selected = dimmed ? await padded(await readSelected(imaging, wanted), wanted) : undefined
  const light = (i: number): number =>
    selected === undefined ? 1 : DIMMED + ((1 - DIMMED) * selected.data[Math.floor(i / 3)]!) / 255
  const { width, height } = wanted
  return pictureUrl(imaging, { width, height, channels: 3, data: data.map((value, i) => value * light(i)) })
}
