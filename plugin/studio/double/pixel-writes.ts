import { compositeLayers } from './composite.ts'
import { canvasOf, type LayerState, newLayer } from './document-state.ts'
import { boundsAt, union } from './geometry.ts'
import { hostError } from './host-error.ts'
import { commit } from './history.ts'
import { pixelsOf, type Pixels } from './image-data.ts'
import { editLayer } from './layer-edits.ts'
import { documentOf, enterModal, layerOf, type Session } from './session.ts'
import { crop, type Depth, fullOf, samples, type Surface, toDepth, trim } from './surface.ts'

export interface WriteOptions {
  readonly documentID?: number
  readonly layerID: number
  readonly imageData: unknown
  readonly replace?: boolean
  /** Only the corner counts. */
  readonly targetBounds?: { readonly left?: number; readonly top?: number }
  readonly commandName?: string
}

/** `imaging.putPixels`: writes into a pixel layer; unless `replace` is false every pixel it had is gone. */
export async function putPixels(session: Session, options: WriteOptions): Promise<void> {
  await Promise.resolve()
  enterModal(session, 'putPixels')
  const document = documentOf(session, options.documentID)
  const layer = layerOf(document, options.layerID)
  const { depth } = document.state
  if (layer.kind !== 'pixel') throw hostError('The target of putPixels must be a pixel layer.')
  if ((layer.locks.all || layer.locks.pixels) && session.switches.lockedPixelsReject)
    throw hostError('The layer is locked.')
  const put = toSurface(pixelsOf(session, options.imageData), options.targetBounds, depth)
  const written = options.replace === false ? over(layer.surface, put, depth) : put
  const surface = layer.isBackground ? onWhite(written, document.state, depth) : trim(written)
  editLayer(session, document, layer.id, options.commandName ?? 'Put Pixels', { surface })
}

/** `imaging.putLayerMask`: one component as the user mask of a layer. */
export async function putLayerMask(session: Session, options: WriteOptions): Promise<void> {
  await Promise.resolve()
  enterModal(session, 'putLayerMask')
  const document = documentOf(session, options.documentID)
  const layer = layerOf(document, options.layerID)
  const surface = toMask(session, options, document.state.depth)
  const mask = { surface, outside: layer.mask?.outside ?? 0, enabled: true }
  editLayer(session, document, layer.id, options.commandName ?? 'Put Layer Mask', { mask })
}

/** `imaging.putSelection`: one component as the selection of a document. */
export async function putSelection(session: Session, options: WriteOptions): Promise<void> {
  await Promise.resolve()
  enterModal(session, 'putSelection')
  const document = documentOf(session, options.documentID)
  const selected = trim(crop(toMask(session, options, document.state.depth), canvasOf(document.state)))
  const selection = selected.data.length === 0 ? null : selected
  commit(session, document, options.commandName ?? 'Put Selection', { ...document.state, selection })
}

function toMask(session: Session, { imageData, targetBounds }: WriteOptions, depth: Depth): Surface {
  const { components, width, height, data } = pixelsOf(session, imageData)
  if (components !== 1) throw hostError('The image data must have one component.')
  const bounds = boundsAt(targetBounds?.left ?? 0, targetBounds?.top ?? 0, width, height)
  return { bounds, channels: 1, data: toDepth(data, depth) }
}

/** One to four components as RGBA at the document's depth. */
function toSurface(pixels: Pixels, corner: WriteOptions['targetBounds'], depth: Depth): Surface {
  const { width, height, components, data: given } = pixels
  if (pixels.colorSpace === 'Lab') throw hostError('The double does not convert from colorSpace "Lab".')
  const from = toDepth(given, depth)
  const data = samples(depth, width * height * 4)
  const colours = components > 2 ? 3 : 1
  for (let i = 0; i < width * height; i++) {
    for (let c = 0; c < 3; c++) data[i * 4 + c] = from[i * components + (colours === 3 ? c : 0)]!
    data[i * 4 + 3] = components > colours ? from[i * components + colours]! : fullOf(depth)
  }
  return { bounds: boundsAt(corner?.left ?? 0, corner?.top ?? 0, width, height), channels: 4, data }
}

const over = (below: Surface, above: Surface, depth: Depth): Surface => {
  const layers: LayerState[] = [newLayer(0, 'above', above), newLayer(0, 'below', below)]
  return compositeLayers(layers, union(below.bounds, above.bounds), depth)
}

/** A Background has no clear pixels: what is written lies on white and is cut to the canvas. */
function onWhite(written: Surface, document: { width: number; height: number }, depth: Depth): Surface {
  const bounds = boundsAt(0, 0, document.width, document.height)
  const white = samples(depth, document.width * document.height * 4).fill(fullOf(depth))
  return crop(over({ bounds, channels: 4, data: white }, written, depth), bounds)
}
