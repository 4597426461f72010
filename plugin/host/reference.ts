import type { PhotoshopModule } from '../types/photoshop.ts'
import { imagingOf, layerOf, visiblePart } from './documents.ts'
import type { CapturedReference, LayerRef } from './host.ts'
import { readLayer } from './layer-picture.ts'
import type { RunModal } from './modal.ts'
import { thumbnailUrl } from './picture-url.ts'
import { assertServes, layerRefusal } from './selection.ts'

/** The longest side that travels to the companion; CLIP looks at 224 to 336 pixels. */
const LONGEST = 1024
const PATIENCE = 5000

/** Takes the picture of a layer in one short modal that freezes what it reads; everything slow comes after. */
export async function readReference(
  photoshop: PhotoshopModule,
  modal: RunModal,
  ref: LayerRef,
): Promise<CapturedReference> {
  const taken = await modal({ commandName: 'Imprint: look at the layer', patience: PATIENCE }, async (context) => {
    const { document, layer } = layerOf(photoshop, ref)
    assertServes(layerRefusal(photoshop, document, layer))
    const rect = visiblePart(document, layer)
    const scale = Math.min(1, LONGEST / Math.max(rect.width, rect.height))
    const width = Math.max(1, Math.round(rect.width * scale))
    const height = Math.max(1, Math.round(rect.height * scale))
    const name = layer.name
    const { data } = await readLayer(photoshop, context, document, layer, { rect, width, height })
    return { name, bounds: rect, picture: { width, height, channels: 3 as const, data } }
  })
  return { ...taken, layer: ref, thumbnail: await thumbnailUrl(imagingOf(photoshop), taken.picture) }
}
