import { type DocumentMode, type DocumentState, newLayer } from './document-state.ts'
import { type Depth, filled, fullOf, NOTHING, samples } from './surface.ts'

export interface BlankOptions {
  readonly width: number
  readonly height: number
  readonly depth?: Depth
  readonly mode?: DocumentMode
  readonly resolution?: number
  /** White gives a Background, transparent an empty first layer. */
  readonly fill?: 'white' | 'transparent'
}

/** A new document with one layer: a white Background, or an empty "Layer 1". */
export function blankDocument(options: BlankOptions): DocumentState {
  const { width, height, depth = 8, mode = 'RGBColorMode', resolution = 72, fill = 'white' } = options
  const full = fullOf(depth)
  const bounds = { left: 0, top: 0, right: width, bottom: height }
  const white = fill === 'white'
  const first = white
    ? { ...newLayer(1, 'Background', filled(bounds, depth, [full, full, full, full])), isBackground: true }
    : newLayer(1, 'Layer 1', { ...NOTHING, data: samples(depth, 0) })
  return {
    width,
    height,
    mode,
    depth,
    resolution,
    profile: mode === 'grayscaleMode' ? 'Dot Gain 20%' : 'sRGB IEC61966-2.1',
    layers: [first],
    selection: null,
    xmp: '',
    kept: {},
  }
}
