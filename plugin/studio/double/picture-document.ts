import type { Raster } from '../../../shared/raster.ts'
import { readDocument } from '../psd/read.ts'
import { blankDocument } from './blank-document.ts'
import { type DocumentState, newLayer } from './document-state.ts'
import { hostError } from './host-error.ts'
import { type Depth, type Surface, toDepth, trim } from './surface.ts'

/** Decodes a PNG, JPEG or WebP file; rejects for anything else. */
export type DecodePicture = (bytes: Uint8Array) => Promise<Raster>

const PSD = Uint8Array.of(0x38, 0x42, 0x50, 0x53)

/** The document that a file holds: a PSD's own, or one layer with the picture. */
export async function documentOfFile(
  bytes: Uint8Array,
  decode: DecodePicture | undefined,
): Promise<{ readonly state: DocumentState; readonly selectedIds?: readonly number[] }> {
  if (PSD.every((byte, i) => bytes[i] === byte)) return readDocument(bytes)
  const picture = await decode?.(bytes).catch(() => undefined)
  if (picture === undefined)
    throw hostError('Could not complete your request because Photoshop does not recognize this type of file.')
  return { state: pictureDocument(picture) }
}

/** A document as large as a picture, with the picture as its one layer. */
export function pictureDocument(picture: Raster): DocumentState {
  const { width, height } = picture
  const blank = blankDocument({ width, height, fill: 'transparent' })
  return { ...blank, layers: [newLayer(1, 'Layer 0', pictureSurface(picture, 8, 0, 0))] }
}

/** A picture as the pixels of a layer, with its corner at left, top. */
export function pictureSurface(
  { width, height, channels, data }: Raster,
  depth: Depth,
  left: number,
  top: number,
): Surface {
  const rgba = new Uint8Array(width * height * 4)
  for (let i = 0; i < width * height; i++) {
    for (let c = 0; c < 3; c++) rgba[4 * i + c] = data[channels * i + c]!
    rgba[4 * i + 3] = channels === 4 ? data[4 * i + 3]! : 255
  }
  const bounds = { left, top, right: left + width, bottom: top + height }
  return trim({ bounds, channels: 4, data: toDepth(rgba, depth) })
}
