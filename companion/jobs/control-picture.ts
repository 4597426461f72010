import type { Raster } from '../../shared/raster.ts'
import { joined } from '../diffusion/vector.ts'
import type { Tensor } from '../runtime/tensor.ts'
import { canny } from '../vision/canny.ts'
import { grey } from '../vision/grey.ts'
import { invert } from '../vision/invert.ts'
import { planesOf } from '../vision/planes.ts'
import { onWhite } from '../vision/preprocess.ts'
import { resizeLanczos } from '../vision/resize.ts'
import type { CompleteControl } from './defaults.ts'

/** OpenCV's usual bounds, which networks for edges were trained with. */
const EDGES = { low: 100, high: 200, norm: 'l1' } as const

/** How networks that fix the structure take pixels: in 0..1. */
const PIXELS = { mean: 0, scale: 255 } as const

/**
 * What a control's network is shown: the picture stretched, prepared, and in the colours it expects.  -> [1, 3 or 1, h, w]
 * A layer's transparent parts are white, like paper: edges are found where it ends, dark lines on nothing are dark lines on
 * white, and "invert" makes of them the white lines on black that networks for drawings read.
 */
export function controlPixels(
  picture: Raster,
  preprocess: CompleteControl['preprocess'],
  size: { readonly width: number; readonly height: number },
  colours: 'rgb' | 'bgr' | 'grey',
): Tensor {
  const shown = prepared(picture, preprocess, size)
  const planes = planesOf(colours === 'grey' ? grey(shown) : shown, PIXELS)
  const plane = (c: number) => planes.subarray((c * planes.length) / 3, ((c + 1) * planes.length) / 3)
  const { width, height } = size
  switch (colours) {
    case 'rgb':
      return { shape: [1, 3, height, width], data: planes }
    case 'bgr':
      return { shape: [1, 3, height, width], data: joined(joined(plane(2), plane(1)), plane(0)) }
    case 'grey':
      return { shape: [1, 1, height, width], data: plane(0).slice() }
  }
}

/** Resized first: lines found in a larger picture would fade when it is made smaller. */
function prepared(
  picture: Raster,
  preprocess: CompleteControl['preprocess'],
  size: { readonly width: number; readonly height: number },
): Raster {
  const resized = resizeLanczos(onWhite(picture), size)
  switch (preprocess) {
    case 'none':
      return resized
    case 'canny':
      return canny(resized, EDGES)
    case 'invert':
      return invert(resized)
  }
}
