import type { PhotoshopModule, PsDocument } from '../types/photoshop.ts'
import { imagingOf, rectOf, sharedRect } from './documents.ts'
import type { Rect } from './host.ts'
import { padded, readPixels, type Wanted } from './pixel-read.ts'
import { onWhite, premultiplied } from './pixels.ts'
import type { Plane } from './resample.ts'

/** A part of a document as it is seen, all its layers together, on white; RGB at the wanted size. */
export async function readSeen(photoshop: PhotoshopModule, document: PsDocument, wanted: Wanted): Promise<Plane> {
  try {
    const { plane, at } = await readPixels(imagingOf(photoshop), wanted)
    return onWhite(await padded({ plane: premultiplied(plane), at }, wanted))
  } catch (thrown) {
    // Photoshop has no pixels to give where there is nothing.
    if (showsSomething(document, wanted.rect)) throw thrown
    const { width, height } = wanted
    return { width, height, channels: 3, data: new Uint8Array(width * height * 3).fill(255) }
  }
}

function showsSomething(document: PsDocument, rect: Rect): boolean {
  return Array.from(document.layers).some(({ visible, boundsNoEffects }) => {
    const { width, height } = sharedRect(rectOf(boundsNoEffects), rect)
    return visible && width > 0 && height > 0
  })
}
