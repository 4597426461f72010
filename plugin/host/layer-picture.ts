import type { PhotoshopModule, PsDocument, PsImaging, PsLayer, PsModalContext } from '../types/photoshop.ts'
import { imagingOf } from './documents.ts'
import { HostError } from './host-error.ts'
import { padded, type Read, readMask, readPixels, type Wanted } from './pixel-read.ts'
import { masked, onWhite, premultiplied } from './pixels.ts'
import type { Plane } from './resample.ts'

/** A layer's pixels, and its mask on the wanted plane. */
interface Layer {
  readonly read: Read
  readonly mask: Plane | undefined
}

const readPlain = async (imaging: PsImaging, wanted: Wanted, layerID: number): Promise<Layer> => ({
  read: await readPixels(imaging, wanted, layerID),
  mask: await readMask(imaging, wanted, layerID),
})

/**
 * Reads a copy that is made plain pixels and then taken back: a group has no pixels else, nor have smart objects with lost
 * links and some texts.
 */
async function readCopy(
  { constants }: PhotoshopModule,
  imaging: PsImaging,
  wanted: Wanted,
  layer: PsLayer,
  context: PsModalContext,
): Promise<Layer> {
  const { hostControl } = context
  const suspension = await hostControl.suspendHistory({ documentID: wanted.documentID, name: 'Read the layer' })
  try {
    const copy = await layer.duplicate()
    if (copy === null) throw new HostError('empty-layer', `Photoshop gave no pixels of “${layer.name}”: rasterize it.`)
    if (layer.kind !== constants.LayerKind['GROUP']) {
      await copy.rasterize(constants.RasterizeType['ENTIRELAYER'] ?? 'entireLayer')
      return await readPlain(imaging, wanted, copy.id)
    }
    // Merging would bake the group's opacity in; of a single layer it does not count either.
    copy.opacity = 100
    const merged = await copy.merge()
    const { left, right } = merged.boundsNoEffects
    if (left >= right)
      throw new HostError('empty-layer', `The group “${layer.name}” shows nothing: show a layer in it.`)
    return await readPlain(imaging, wanted, merged.id)
  } finally {
    await hostControl.resumeHistory(suspension, false)
  }
}

/**
 * A part of a layer, or of a group as one picture, as it looks on white, at the wanted size, in sRGB; `selected` (one
 * channel of that size) says how much of each pixel was selected. Has to run inside a modal.
 */
export async function readLayer(
  photoshop: PhotoshopModule,
  context: PsModalContext,
  document: PsDocument,
  layer: PsLayer,
  part: Omit<Wanted, 'documentID'>,
  selected: Plane | undefined,
): Promise<Plane> {
  const imaging = imagingOf(photoshop)
  const { LayerKind } = photoshop.constants
  const wanted = { documentID: document.id, ...part }
  const copied = (): Promise<Layer> => readCopy(photoshop, imaging, wanted, layer, context)
  const own = (): Promise<Layer> =>
    readPlain(imaging, wanted, layer.id).catch((thrown: unknown) => {
      if (layer.kind === LayerKind['NORMAL']) throw thrown
      return copied()
    })
  const { read, mask } = await (layer.kind === LayerKind['GROUP'] ? copied() : own())
  const pixels = await padded({ plane: premultiplied(read.plane), at: read.at }, wanted)
  return onWhite(pixels, masked(mask, selected))
}
