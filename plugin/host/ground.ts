import type { Raster } from '../../shared/raster.ts'
import type { PhotoshopModule, PsDocument, PsLayer, PsModalContext } from '../types/photoshop.ts'
import { featherOf, grown, withContext } from './context.ts'
import { documentOf, imagingOf, sharedRect, visiblePart } from './documents.ts'
import { feathered } from './feather.ts'
import type { Ground, Place, Rect, StartFrom, Target } from './host.ts'
import { HostError } from './host-error.ts'
import { readLayer } from './layer-picture.ts'
import type { RunModal } from './modal.ts'
import { padded, readSelected, sizedWithin, type Wanted } from './pixel-read.ts'
import { readSeen } from './seen.ts'
import { assertServes, documentRefusal, layerRefusal } from './selection.ts'
import { readTarget } from './target.ts'

/** The longest side of what travels to the companion; no model paints more at once. */
const LONGEST = 1024
const PATIENCE = 5000

/** What of a faded selection, of 255, is too little to be seen. */
const UNSEEN = 2

/**
 * Where the next picture goes, and what it starts from. A selection is painted anew in what is seen around it; only what
 * needs pixels holds Photoshop, in one short modal.
 */
export async function readGround(
  photoshop: PhotoshopModule,
  modal: RunModal,
  from: StartFrom,
  feather?: number,
): Promise<Ground> {
  const target = await targetOf(photoshop)
  assertServes(documentRefusal(photoshop, documentOf(photoshop, target.documentId)))
  if (from === 'nothing' && target.selected === undefined) return { from, place: placeIn(target, target.ground, false) }
  return modal({ commandName: 'Imprint: look at the document', patience: PATIENCE }, async (context) =>
    // Anew: what is selected may have changed while Photoshop was busy.
    readSource(photoshop, context, await targetOf(photoshop), { from, feather }),
  )
}

async function targetOf(photoshop: PhotoshopModule): Promise<Target> {
  const target = await readTarget(photoshop)
  if (target !== undefined) return target
  throw new HostError('no-document', 'No document is open: open one to put the picture into.')
}

async function readSource(
  photoshop: PhotoshopModule,
  context: PsModalContext,
  target: Target,
  { from, feather }: { readonly from: StartFrom; readonly feather: number | undefined },
): Promise<Ground> {
  const { documentId, ground, selected } = target
  const document = documentOf(photoshop, documentId)
  const layer = from === 'layer' ? layerToStartFrom(photoshop, document) : undefined
  const whole = layer ? sharedRect(visiblePart(document, layer), ground) : ground
  const radius = feather ?? (selected ? featherOf(selected) : 0)
  const seen = selected ? withContext(selected, ground, radius) : whole
  const wanted: Wanted = { documentID: documentId, ...sizedWithin(seen, LONGEST) }
  const { width, height, data } = layer
    ? await readLayer(photoshop, context, document, layer, wanted, undefined)
    : await readSeen(photoshop, document, wanted)
  const picture: Raster = { width, height, channels: 3, data }
  const above = layer && { above: { documentId, layerId: layer.id } }
  const place = placeIn(target, wanted.rect, true)
  if (selected === undefined) return { from, place, ...above, source: { picture } }
  const cover = await readCover(photoshop, { documentId, selected, ground }, radius)
  return {
    from,
    ...(feather !== undefined && { feather }),
    place: { ...place, cover },
    ...above,
    source: { picture, mask: maskOver(cover, wanted) },
  }
}

const placeIn = ({ documentId, artboard }: Target, rect: Rect, exact: boolean): Place => ({
  documentId,
  rect,
  exact,
  ...(artboard && { artboardId: artboard.layerId }),
})

function layerToStartFrom(photoshop: PhotoshopModule, document: PsDocument): PsLayer {
  const [layer, ...others] = Array.from(document.activeLayers)
  if (layer === undefined || others.length > 0) {
    throw new HostError('empty-layer', 'Several layers or none are selected: select the one to start from.')
  }
  assertServes(layerRefusal(photoshop, document, layer))
  return layer
}

/** The selection as a layer's mask: faded at its edges over a number of pixels on either side. */
async function readCover(
  photoshop: PhotoshopModule,
  { documentId, selected, ground }: { documentId: number; selected: Rect; ground: Rect },
  radius: number,
): Promise<NonNullable<Place['cover']>> {
  const wanted: Wanted = { documentID: documentId, ...sizedWithin(grown(selected, radius, ground), LONGEST) }
  const hard = await padded(await readSelected(imagingOf(photoshop), wanted), wanted)
  return { rect: wanted.rect, plane: feathered(hard, (radius * wanted.width) / wanted.rect.width) }
}

/** White wherever a cover shows anything, over the rectangle and at the size of the picture it belongs to. */
function maskOver({ rect, plane }: NonNullable<Place['cover']>, { rect: over, width, height }: Wanted): Raster {
  const data = new Uint8Array(width * height * 3)
  for (let y = 0; y < height; y++) {
    const row = Math.floor(((over.top - rect.top + ((y + 0.5) * over.height) / height) * plane.height) / rect.height)
    if (row < 0 || row >= plane.height) continue
    for (let x = 0; x < width; x++) {
      const column = Math.floor(((over.left - rect.left + ((x + 0.5) * over.width) / width) * plane.width) / rect.width)
      if (column < 0 || column >= plane.width) continue
      if (plane.data[row * plane.width + column]! > UNSEEN) data.fill(255, (y * width + x) * 3, (y * width + x) * 3 + 3)
    }
  }
  return { width, height, channels: 3, data }
}
