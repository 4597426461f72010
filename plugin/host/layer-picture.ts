import type {
  Bounds,
  PhotoshopModule,
  PsDocument,
  PsImaging,
  PsLayer,
  PsModalContext,
  PsPixels,
} from '../types/photoshop.ts'
import { imagingOf } from './documents.ts'
import type { Rect } from './host.ts'
import { HostError } from './host-error.ts'
import { onWhite, premultiplied, takeSamples } from './pixels.ts'
import { blit, type Plane, resize } from './resample.ts'

/** The profile every picture travels in. */
export const SRGB = 'sRGB IEC61966-2.1'

interface Wanted {
  readonly documentID: number
  readonly rect: Rect
  /** The size the rectangle is wanted at, in pixels. */
  readonly width: number
  readonly height: number
}

/** How a read went to a smaller copy: Photoshop then answers in the coordinates of that copy. */
interface Read {
  readonly plane: Plane
  readonly at: Rect
}

const boundsOf = ({ left, top, width, height }: Rect): Bounds => ({
  left,
  top,
  right: left + width,
  bottom: top + height,
})

const request = ({ documentID, rect, width, height }: Wanted, layerID: number) => ({
  documentID,
  layerID,
  sourceBounds: boundsOf(rect),
  ...(width < rect.width ? { targetSize: { width, height } } : {}),
})

async function taken({ imageData, sourceBounds, level }: PsPixels): Promise<Read> {
  const scale = 2 ** (level ?? 0)
  const { left, top, right, bottom } = sourceBounds
  const at = { left: left * scale, top: top * scale, width: (right - left) * scale, height: (bottom - top) * scale }
  return { plane: await takeSamples(imageData), at }
}

/**
 * 8-bit sRGB; some versions of Photoshop refuse 8 bits of a 16-bit document or a conversion of the profile, and give the
 * document's own depth instead.
 */
async function readPixels(imaging: PsImaging, wanted: Wanted, layerID: number): Promise<Read> {
  const asked = { ...request(wanted, layerID), colorSpace: 'RGB', colorProfile: SRGB }
  const pixels = await imaging.getPixels({ ...asked, componentSize: 8 }).catch(() => imaging.getPixels(asked))
  return taken(pixels)
}

/** Lays what was read onto a plane of the wanted size, where the trimmed margins stay `fill`. */
async function padded({ plane, at }: Read, wanted: Wanted, fill: number): Promise<Plane> {
  const { rect, width, height } = wanted
  const { channels } = plane
  const scaleX = width / rect.width
  const scaleY = height / rect.height
  const left = Math.round((at.left - rect.left) * scaleX)
  const top = Math.round((at.top - rect.top) * scaleY)
  const right = Math.round((at.left + at.width - rect.left) * scaleX)
  const bottom = Math.round((at.top + at.height - rect.top) * scaleY)
  const whole = { width, height, channels, data: new Uint8Array(width * height * channels).fill(fill) }
  blit(whole, await resize(plane, Math.max(1, right - left), Math.max(1, bottom - top)), left, top)
  return whole
}

/** The layer's own mask on the wanted plane; undefined when it has none, which Photoshop says by refusing. */
async function readMask(imaging: PsImaging, wanted: Wanted, layerID: number): Promise<Plane | undefined> {
  try {
    const mask = await taken(await imaging.getLayerMask({ ...request(wanted, layerID), kind: 'user' }))
    return await padded(mask, wanted, 0)
  } catch {
    return undefined
  }
}

/** Reads a rasterised copy and takes the copy back: smart objects with lost links and some texts have no pixels else. */
async function readCopy(
  { constants }: PhotoshopModule,
  imaging: PsImaging,
  wanted: Wanted,
  layer: PsLayer,
  context: PsModalContext,
): Promise<Read> {
  const { hostControl } = context
  const suspension = await hostControl.suspendHistory({ documentID: wanted.documentID, name: 'Read the layer' })
  try {
    const copy = await layer.duplicate()
    if (copy === null) throw new HostError('empty-layer', `Photoshop gave no pixels of “${layer.name}”: rasterize it.`)
    await copy.rasterize(constants.RasterizeType['ENTIRELAYER'] ?? 'entireLayer')
    return await readPixels(imaging, wanted, copy.id)
  } finally {
    await hostControl.resumeHistory(suspension, false)
  }
}

/** A part of a layer as it looks on white, at the wanted size, in sRGB; has to run inside a modal. */
export async function readLayer(
  photoshop: PhotoshopModule,
  context: PsModalContext,
  document: PsDocument,
  layer: PsLayer,
  part: { readonly rect: Rect; readonly width: number; readonly height: number },
): Promise<Plane> {
  const imaging = imagingOf(photoshop)
  const wanted = { documentID: document.id, ...part }
  const isPixelLayer = layer.kind === photoshop.constants.LayerKind['NORMAL']
  const read = await readPixels(imaging, wanted, layer.id).catch((thrown: unknown) => {
    if (isPixelLayer) throw thrown
    return readCopy(photoshop, imaging, wanted, layer, context)
  })
  const pixels = await padded({ plane: premultiplied(read.plane), at: read.at }, wanted, 0)
  return onWhite(pixels, await readMask(imaging, wanted, layer.id))
}
