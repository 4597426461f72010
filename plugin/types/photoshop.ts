/** The part of the `photoshop` module that the panel uses, narrowed to what Photoshop 26 really does. */

export interface Bounds {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

export interface PsImageData {
  readonly width: number
  readonly height: number
  readonly components: number
  readonly componentSize: 8 | 16 | 32
  getData(options: { chunky?: boolean; fullRange?: boolean }): Promise<Uint8Array | Uint16Array | Float32Array>
  /** Synchronous in Adobe's documentation, a promise in some typings: never awaited. */
  dispose(): unknown
}

export interface PsPixels {
  readonly imageData: PsImageData
  /** Where the pixels lie, in the coordinates of `level`; smaller than what was asked for when the rest is empty. */
  readonly sourceBounds: Bounds
  /** 0 = full size, 1 = half, 2 = a quarter … */
  readonly level?: number
}

export interface PsImaging {
  /** Without a layer: what is seen of the whole document. */
  getPixels(options: {
    documentID: number
    layerID?: number
    sourceBounds: Bounds
    targetSize?: { width: number; height: number }
    colorSpace?: string
    colorProfile?: string
    componentSize?: 8
  }): Promise<PsPixels>
  /** Gray: how much of each pixel is selected; rejects when nothing is. */
  getSelection(options: {
    documentID: number
    sourceBounds: Bounds
    targetSize?: { width: number; height: number }
  }): Promise<PsPixels>
  getLayerMask(options: {
    documentID: number
    layerID: number
    kind: 'user'
    sourceBounds: Bounds
    targetSize?: { width: number; height: number }
  }): Promise<PsPixels>
  createImageDataFromBuffer(
    buffer: Uint8Array | Uint16Array,
    options: { width: number; height: number; components: number; colorSpace: string; colorProfile?: string },
  ): Promise<PsImageData>
  putPixels(options: {
    documentID: number
    layerID: number
    imageData: PsImageData
    replace: boolean
    targetBounds: { left: number; top: number }
  }): Promise<void>
  /** Gray: makes the user mask of a layer. */
  putLayerMask(options: {
    documentID: number
    layerID: number
    imageData: PsImageData
    replace: boolean
    targetBounds: { left: number; top: number }
  }): Promise<void>
  encodeImageData(options: { imageData: PsImageData; base64: boolean }): Promise<string | number[]>
}

export interface PsLayer {
  readonly id: number
  readonly name: string
  readonly kind: string
  readonly isBackgroundLayer: boolean
  /** Whether it is seen only where the layer below is. */
  readonly isClippingMask: boolean
  readonly boundsNoEffects: Bounds
  readonly layers?: ArrayLike<PsLayer> | null | undefined
  visible: boolean
  /** 0 to 100. */
  opacity: number
  allLocked: boolean
  pixelsLocked: boolean
  positionLocked: boolean
  transparentPixelsLocked: boolean
  move(relative: PsLayer, placement: string): void
  duplicate(): Promise<PsLayer | null>
  rasterize(kind: string): Promise<void>
  /** Makes one pixel layer of a group. */
  merge(): Promise<PsLayer>
}

export interface PsDocument {
  readonly id: number
  readonly title: string
  readonly width: number
  readonly height: number
  readonly mode: string
  readonly bitsPerChannel: string | number
  readonly quickMaskMode: boolean
  readonly layers: ArrayLike<PsLayer>
  readonly activeLayers: ArrayLike<PsLayer>
  /** Absent before Photoshop 25. */
  readonly selection?: { readonly bounds: Bounds | null }
  readonly activeHistoryState: { readonly id: number }
  createPixelLayer(options: { name: string }): Promise<PsLayer | null>
  /** Around the layers given, where the front one of them lies. */
  createLayerGroup(options?: { name?: string; fromLayers?: PsLayer | PsLayer[] }): Promise<PsLayer | null>
  closeWithoutSaving(): void
}

export interface PsApp {
  activeDocument: PsDocument | null | undefined
  readonly documents: ArrayLike<PsDocument>
  /** Opens a file that a picker gave. */
  open(file?: object): Promise<PsDocument>
}

export interface PsModalContext {
  readonly isCancelled: boolean
  readonly hostControl: {
    suspendHistory(options: { documentID: number; name: string }): Promise<object>
    resumeHistory(suspension: object, commit?: boolean): Promise<void>
  }
}

export interface PsCore {
  executeAsModal<T>(
    target: (context: PsModalContext) => Promise<T>,
    options: { commandName: string; timeOut?: number },
  ): Promise<T>
}

export type PsNotification = (event: string, descriptor: object) => void

export interface PsAction {
  batchPlay(commands: object[], options: object): Promise<unknown[]>
  addNotificationListener(events: string[], listener: PsNotification): Promise<void>
  removeNotificationListener(events: string[], listener: PsNotification): Promise<void>
}

export interface PsConstants {
  readonly LayerKind: Readonly<Record<string, string>>
  readonly DocumentMode: Readonly<Record<string, string>>
  readonly ElementPlacement: Readonly<Record<string, string>>
  readonly RasterizeType: Readonly<Record<string, string>>
}

export interface PhotoshopModule {
  readonly app: PsApp
  readonly core: PsCore
  readonly action: PsAction
  readonly constants: PsConstants
  /** Absent before Photoshop 24.4. */
  readonly imaging?: PsImaging
}
