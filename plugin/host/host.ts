import type { Raster } from '../../shared/raster.ts'

/** A rectangle in document pixels, half-open, possibly outside the canvas. */
export interface Rect {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

/** A layer by the ids that stay true while the person renames, reorders or switches documents. */
export interface LayerRef {
  readonly documentId: number
  readonly layerId: number
}

/** What is selected in Photoshop right now, and the sentence that says why it cannot serve as a reference. */
export type Selection =
  | { readonly kind: 'no-document' }
  | { readonly kind: 'unusable'; readonly name: string; readonly why: string }
  | { readonly kind: 'layer'; readonly name: string; readonly layer: LayerRef }

/** The picture of a layer, frozen when it was taken. */
export interface CapturedReference {
  readonly layer: LayerRef
  readonly name: string
  readonly bounds: Rect
  /** At most 1024 px on the long side, matted on white, without alpha. */
  readonly picture: Raster
  /** The centre square that CLIP sees, as a data URL. */
  readonly thumbnail: string
}

/** A layer made by Imprint and the rectangle that its picture was put into. */
export interface ResultLayer extends LayerRef {
  readonly placed: Rect
}

/** What a layer made by Imprint is called and remembers. */
export interface ResultNote {
  readonly layerName: string
  readonly historyName: string
  /** JSON that says how the picture was made; kept in the layer's own metadata. */
  readonly memory: string
}

/** Photoshop as the panel sees it: plain data in, plain data out, every failure a HostError. */
export interface Host {
  selection(): Selection
  /** Tells after the selection changed and settled; returns the way to stop. */
  watchSelection(changed: () => void): () => void
  readReference(layer: LayerRef): Promise<CapturedReference>
  /** Makes a new pixel layer above `above`, or on top of the active document when `above` is absent. */
  insertResult(picture: Raster, note: ResultNote, above?: LayerRef): Promise<ResultLayer>
  /** Puts other pixels into a layer that insertResult made. */
  replaceResult(layer: ResultLayer, picture: Raster, note: ResultNote): Promise<ResultLayer>
  /** A picture as a data URL for an img element. */
  pictureUrl(picture: Raster): Promise<string>
}
