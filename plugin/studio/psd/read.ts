import {
  getCompositeImageData,
  getLayerImageData,
  getLayerMaskImageData,
  initializeCanvas,
  type Layer,
  type Psd,
  readPsd,
} from 'ag-psd'
import { ImprintError } from '../../../shared/errors.ts'
import {
  type DocumentMode,
  type DocumentState,
  type LayerMask,
  type LayerState,
  newLayer,
} from '../double/document-state.ts'
import { boundsAt } from '../double/geometry.ts'
import { walk } from '../double/layer-tree.ts'
import { type Depth, NOTHING, samples, type Samples, type Surface, trim } from '../double/surface.ts'
import { kindOf } from './layer-kind.ts'
import { settingsIn } from './settings-xmp.ts'

/** The mode numbers of a PSD's header. */
const MODES: Readonly<Record<number, DocumentMode>> = {
  0: 'bitmapMode',
  1: 'grayscaleMode',
  2: 'indexedColorMode',
  3: 'RGBColorMode',
  4: 'CMYKColorMode',
  7: 'multichannelMode',
  8: 'duotoneMode',
  9: 'labColorMode',
}

/** The number of the transparency channel in a layer record; a Background has none. */
const ALPHA_CHANNEL = -1

/** "8BPS", with which every PSD and PSB begins. */
const SIGNATURE = [0x38, 0x42, 0x50, 0x53] as const

initializeCanvas(
  () => {
    throw new ImprintError('document-invalid', 'The document holds a picture that the studio does not read.')
  },
  (width, height) => ({ width, height, data: new Uint8ClampedArray(width * height * 4), colorSpace: 'srgb' }),
)

/** A document as its file tells it. */
export interface OpenedFile {
  readonly state: DocumentState
  /** The layers that were selected when it was saved; the front layer when the file does not say. */
  readonly selectedIds: readonly number[]
}

/** Reads a Photoshop document; throws `document-invalid` with a sentence when it cannot. */
export function readDocument(bytes: Uint8Array): OpenedFile {
  if (SIGNATURE.some((byte, at) => bytes[at] !== byte))
    throw new ImprintError('document-invalid', 'The file is not a Photoshop document: open a .psd or .psb file.')
  refuseMode(bytes)
  try {
    const psd = readPsd(bytes, { useRawData: true, skipThumbnail: true })
    const state = toState(psd)
    const ids = new Set([...walk(state.layers)].map(({ id }) => id))
    const selected = psd.imageResources?.layerSelectionIds?.filter((id) => ids.has(id)) ?? []
    return { state, selectedIds: selected.length > 0 ? selected : state.layers.slice(0, 1).map(({ id }) => id) }
  } catch (cause) {
    if (cause instanceof ImprintError) throw cause
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new ImprintError(
      'document-invalid',
      `The Photoshop document is damaged or of a kind not known here: ${why}.`,
      {
        cause,
      },
    )
  }
}

/** Where the mode stands in a header, behind signature, version, channels, sides and depth. */
const MODE_AT = 25

/** What Photoshop opens and the studio does not. */
const UNREAD_MODES: Readonly<Record<number, string>> = { 4: 'CMYK', 7: 'Multichannel', 8: 'Duotone', 9: 'Lab' }

function refuseMode(bytes: Uint8Array): void {
  const mode = UNREAD_MODES[bytes[MODE_AT] ?? -1]
  if (mode === undefined) return
  throw new ImprintError(
    'document-invalid',
    `The document is in ${mode} colours, which the studio does not open: choose Image > Mode > RGB Color in Photoshop, and save it.`,
  )
}

function toState(psd: Psd): DocumentState {
  const { width, height, children, imageResources } = psd
  const depth = depthIn(psd)
  const xmp = imageResources?.xmpMetadata ?? ''
  const settings = settingsIn(xmp)
  const layers = (children ?? []).toReversed().map((layer) => toLayer(layer, depth, psd))
  const background = layers.at(-1)
  const mode = MODES[Number(psd.colorMode)] ?? 'RGBColorMode'
  const state: DocumentState = {
    width,
    height,
    mode,
    depth,
    resolution: imageResources?.resolutionInfo?.horizontalResolution ?? 72,
    profile: mode === 'RGBColorMode' ? 'sRGB IEC61966-2.1' : '',
    layers: background ? layers : [flatBackground(psd, depth)],
    selection: null,
    xmp,
    kept: keptOf(psd),
  }
  return { ...state, layers: numbered(state.layers, settings) }
}

function depthIn({ bitsPerChannel }: Psd): Depth {
  if (bitsPerChannel === 16 || bitsPerChannel === 32) return bitsPerChannel
  return 8
}

function toLayer(layer: Layer, depth: Depth, psd: Psd): LayerState {
  const hasAlpha = layer.rawData?.channels.some(({ id }: { readonly id: number }) => id === ALPHA_CHANNEL) ?? true
  const isBackground = psd.children?.[0] === layer && !layer.children && !hasAlpha
  const surface = pixelsOf(layer, depth)
  const locks = layer.protected
  const { name, children, opened, hidden, opacity, fillOpacity, blendMode, clipping, transparencyProtected } = layer
  return {
    ...newLayer(layer.id ?? 0, name ?? '', isBackground ? surface : trim(surface)),
    kind: kindOf(layer),
    opacity: Math.round((opacity ?? 1) * 100),
    fillOpacity: Math.round((fillOpacity ?? 1) * 100),
    blendMode: blendMode ?? 'normal',
    visible: hidden !== true,
    clipping: clipping === true,
    locks: {
      all: locks?.transparency === true && locks.composite === true && locks.position === true,
      pixels: locks?.composite === true,
      position: locks?.position === true,
      transparency: transparencyProtected === true || locks?.transparency === true,
    },
    isBackground,
    mask: maskOf(layer, depth),
    children: children?.toReversed().map((child) => toLayer(child, depth, psd)) ?? null,
    open: opened !== false,
    artboard: artboardOf(layer),
    kept: keptOf(layer),
  }
}

/** The number a PSD has for an artboard that is white where nothing lies on it. */
const WHITE_GROUND = 1

function artboardOf({ artboard, children }: Layer): LayerState['artboard'] {
  if (!artboard || !children) return null
  const { left, top, right, bottom } = artboard.rect
  return { bounds: { left, top, right, bottom }, isWhite: artboard.backgroundType === WHITE_GROUND }
}

function pixelsOf(layer: Layer, depth: Depth): Surface {
  const decoded = getLayerImageData(layer)
  if (!decoded) return { ...NOTHING, data: samples(depth, 0) }
  const { width, height } = decoded
  return { bounds: boundsAt(layer.left ?? 0, layer.top ?? 0, width, height), channels: 4, data: plain(decoded.data) }
}

function maskOf(layer: Layer, depth: Depth): LayerMask | null {
  const { mask } = layer
  if (!mask) return null
  const decoded = getLayerMaskImageData(layer)
  const bounds = decoded ? boundsAt(mask.left ?? 0, mask.top ?? 0, decoded.width, decoded.height) : NOTHING.bounds
  const data = samples(depth, decoded ? decoded.width * decoded.height : 0)
  for (let i = 0; i < data.length; i++) data[i] = decoded?.data[i * 4] ?? 0
  return { surface: { bounds, channels: 1, data }, outside: mask.defaultColor ?? 0, enabled: mask.disabled !== true }
}

/** A document without layers is one Background of its composite. */
function flatBackground(psd: Psd, depth: Depth): LayerState {
  const composite = getCompositeImageData(psd)
  const data = composite ? plain(composite.data) : samples(depth, psd.width * psd.height * 4)
  const surface: Surface = { bounds: boundsAt(0, 0, psd.width, psd.height), channels: 4, data }
  return { ...newLayer(1, 'Background', surface), isBackground: true }
}

/** Gives ids to layers of files that have none, and each layer the settings kept for its id. */
function numbered(
  layers: readonly LayerState[],
  settings: Readonly<Record<string, Readonly<Record<string, string>>>>,
): readonly LayerState[] {
  let next = Math.max(0, ...[...walk(layers)].map(({ id }) => id)) + 1
  const seen = new Set<number>()
  const number = (layer: LayerState): LayerState => {
    const id = layer.id > 0 && !seen.has(layer.id) ? layer.id : next++
    seen.add(id)
    return { ...layer, id, children: layer.children?.map(number) ?? null, settings: settings[String(id)] ?? {} }
  }
  return layers.map(number)
}

const plain = (data: Uint8ClampedArray | Samples): Samples =>
  data instanceof Uint8ClampedArray ? new Uint8Array(data.buffer, data.byteOffset, data.length) : data

/** What the file said that the double does not model, without the pixels and the children. */
function keptOf(source: Psd | Layer): object {
  const kept: Record<string, unknown> = { ...source }
  for (const key of ['children', 'imageData', 'canvas', 'rawData', 'rawCompositeData']) delete kept[key]
  return kept
}
