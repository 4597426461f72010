import type { Raster } from '../../shared/raster.ts'
import type { PhotoshopModule, PsDocument } from '../types/photoshop.ts'
import { depthOf, imagingOf, sharedRect } from './documents.ts'
import type { Place, Rect } from './host.ts'
import { opaque } from './picture-url.ts'
import { samplesFor } from './pixels.ts'
import { blit, type Plane, resize } from './resample.ts'

/** The pixels of a layer, where they lie, and its mask. */
export interface Laid {
  readonly plane: Plane
  readonly rect: Rect
  /** How much of each pixel shows; absent: all of it. */
  readonly mask?: Plane
}

/** A picture as the pixels of a layer in its place: as large as that, and cut to what shows of it. */
export async function laid(picture: Raster, place: Pick<Place, 'rect' | 'exact' | 'cover'>): Promise<Laid> {
  const over = rectFor(place, picture)
  const whole = await resize(opaque(picture), over.width, over.height)
  const { cover } = place
  if (cover === undefined) return { plane: whole, rect: over }
  const rect = sharedRect(cover.rect, over)
  const { width, height } = rect
  const plane: Plane = { width, height, channels: 3, data: new Uint8Array(width * height * 3) }
  blit(plane, whole, over.left - rect.left, over.top - rect.top)
  return { plane, rect, mask: await resize({ ...cover.plane, channels: 1 }, width, height) }
}

/** What a picture is laid over: all of its place, or the largest rectangle of its own shape in the middle. */
function rectFor({ rect, exact }: Pick<Place, 'rect' | 'exact'>, picture: Raster): Rect {
  if (exact) return rect
  const { left, top, width, height } = placeOnCanvas(rect, picture)
  return { left: rect.left + left, top: rect.top + top, width, height }
}

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

/** Makes the mask of a pixel layer. */
export async function putMask(
  photoshop: PhotoshopModule,
  document: PsDocument,
  layerID: number,
  { width, height, data }: Plane,
  { left, top }: Rect,
): Promise<void> {
  const imaging = imagingOf(photoshop)
  const imageData = await imaging.createImageDataFromBuffer(samplesFor(depthOf(document) ?? 8, data), {
    width,
    height,
    components: 1,
    colorSpace: 'Grayscale',
    colorProfile: 'Gray Gamma 2.2',
  })
  try {
    await imaging.putLayerMask({
      documentID: document.id,
      layerID,
      imageData,
      replace: true,
      targetBounds: { left, top },
    })
  } finally {
    imageData.dispose()
  }
}
