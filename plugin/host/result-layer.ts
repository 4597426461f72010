import type { Raster } from '../../shared/raster.ts'
import type { PhotoshopModule, PsDocument, PsLayer } from '../types/photoshop.ts'
import { depthOf, documentOf, findLayer, imagingOf, layerOf, rectOf, siblingsOf } from './documents.ts'
import { rememberOnLayer } from './generator-settings.ts'
import type { LayerRef, Place, Rect, Replaced, ResultLayer, ResultNote } from './host.ts'
import { HostError } from './host-error.ts'
import { asOneStep, type RunModal } from './modal.ts'
import { SRGB } from './pixel-read.ts'
import { samplesFor } from './pixels.ts'
import { type Laid, laid, putMask } from './lay.ts'
import { type Plane, resize } from './resample.ts'
import { assertServes, documentRefusal } from './selection.ts'
import { topmostResult } from './topmost-result.ts'

/** A finished picture is worth a long wait for Photoshop. */
export const PATIENCE = 30_000

/** Puts a picture, already as large as `rect`, into a pixel layer and drops whatever the layer held. */
async function putPicture(
  photoshop: PhotoshopModule,
  document: PsDocument,
  layerID: number,
  picture: Plane,
  { left, top }: Rect,
): Promise<void> {
  const imaging = imagingOf(photoshop)
  const imageData = await imaging.createImageDataFromBuffer(samplesFor(depthOf(document) ?? 8, picture.data), {
    width: picture.width,
    height: picture.height,
    components: picture.channels,
    colorSpace: 'RGB',
    colorProfile: SRGB,
  })
  try {
    await imaging.putPixels({ documentID: document.id, layerID, imageData, replace: true, targetBounds: { left, top } })
  } finally {
    imageData.dispose()
  }
}

function unlock(layer: PsLayer): void {
  if (layer.allLocked) layer.allLocked = false
  if (layer.pixelsLocked) layer.pixelsLocked = false
  if (layer.positionLocked) layer.positionLocked = false
  if (layer.transparentPixelsLocked) layer.transparentPixelsLocked = false
}

/** Moves a layer right above another, unless it is there: Photoshop answers a needless move with an alert. */
export function moveAbove({ constants }: PhotoshopModule, document: PsDocument, layer: PsLayer, anchor: PsLayer): void {
  const siblings = siblingsOf(document.layers, anchor.id) ?? []
  const place = siblings.findIndex(({ id }) => id === anchor.id)
  if (anchor.id === layer.id || siblings[place - 1]?.id === layer.id) return
  layer.move(anchor, constants.ElementPlacement['PLACEBEFORE'] ?? 'placeBefore')
}

/** Moves a layer on top of everything in an artboard, or in the document where that artboard is gone. */
export function moveToFront(
  photoshop: PhotoshopModule,
  document: PsDocument,
  layer: PsLayer,
  artboardId?: number,
): void {
  const artboard = Array.from(document.layers).find(({ id }) => id === artboardId)
  const inside = artboard?.layers ?? document.layers
  const [front] = Array.from(inside)
  if (front !== undefined) moveAbove(photoshop, document, layer, front)
  else if (artboard) layer.move(artboard, photoshop.constants.ElementPlacement['PLACEINSIDE'] ?? 'placeInside')
}

/** Runs a change with `document` in front, and brings back the one the person looks at afterwards. */
export async function inFront<T>({ app }: PhotoshopModule, document: PsDocument, change: () => Promise<T>): Promise<T> {
  const before = app.activeDocument
  if (before?.id === document.id) return change()
  app.activeDocument = document
  try {
    return await change()
  } finally {
    if (before) app.activeDocument = before
  }
}

export function targetDocument(
  photoshop: PhotoshopModule,
  { place }: ResultNote,
  above: LayerRef | undefined,
): PsDocument {
  if (place !== undefined) return documentOf(photoshop, place.documentId)
  if (above !== undefined) return documentOf(photoshop, above.documentId)
  const document = photoshop.app.activeDocument
  if (document) return document
  throw new HostError('no-document', 'No document is open: open one to put the picture into.')
}

/** The middle of a document's canvas. */
export const wholeCanvas = ({ id, width, height }: PsDocument): Place => ({
  documentId: id,
  rect: { left: 0, top: 0, width, height },
  exact: false,
})

/** Makes a new pixel layer with the picture, as one modal and one history step. */
export async function insertResult(
  photoshop: PhotoshopModule,
  modal: RunModal,
  picture: Raster,
  note: ResultNote,
  above?: LayerRef,
): Promise<ResultLayer> {
  const target = targetDocument(photoshop, note, above)
  const documentId = target.id
  const place = note.place ?? wholeCanvas(target)
  const pixels = await laid(picture, place)

  return modal({ commandName: note.historyName, patience: PATIENCE }, async (context) => {
    const document = documentOf(photoshop, documentId)
    assertServes(documentRefusal(photoshop, document))
    // Deleted meanwhile: the picture is then better on top than nowhere.
    const anchor = above === undefined ? undefined : findLayer(photoshop, above)
    return inFront(photoshop, document, () =>
      asOneStep(context, { documentID: documentId, name: note.historyName }, async () => {
        const below = anchor && (await topmostResult(photoshop, document, anchor))
        const layer = await newLayer(document, note.layerName)
        if (below === undefined) moveToFront(photoshop, document, layer, place.artboardId)
        else moveAbove(photoshop, document, layer, below)
        return fillLayer(photoshop, document, layer, pixels, note.memory)
      }),
    )
  })
}

/** A new pixel layer above the one that is selected, without the locks it would take over. */
export async function newLayer(document: PsDocument, name: string): Promise<PsLayer> {
  const layer = await document.createPixelLayer({ name })
  if (layer === null) throw new HostError('host', 'Photoshop made no layer: try again.')
  unlock(layer)
  return layer
}

/** Puts a picture into a new layer, and what it remembers of it. */
export async function fillLayer(
  photoshop: PhotoshopModule,
  document: PsDocument,
  { id: layerId }: PsLayer,
  { plane, rect: placed, mask }: Laid,
  memory: string,
): Promise<ResultLayer> {
  await putPicture(photoshop, document, layerId, plane, placed)
  if (mask !== undefined) await putMask(photoshop, document, layerId, mask, placed)
  const made = { documentId: document.id, layerId, placed }
  await rememberOnLayer(photoshop.action, made, memory)
  return made
}

/**
 * Puts another picture into a layer that insertResult made, as one history step: where the layer lies now, as large as the
 * person scaled it, or with its mask in the note's place where that is another.
 */
export async function replaceResult(
  photoshop: PhotoshopModule,
  modal: RunModal,
  target: Replaced,
  picture: Raster,
  note: ResultNote,
): Promise<ResultLayer> {
  const { document: owner } = layerOf(photoshop, target)
  const { plane, rect, mask } = await laid(
    picture,
    note.place ?? (target.placed ? { rect: target.placed, exact: true } : wholeCanvas(owner)),
  )
  const before = target.placed && isOfShape(rect, target.placed) ? target.placed : undefined

  return modal({ commandName: note.historyName, patience: PATIENCE }, async (context) => {
    const { document, layer } = layerOf(photoshop, target)
    assertServes(documentRefusal(photoshop, document))
    if (layer.allLocked || layer.pixelsLocked) {
      throw new HostError('host', `“${layer.name}” is locked: unlock it, or press Imprint for a new layer.`)
    }
    const now = rectOf(layer.boundsNoEffects)
    const placed = before === undefined ? rect : isOfShape(now, before) ? now : before
    const fitted = await resize(plane, placed.width, placed.height)
    return asOneStep(context, { documentID: document.id, name: note.historyName }, async () => {
      await putPicture(photoshop, document, layer.id, fitted, placed)
      if (before === undefined && mask !== undefined) await putMask(photoshop, document, layer.id, mask, placed)
      const made = { documentId: target.documentId, layerId: target.layerId, placed }
      await rememberOnLayer(photoshop.action, made, note.memory)
      return made
    })
  })
}

/** Whether one is the other, scaled, but for what rounding to pixels makes of it. */
const isOfShape = (one: Rect, other: Rect): boolean =>
  one.width > 0 &&
  one.height > 0 &&
  Math.abs(one.width * other.height - one.height * other.width) <=
    Math.max(one.width, one.height, other.width, other.height)
