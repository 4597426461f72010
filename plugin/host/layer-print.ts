import { hashPicture } from '../../shared/picture-stream.ts'
import type { PhotoshopModule, PsDocument, PsImaging, PsLayer } from '../types/photoshop.ts'
import { findLayer, imagingOf, layerOf, visiblePart } from './documents.ts'
import type { LayerRef } from './host.ts'
import type { RunModal } from './modal.ts'
import { readMask, readPixels, type Wanted } from './pixel-read.ts'
import { premultiplied } from './pixels.ts'

/** Pixels on the long side of the look that is taken; a stroke of a few pixels on a large layer still shows in it. */
const LOOK = 128

/** Layers of a group that are looked at: each costs Photoshop a moment; of the others only the place counts. */
const MOST_LOOKS = 16

/** What is not worth waiting for: whoever asks will ask again. */
const PATIENCE = 0

/** The print of a layer as it is now; undefined when it no longer exists, a HostError `busy` when Photoshop is. */
export async function printOf(
  photoshop: PhotoshopModule,
  modal: RunModal,
  ref: LayerRef,
  placed: boolean,
): Promise<string | undefined> {
  if (findLayer(photoshop, ref) === undefined) return undefined
  return modal({ commandName: 'Imprint: look for changes', patience: PATIENCE }, async () => {
    const { document, layer } = layerOf(photoshop, ref)
    return await layerPrint(photoshop, document, layer, placed)
  })
}

/**
 * Words that are the same as long as a layer's picture is, and with `placed` as long as it lies where it did: a small look
 * at it, or at what lies in a group.
 */
export async function layerPrint(
  photoshop: PhotoshopModule,
  document: PsDocument,
  layer: PsLayer,
  placed: boolean,
): Promise<string> {
  const imaging = imagingOf(photoshop)
  const origin = placed ? { left: 0, top: 0 } : layer.boundsNoEffects
  const words: string[] = []
  let looks = 0
  for (const one of withLayersInside(layer)) {
    const { left, top, right, bottom } = one.boundsNoEffects
    // How a single layer is shown does not change its own picture; in a group it does.
    const shown = one.id === layer.id ? '' : `${one.id} ${one.visible} ${one.opacity}`
    const isGroup = one.kind === photoshop.constants.LayerKind['GROUP']
    const seen = isGroup || looks++ >= MOST_LOOKS ? '' : await look(imaging, document, one)
    const place = [left - origin.left, top - origin.top, right - left, bottom - top]
    words.push([shown, ...place, seen].join(' '))
  }
  return words.join('\n')
}

function* withLayersInside(layer: PsLayer): Generator<PsLayer> {
  yield layer
  for (const inside of Array.from(layer.layers ?? [])) yield* withLayersInside(inside)
}

async function look(imaging: PsImaging, document: PsDocument, layer: PsLayer): Promise<string> {
  const rect = visiblePart(document, layer)
  if (rect.width === 0 || rect.height === 0) return ''
  const scale = Math.min(1, LOOK / Math.max(rect.width, rect.height))
  const width = Math.max(1, Math.round(rect.width * scale))
  const height = Math.max(1, Math.round(rect.height * scale))
  const wanted: Wanted = { documentID: document.id, rect, width, height }
  try {
    const { plane } = await readPixels(imaging, wanted, layer.id)
    const mask = await readMask(imaging, wanted, layer.id)
    const { data, ...size } = premultiplied(plane)
    const covered = mask ? premultiplied({ ...mask, channels: 1 }) : undefined
    const hash = hashPicture({ ...size, channels: 4, data })
    return covered ? `${hash} ${hashPicture({ ...covered, channels: 4 })}` : hash
  } catch {
    // What has no pixels of its own to read is followed by its place alone.
    return ''
  }
}
