import type { Raster } from '../../shared/raster.ts'
import type { Fit } from '../../shared/recipe.ts'
import type { Plane } from './resample.ts'

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

/** A selected layer that can serve as a reference. */
export interface SelectedLayer {
  readonly layer: LayerRef
  readonly name: string
  /** A group serves as one picture. */
  readonly isGroup: boolean
  /** Whether a selection lies on it, so that only that part would be taken. */
  readonly isPart: boolean
}

/** What is selected in Photoshop right now, and the sentence that says why it cannot serve as a reference. */
export type Selection =
  | { readonly kind: 'no-document' }
  | { readonly kind: 'unusable'; readonly name: string; readonly why: string }
  | { readonly kind: 'layers'; readonly layers: readonly SelectedLayer[] }

/** The part of a layer that was selected when its picture was taken. */
export interface SelectedPart {
  readonly rect: Rect
  /** How much of each pixel was selected, 0 to 255, at the size of the picture. */
  readonly cover: Uint8Array
}

/** What tells whether a layer's picture is still the same. */
export interface Print {
  readonly print: string
  /** Whether it would be another picture where the layer moved: it is, for a part. */
  readonly placed: boolean
}

/** A layer, held against what it was when its picture was taken. */
export type LayerNow = 'same' | 'changed' | 'gone'

/** A picture of a layer, of a file or of an earlier result, frozen when it was taken. */
export interface CapturedReference {
  /** Absent where it was taken of no layer; nor has it a `print` then. */
  readonly layer?: LayerRef
  /** Where else it comes from. */
  readonly origin?: 'file' | 'earlier'
  readonly name: string
  readonly isGroup: boolean
  readonly bounds: Rect
  /** At most 1024 px on the long side, matted on white, without alpha. */
  readonly picture: Raster
  /** Absent when the whole layer was taken. */
  readonly part?: SelectedPart
  readonly print?: Print
}

/** A file the person chose. */
export interface ChosenFile {
  readonly name: string
  readonly bytes: Uint8Array
}

/** A layer made by Imprint and the rectangle that its picture was put into. */
export interface ResultLayer extends LayerRef {
  readonly placed: Rect
}

/** A layer made by Imprint that gets another picture: where it lies, or (without `placed`) in another place. */
export type Replaced = LayerRef & Partial<ResultLayer>

/** What a layer made by Imprint is called and remembers. */
export interface ResultNote {
  readonly layerName: string
  readonly historyName: string
  /** JSON that says how the picture was made; kept in the layer's own metadata. */
  readonly memory: string
  /** Where it goes; absent: into the middle of the canvas. */
  readonly place?: Place
}

/** One picture of a group; only one of them is to be seen at first. */
export interface GroupedResult {
  readonly picture: Raster
  readonly note: ResultNote
  readonly visible: boolean
}

/** The part of a document that the next picture would go into. */
export interface Target {
  readonly documentId: number
  /** The canvas, or the artboard that the selected layer lies in. */
  readonly ground: Rect
  readonly artboard?: { readonly layerId: number; readonly name: string }
  /** The part of it that is selected: only that would be painted anew. */
  readonly selected?: Rect
}

/** Where a picture goes in a document. */
export interface Place {
  readonly documentId: number
  /** What the picture lies over. */
  readonly rect: Rect
  /** Whether it fills that, whatever its own shape: it was made for it. */
  readonly exact: boolean
  /** The artboard it goes into. */
  readonly artboardId?: number
  /** What shows of it, as the mask of its layer; absent: all of it. */
  readonly cover?: { readonly rect: Rect; readonly plane: Omit<Plane, 'channels'> }
}

/** What a picture starts from beside noise. */
export type StartFrom = 'nothing' | 'canvas' | 'layer'

/** Where a picture goes, and what was read of it, frozen. */
export interface Ground {
  readonly from: StartFrom
  /** Over how many pixels the person wanted the selection to fade. */
  readonly feather?: number
  /** It is that of a layer which remembers its recipe: what it started from is in there. */
  readonly isRemembered?: true
  readonly place: Place
  /** The layer it goes above; absent: on top of what lies there. */
  readonly above?: LayerRef
  /** What it starts from, and white where that is painted anew. */
  readonly source?: { readonly picture: Raster; readonly mask?: Raster }
}

/** Where on a canvas a reference acts. */
export interface Region {
  readonly documentId: number
  /** How much of each pixel of the canvas was selected, 0 to 255; smaller than the canvas. */
  readonly plane: Omit<Plane, 'channels'>
  readonly canvas: Rect
  /** The bounds of what was selected. */
  readonly rect: Rect
  /** The canvas, dark where the reference does not act, as a data URL. */
  readonly map: string
}

/** Photoshop as the panel sees it: plain data in, plain data out, every failure a HostError. */
export interface Host {
  selection(): Selection
  /** What the next picture would go into; undefined without a document. */
  target(): Promise<Target | undefined>
  /** A small picture of a target that shows what of it would be painted anew, as a data URL. */
  targetMap(target: Target): Promise<string>
  /** Takes what the next picture starts from, and where it goes; a selection fades over `feather` pixels, or as its size asks. */
  readGround(from: StartFrom, feather?: number): Promise<Ground>
  /** Takes the selection as the place where a reference acts. */
  readRegion(): Promise<Region>
  /** Tells after the selection or a document changed and settled; returns the way to stop. */
  watchDocuments(changed: () => void): () => void
  /** Tells whether something that was asked for waits for a busy Photoshop; returns the way to stop. */
  watchBusy(changed: (isBusy: boolean) => void): () => void
  /**
   * Takes the picture of a layer: the part that is selected now, a part taken earlier, or all that is seen of it. A busy Photoshop
   * is waited for, but where it is to be `at once`.
   */
  readReference(
    layer: LayerRef,
    part: 'selected' | 'whole' | SelectedPart,
    when?: 'at once',
  ): Promise<CapturedReference>
  /** What CLIP gets to see of a reference's picture, small, as a data URL. */
  thumbnail(picture: Raster, fit: Fit, cropAt?: number): Promise<string>
  /** Whether the layer is still in an open document. */
  hasLayer(layer: LayerRef): boolean
  /** A number that is another one after every change of the document's history; undefined when it was closed. */
  historyOf(documentId: number): number | undefined
  /** Whether a layer still looks as it did when its picture was taken; `gone` when it no longer exists. */
  looksAs(layer: LayerRef, print: Print): Promise<LayerNow>
  /** Makes a new pixel layer above `above`, or on top of the active document when `above` is absent. */
  insertResult(picture: Raster, note: ResultNote, above?: LayerRef): Promise<ResultLayer>
  /** Makes a new group of pixel layers, the first one at the back, where insertResult would put the first. */
  insertGroup(results: readonly GroupedResult[], name: string, above?: LayerRef): Promise<readonly ResultLayer[]>
  /** Puts other pixels into a layer that insertResult made. */
  replaceResult(layer: Replaced, picture: Raster, note: ResultNote): Promise<ResultLayer>
  /** Where the picture of a layer lies now, and the JSON that `insertResult` or `replaceResult` left with it. */
  recall(layer: LayerRef): Promise<{ readonly layer: ResultLayer; readonly memory: string | undefined }>
  /** A small picture of a layer's own pixels; undefined where it has none that it could be found again by. */
  layerLook(layer: LayerRef): Promise<Raster | undefined>
  /** The picture of a file the person chooses; undefined when they choose none. */
  referenceFromFile(): Promise<CapturedReference | undefined>
  /** A file the person chooses, with one of these endings; undefined when they choose none. */
  chooseFile(endings: readonly string[]): Promise<ChosenFile | undefined>
  /** Writes a file where the person wants it; false when they want it nowhere. */
  saveFile(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<boolean>
  /** A picture as a data URL for an img element. */
  pictureUrl(picture: Raster): Promise<string>
}
