import { initializeCanvas, type Layer, type Psd, readPsd, writePsdUint8Array } from 'ag-psd'

// Pixels are read as plain numbers: nothing here draws.
initializeCanvas(
  () => {
    throw new Error('A test reads a picture that is none of a layer.')
  },
  (width, height) => ({ width, height, data: new Uint8ClampedArray(width * height * 4), colorSpace: 'srgb' }),
)

export const RED = [220, 40, 30, 255] as const
export const BLUE = [20, 40, 200, 255] as const

/** A layer of one colour at left, top, width, height. */
export const patch = (
  name: string,
  id: number,
  [left, top, width, height]: readonly number[],
  colour: readonly number[],
): Layer => ({
  name,
  id,
  left: left!,
  top: top!,
  right: left! + width!,
  bottom: top! + height!,
  imageData: {
    width: width!,
    height: height!,
    data: Uint8ClampedArray.from({ length: width! * height! * 4 }, (_, i) => colour[i % 4]!),
  },
})

/** A white artboard of 100 x 60 with its left side at `left`, 10 pixels from the top. */
export const artboard = (name: string, id: number, left: number, inside: Layer[]): Layer => ({
  name,
  id,
  opened: true,
  children: inside,
  artboard: { rect: { left, top: 10, right: left + 100, bottom: 70 }, backgroundType: 1 },
})

/** Two artboards of 100 x 60 in a document of 240 x 80, "one" and "two", beside each other. */
export const twoArtboards = (): Layer[] => [
  artboard('one', 10, 10, [patch('fox', 11, [20, 20, 30, 30], RED)]),
  artboard('two', 20, 130, [patch('leaf', 21, [140, 20, 30, 30], BLUE)]),
]

/** A group with a layer "fox", of which a mask shows the left half, above a locked layer "sky"; 120 x 90. */
export const maskedAndLocked = (): Layer[] => {
  const masked: Layer = {
    ...patch('fox', 3, [20, 20, 40, 40], RED),
    mask: {
      left: 20,
      top: 20,
      right: 40,
      bottom: 60,
      defaultColor: 0,
      imageData: { width: 20, height: 40, data: new Uint8ClampedArray(20 * 40 * 4).fill(255) },
    },
  }
  const locked: Layer = {
    ...patch('sky', 4, [0, 0, 120, 30], BLUE),
    protected: { transparency: true, composite: true, position: true },
  }
  return [locked, { name: 'scene', id: 2, opened: true, children: [masked] }]
}

/** A PSD file of these layers, back layer first, none of them a Background; `active` is the layer that is selected. */
export const psdFile = (
  { width, height }: { readonly width: number; readonly height: number },
  children: Layer[],
  active: number,
  more: Partial<Psd> = {},
): Uint8Array =>
  writePsdUint8Array(
    { width, height, children, imageResources: { layerSelectionIds: [active] }, ...more },
    { noBackground: true },
  )

/** Of a PSD file, the same in CMYK as far as its header says: the mode stands behind signature, version, channels, sides and depth. */
export function inCmyk(file: Uint8Array): Uint8Array {
  const changed = file.slice()
  changed[25] = 4
  return changed
}

/** The layers of a PSD file with their pixels, back layer first. */
export const layersIn = (file: Uint8Array): Layer[] => readPsd(file, { useImageData: true }).children ?? []
