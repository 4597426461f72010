import type { Raster } from '../../shared/raster.ts'
import type { PhotoshopModule } from '../types/photoshop.ts'
import { imagingOf, layerOf, rectOf } from './documents.ts'
import { memoryOf } from './generator-settings.ts'
import type { LayerRef, ResultLayer } from './host.ts'
import { padded, readPixels, sizedWithin, type Wanted } from './pixel-read.ts'
import { onWhite, premultiplied } from './pixels.ts'

/** Pixels on the long side of what is taken to find a layer again. */
const LOOK = 192

/** A layer as one that Imprint made: where its picture lies now, and what it remembers; undefined when that is nothing. */
export async function recall(
  photoshop: PhotoshopModule,
  ref: LayerRef,
): Promise<{ readonly layer: ResultLayer; readonly memory: string | undefined }> {
  const { layer } = layerOf(photoshop, ref)
  const placed = rectOf(layer.boundsNoEffects)
  return { layer: { ...ref, placed }, memory: await memoryOf(photoshop.action, ref) }
}

/**
 * A small picture of a layer's own pixels on white, without its mask; undefined where it has none of its own, or some lie outside
 * of the canvas: then nothing could be found by it.
 */
export async function layerLook(photoshop: PhotoshopModule, ref: LayerRef): Promise<Raster | undefined> {
  const { document, layer } = layerOf(photoshop, ref)
  const rect = rectOf(layer.boundsNoEffects)
  const { left, top, width, height } = rect
  const isInside = left >= 0 && top >= 0 && left + width <= document.width && top + height <= document.height
  const isPlain = layer.kind === photoshop.constants.LayerKind['NORMAL']
  if (!isPlain || !isInside || width <= 0 || height <= 0) return undefined
  const wanted: Wanted = { documentID: document.id, ...sizedWithin(rect, LOOK) }
  const { plane, at } = await readPixels(imagingOf(photoshop), wanted, layer.id)
  const { data } = onWhite(await padded({ plane: premultiplied(plane), at }, wanted))
  return { width: wanted.width, height: wanted.height, channels: 3, data }
}
