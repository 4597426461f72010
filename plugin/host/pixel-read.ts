import type { Bounds, PsImaging, PsPixels } from '../types/photoshop.ts'
import type { Rect } from './host.ts'
import { takeSamples } from './pixels.ts'
import { blit, type Plane, resize } from './resample.ts'

/** The profile every picture travels in. */
export const SRGB = 'sRGB IEC61966-2.1'

/** A rectangle of a document, and the size in pixels that it is wanted at. */
export interface Wanted {
  readonly documentID: number
  readonly rect: Rect
  readonly width: number
  readonly height: number
}

/** What Photoshop gave, and where that lies in the document. */
export interface Read {
  readonly plane: Plane
  readonly at: Rect
}

const boundsOf = ({ left, top, width, height }: Rect): Bounds => ({
  left,
  top,
  right: left + width,
  bottom: top + height,
})

/** A rectangle at a size that is worth reading: as it is, or smaller, so that no side is longer than `longest`. */
export function sizedWithin(rect: Rect, longest: number): Omit<Wanted, 'documentID'> {
  const scale = Math.min(1, longest / Math.max(rect.width, rect.height))
  const width = Math.max(1, Math.round(rect.width * scale))
  const height = Math.max(1, Math.round(rect.height * scale))
  return { rect, width, height }
}

/** The part of a read that says where and how large. */
export const area = ({ documentID, rect, width, height }: Wanted) => ({
  documentID,
  sourceBounds: boundsOf(rect),
  ...(width < rect.width || height < rect.height ? { targetSize: { width, height } } : {}),
})

/** Takes over what Photoshop gave; a smaller copy is told of in that copy's coordinates. */
export async function taken({ imageData, sourceBounds, level }: PsPixels): Promise<Read> {
  const scale = 2 ** (level ?? 0)
  const { left, top, right, bottom } = sourceBounds
  const at = { left: left * scale, top: top * scale, width: (right - left) * scale, height: (bottom - top) * scale }
  return { plane: await takeSamples(imageData), at }
}

/**
 * A layer’s own pixels, or without a layer what is seen of the whole document, as 8-bit sRGB; some versions of Photoshop
 * refuse 8 bits of a 16-bit document or a conversion of the profile, and give the document's own depth instead.
 */
export async function readPixels(imaging: PsImaging, wanted: Wanted, layerID?: number): Promise<Read> {
  const layer = layerID === undefined ? {} : { layerID }
  const asked = { ...area(wanted), ...layer, colorSpace: 'RGB', colorProfile: SRGB }
  const pixels = await imaging.getPixels({ ...asked, componentSize: 8 }).catch(() => imaging.getPixels(asked))
  return taken(pixels)
}

/** Lays what was read onto a plane of the wanted size, where the trimmed margins stay 0. */
export async function padded({ plane, at }: Read, wanted: Wanted): Promise<Plane> {
  const { rect, width, height } = wanted
  const { channels } = plane
  const scaleX = width / rect.width
  const scaleY = height / rect.height
  const left = Math.round((at.left - rect.left) * scaleX)
  const top = Math.round((at.top - rect.top) * scaleY)
  const right = Math.round((at.left + at.width - rect.left) * scaleX)
  const bottom = Math.round((at.top + at.height - rect.top) * scaleY)
  const whole = { width, height, channels, data: new Uint8Array(width * height * channels) }
  blit(whole, await resize(plane, Math.max(1, right - left), Math.max(1, bottom - top)), left, top)
  return whole
}

/** A layer's own mask on the wanted plane; undefined when it has none, which Photoshop says by refusing. */
export async function readMask(imaging: PsImaging, wanted: Wanted, layerID: number): Promise<Plane | undefined> {
  try {
    return await padded(await taken(await imaging.getLayerMask({ ...area(wanted), layerID, kind: 'user' })), wanted)
  } catch {
    return undefined
  }
}

/** How much of each pixel is selected, one channel; rejects where nothing is. */
export const readSelected = async (imaging: PsImaging, wanted: Wanted): Promise<Read> =>
  taken(await imaging.getSelection(area(wanted)))
