import type { PhotoshopModule, PsDocument, PsLayer } from '../types/photoshop.ts'
import { siblingsOf } from './documents.ts'
import { memoryOf } from './generator-settings.ts'

/**
 * The uppermost of the results that lie right on a layer, or the layer itself: a new result goes above that, or an older one
 * would cover it. A group of results counts as one; what is clipped to any of them stays with it, or it would be clipped
 * to the new one.
 */
export async function topmostResult(
  { action }: PhotoshopModule,
  document: PsDocument,
  anchor: PsLayer,
): Promise<PsLayer> {
  const siblings = siblingsOf(document.layers, anchor.id) ?? []
  const at = siblings.findIndex(({ id }) => id === anchor.id)
  let top = anchor
  for (const layer of siblings.slice(0, Math.max(0, at)).reverse()) {
    if (layer.isClippingMask) {
      top = layer
      continue
    }
    const inside = Array.from(layer.layers ?? [])
    const memories = await Promise.all(
      (inside.length > 0 ? inside : [layer]).map(({ id }) =>
        memoryOf(action, { documentId: document.id, layerId: id }),
      ),
    )
    // A group of the person's own may hold results as well.
    if (memories.includes(undefined)) break
    top = layer
  }
  return top
}
