import { type Layer, type PixelData, type Psd, writePsdUint8Array } from 'ag-psd'
import { ImprintError } from '../../../shared/errors.ts'
import { compositeDocument } from '../double/composite.ts'
import type { DocumentState, LayerState } from '../double/document-state.ts'
import { heightOf, isEmpty, widthOf } from '../double/geometry.ts'
import { walk } from '../double/layer-tree.ts'
import type { Surface } from '../double/surface.ts'
import { withSettings } from './settings-xmp.ts'

/** Writes a document and which of its layers are selected as a PSD file; throws `document-invalid` for what is not 8-bit RGB. */
export function writeDocument(state: DocumentState, selectedIds: readonly number[]): Uint8Array {
  if (state.depth !== 8 || state.mode !== 'RGBColorMode')
    throw new ImprintError(
      'document-invalid',
      'The studio saves 8-bit RGB documents only; convert this one in Photoshop.',
    )
  const settings = Object.fromEntries(
    [...walk(state.layers)]
      .filter((layer) => Object.keys(layer.settings).length > 0)
      .map((layer) => [String(layer.id), layer.settings]),
  )
  const kept = state.kept as Partial<Psd>
  const xmpMetadata = withSettings(state.xmp, settings)
  const psd: Psd = {
    ...kept,
    width: state.width,
    height: state.height,
    children: state.layers.toReversed().map(toLayer),
    imageData: toPixels(compositeDocument(state)),
    imageResources: {
      ...kept.imageResources,
      layerSelectionIds: [...selectedIds],
      ...(xmpMetadata === '' ? {} : { xmpMetadata }),
    },
  }
  const background = state.layers.at(-1)?.isBackground === true
  return writePsdUint8Array(psd, { noBackground: !background })
}

function toLayer(layer: LayerState): Layer {
  const { surface, mask, children, locks } = layer
  const out: Layer = {
    ...(layer.kept as Partial<Layer>),
    id: layer.id,
    name: layer.name,
    opacity: layer.opacity / 100,
    fillOpacity: layer.fillOpacity / 100,
    blendMode: layer.blendMode as NonNullable<Layer['blendMode']>,
    hidden: !layer.visible,
    clipping: layer.clipping,
    transparencyProtected: locks.transparency,
    protected: {
      transparency: locks.all || locks.transparency,
      composite: locks.all || locks.pixels,
      position: locks.all || locks.position,
    },
    left: surface.bounds.left,
    top: surface.bounds.top,
    right: surface.bounds.right,
    bottom: surface.bounds.bottom,
  }
  if (mask) {
    const { left, top, right, bottom } = mask.surface.bounds
    const imageData = isEmpty(mask.surface.bounds) ? {} : { imageData: toPixels(mask.surface) }
    out.mask = { left, top, right, bottom, defaultColor: mask.outside, disabled: !mask.enabled, ...imageData }
  } else {
    delete out.mask
  }
  if (children) return { ...out, opened: layer.open, children: children.toReversed().map(toLayer) }
  return isEmpty(surface.bounds) ? out : { ...out, imageData: toPixels(surface) }
}

/** Rows of RGBA; a mask's one channel is repeated. */
function toPixels({ bounds, channels, data }: Surface): PixelData {
  const width = widthOf(bounds)
  const height = heightOf(bounds)
  if (channels === 4) return { width, height, data: new Uint8ClampedArray(data) }
  const rgba = new Uint8ClampedArray(width * height * 4).fill(255)
  for (let i = 0; i < data.length; i++) rgba.fill(data[i]!, i * 4, i * 4 + 3)
  return { width, height, data: rgba }
}
