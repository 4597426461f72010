import { hashPicture } from '../../shared/picture-stream.ts'
import type { PhotoshopModule, PsDocument, PsImaging, PsLayer } from '../types/photoshop.ts'
import { findDocument, findLayer, imagingOf, visiblePart } from './documents.ts'
import type { LayerNow, LayerRef, Print } from './host.ts'
import type { RunModal } from './modal.ts'
import { readMask, readPixels, type Wanted } from './pixel-read.ts'
import { premultiplied } from './pixels.ts'

/** Pixels on the long side of the look that is taken; a stroke of a few pixels on a large layer still shows in it. */
const LOOK = 128

/** Layers of a group that are looked at: each costs Photoshop a moment; of the others only the place counts. */
const MOST_LOOKS = 16

/** What is not worth waiting for: whoever asks will ask again. */
const PATIENCE = 0

/**
 * Whether a layer still looks as its print says. Only a difference is made sure of in a modal, which holds the person up:
 * a look outside of one may fail, or see half of a change. A HostError `busy` when Photoshop is.
 */
export async function looksAs(
  photoshop: PhotoshopModule,
  modal: RunModal,
  ref: LayerRef,
  { print, placed }: Print,
): Promise<LayerNow> {
  const look = async (): Promise<LayerNow> => {
    const document = findDocument(photoshop, ref.documentId)
    const layer = findLayer(photoshop, ref)
    if (document === undefined || layer === undefined) return 'gone'
    return (await printOf(photoshop, document, layer, placed)).print === print ? 'same' : 'changed'
  }
  const now = await look()
  return now === 'changed' ? modal({ commandName: 'Imprint: look for changes', patience: PATIENCE }, look) : now
}

/** The print of a layer: a small look at it, or at what lies in a group; with `placed` also of where it lies. */
export async function printOf(
  photoshop: PhotoshopModule,
  document: PsDocument,
  layer: PsLayer,
  placed: boolean,
): Promise<Print> {
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
  return { print: words.join('\n'), placed }
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
