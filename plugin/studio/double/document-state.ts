import type { CONSTANTS } from './constants.ts'
import type { Bounds } from './geometry.ts'
import type { Depth, Surface } from './surface.ts'

/** What a layer is; the words are those of Photoshop's `constants.LayerKind`. */
export type LayerKind = (typeof CONSTANTS.LayerKind)[keyof typeof CONSTANTS.LayerKind]

/** A user mask: one channel, and the value that counts outside its pixels (0 or 255). */
export interface LayerMask {
  readonly surface: Surface
  readonly outside: number
  readonly enabled: boolean
}

export interface Locks {
  readonly all: boolean
  readonly pixels: boolean
  readonly position: boolean
  readonly transparency: boolean
}

/** One layer as a value: changing a layer makes a new one, so a history state shares every pixel it did not change. */
export interface LayerState {
  readonly id: number
  readonly name: string
  readonly kind: LayerKind
  /** Per cent, 0 to 100. */
  readonly opacity: number
  readonly fillOpacity: number
  /** Photoshop's word in a PSD, e.g. `normal`, `multiply`, `pass through`. */
  readonly blendMode: string
  readonly visible: boolean
  readonly clipping: boolean
  readonly locks: Locks
  readonly isBackground: boolean
  /** RGBA pixels trimmed to what is not clear; empty for groups and adjustments. */
  readonly surface: Surface
  readonly mask: LayerMask | null
  /** Front layer first; null for all that is not a group. */
  readonly children: readonly LayerState[] | null
  readonly open: boolean
  /** The rectangle of an artboard, and whether it is white where nothing lies on it; null for all other layers. */
  readonly artboard: { readonly bounds: Bounds; readonly isWhite: boolean } | null
  /** Generator settings: one JSON text per plugin key. */
  readonly settings: Readonly<Record<string, string>>
  /** What the file said about the layer that the double has no use for, kept for saving. */
  readonly kept: object
}

/** The colour modes of Photoshop's `constants.DocumentMode`. */
export type DocumentMode = (typeof CONSTANTS.DocumentMode)[keyof typeof CONSTANTS.DocumentMode]

/** A document as a value. */
export interface DocumentState {
  readonly width: number
  readonly height: number
  readonly mode: DocumentMode
  readonly depth: Depth
  /** Pixels per inch. */
  readonly resolution: number
  readonly profile: string
  /** Front layer first. */
  readonly layers: readonly LayerState[]
  /** One channel, trimmed to what is selected; null when nothing is. */
  readonly selection: Surface | null
  /** The document's XMP packet, empty when there is none. */
  readonly xmp: string
  readonly kept: object
}

export const UNLOCKED: Locks = { all: false, pixels: false, position: false, transparency: false }

/** A new layer of plain defaults under the name and with the pixels given. */
export const newLayer = (id: number, name: string, surface: Surface): LayerState => ({
  id,
  name,
  kind: 'pixel',
  opacity: 100,
  fillOpacity: 100,
  blendMode: 'normal',
  visible: true,
  clipping: false,
  locks: UNLOCKED,
  isBackground: false,
  surface,
  mask: null,
  children: null,
  open: true,
  artboard: null,
  settings: {},
  kept: {},
})

/** The rectangle of the whole document. */
export const canvasOf = ({ width, height }: DocumentState): Bounds => ({
  left: 0,
  top: 0,
  right: width,
  bottom: height,
})
