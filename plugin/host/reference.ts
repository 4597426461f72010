import type { PhotoshopModule, PsDocument, PsImaging, PsLayer } from '../types/photoshop.ts'
import { imagingOf, layerOf, sharedRect, visiblePart } from './documents.ts'
import type { CapturedReference, LayerRef, Rect, SelectedPart } from './host.ts'
import { HostError } from './host-error.ts'
import { printOf } from './layer-print.ts'
import { readLayer } from './layer-picture.ts'
import type { RunModal } from './modal.ts'
import { area, padded, sizedWithin, taken, type Wanted } from './pixel-read.ts'
import type { Plane } from './resample.ts'
import { assertServes, layerRefusal, selectedRect } from './selection.ts'

/** The longest side that travels to the companion; CLIP looks at 224 to 336 pixels. */
const LONGEST = 1024
const PATIENCE = 5000

/** Takes the picture of a layer in one short modal that freezes what it reads; everything slow comes after. */
export async function readReference(
  photoshop: PhotoshopModule,
  modal: RunModal,
  ref: LayerRef,
  wantedPart: 'selected' | 'whole' | SelectedPart,
  when?: 'at once',
): Promise<CapturedReference> {
  const patience = when === 'at once' ? 0 : PATIENCE
  return modal({ commandName: 'Imprint: look at the layer', patience }, async (context) => {
    const { document, layer } = layerOf(photoshop, ref)
    assertServes(layerRefusal(photoshop, document, layer))
    const imaging = imagingOf(photoshop)
    const part = await partOf(imaging, document, layer, wantedPart)
    const { rect, width, height } = fitted(part?.rect ?? visiblePart(document, layer))
    const cover: Plane | undefined = part && { width, height, channels: 1, data: part.cover }
    const { data } = await readLayer(photoshop, context, document, layer, { rect, width, height }, cover)
    return {
      layer: ref,
      name: layer.name,
      isGroup: layer.kind === photoshop.constants.LayerKind['GROUP'],
      bounds: rect,
      picture: { width, height, channels: 3, data },
      ...(part && { part }),
      print: await printOf(photoshop, document, layer, part !== undefined),
    }
  })
}

/** A rectangle at the size its picture travels in. */
export const fitted = (rect: Rect): Omit<Wanted, 'documentID'> => sizedWithin(rect, LONGEST)

async function partOf(
  imaging: PsImaging,
  document: PsDocument,
  layer: PsLayer,
  wanted: 'selected' | 'whole' | SelectedPart,
): Promise<SelectedPart | undefined> {
  if (wanted === 'whole') return undefined
  const visible = visiblePart(document, layer)
  if (wanted !== 'selected') {
    const { width, height } = sharedRect(wanted.rect, visible)
    if (width > 0 && height > 0) return wanted
    throw new HostError('empty-layer', `“${layer.name}” no longer lies where it was taken: replace the reference.`)
  }
  const rect = selectedRect(document, visible)
  if (rect === undefined) return undefined
  const asked = { documentID: document.id, ...fitted(rect) }
  const { data } = await padded(await taken(await imaging.getSelection(area(asked))), asked)
  return { rect, cover: data }
}
