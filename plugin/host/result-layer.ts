import type { Raster } from '../../shared/raster.ts'
import type { PhotoshopModule, PsDocument, PsLayer } from '../types/photoshop.ts'
import { depthOf, documentOf, imagingOf, layerOf, rectOf, siblingsOf } from './documents.ts'
import { rememberOnLayer } from './generator-settings.ts'
import type { LayerRef, Rect, ResultLayer, ResultNote } from './host.ts'
import { HostError } from './host-error.ts'
import { asOneStep, type RunModal } from './modal.ts'
import { opaque } from './picture-url.ts'
import { SRGB } from './pixel-read.ts'
import { samplesFor } from './pixels.ts'
import { type Plane, resize } from './resample.ts'
import { assertServes, documentRefusal } from './selection.ts'

/** A finished picture is worth a long wait for Photoshop. */
const PATIENCE = 30_000

/** The largest rectangle of the picture's shape that fits the canvas, centred. */
export function placeOnCanvas(
  canvas: { width: number; height: number },
  picture: { width: number; height: number },
): Rect {
  const scale = Math.min(canvas.width / picture.width, canvas.height / picture.height)
  const width = Math.max(1, Math.round(picture.width * scale))
  const height = Math.max(1, Math.round(picture.height * scale))
  return {
    left: Math.floor((canvas.width - width) / 2),
    top: Math.floor((canvas.height - height) / 2),
    width,
    height,
  }
}

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
function moveAbove({ constants }: PhotoshopModule, document: PsDocument, layer: PsLayer, anchor: PsLayer): void {
  const siblings = siblingsOf(document.layers, anchor.id) ?? []
  const place = siblings.findIndex(({ id }) => id === anchor.id)
  if (anchor.id === layer.id || siblings[place - 1]?.id === layer.id) return
  layer.move(anchor, constants.ElementPlacement['PLACEBEFORE'] ?? 'placeBefore')
}

/** Runs a change with `document` in front, and brings back the one the person looks at afterwards. */
async function inFront<T>({ app }: PhotoshopModule, document: PsDocument, change: () => Promise<T>): Promise<T> {
  const before = app.activeDocument
  if (before?.id === document.id) return change()
  app.activeDocument = document
  try {
    return await change()
  } finally {
    if (before) app.activeDocument = before
  }
}

function targetDocument(photoshop: PhotoshopModule, above: LayerRef | undefined): PsDocument {
  if (above !== undefined) return layerOf(photoshop, above).document
  const document = photoshop.app.activeDocument
  if (document) return document
  throw new HostError('no-document', 'No document is open: open one to put the picture into.')
}

/** Makes a new pixel layer with the picture, as one modal and one history step. */
export async function insertResult(
  photoshop: PhotoshopModule,
  modal: RunModal,
  picture: Raster,
  note: ResultNote,
  above?: LayerRef,
): Promise<ResultLayer> {
  const { id: documentId, width, height } = targetDocument(photoshop, above)
  const placed = placeOnCanvas({ width, height }, picture)
  const scaled = await resize(opaque(picture), placed.width, placed.height)

  return modal({ commandName: note.historyName, patience: PATIENCE }, async (context) => {
    const document = documentOf(photoshop, documentId)
    assertServes(documentRefusal(photoshop, document))
    const anchor = above === undefined ? undefined : layerOf(photoshop, above).layer
    return inFront(photoshop, document, () =>
      asOneStep(context, { documentID: documentId, name: note.historyName }, async () => {
        const layer = await document.createPixelLayer({ name: note.layerName })
        if (layer === null) throw new HostError('host', 'Photoshop made no layer: try again.')
        unlock(layer)
        const front = anchor ?? document.layers[0]
        if (front !== undefined) moveAbove(photoshop, document, layer, front)
        await putPicture(photoshop, document, layer.id, scaled, placed)
        const made = { documentId, layerId: layer.id, placed }
        await rememberOnLayer(photoshop.action, made, note.memory)
        return made
      }),
    )
  })
}

/** Puts another picture into a layer that insertResult made, where the layer lies now, as one history step. */
export async function replaceResult(
  photoshop: PhotoshopModule,
  modal: RunModal,
  target: ResultLayer,
  picture: Raster,
  note: ResultNote,
): Promise<ResultLayer> {
  layerOf(photoshop, target)
  const scaled = await resize(opaque(picture), target.placed.width, target.placed.height)

  return modal({ commandName: note.historyName, patience: PATIENCE }, async (context) => {
    const { document, layer } = layerOf(photoshop, target)
    if (layer.allLocked || layer.pixelsLocked) {
      throw new HostError('host', `“${layer.name}” is locked: unlock it, or press Imprint for a new layer.`)
    }
    const now = rectOf(layer.boundsNoEffects)
    const moved = now.width === target.placed.width && now.height === target.placed.height
    const placed = moved ? now : target.placed
    return asOneStep(context, { documentID: document.id, name: note.historyName }, async () => {
      await putPicture(photoshop, document, layer.id, scaled, placed)
      const made = { documentId: target.documentId, layerId: target.layerId, placed }
      await rememberOnLayer(photoshop.action, made, note.memory)
      return made
    })
  })
}
