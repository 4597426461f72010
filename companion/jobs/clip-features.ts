import type { Raster } from '../../shared/raster.ts'
import { CENTRE } from '../../shared/clip-view.ts'
import type { Fit } from '../../shared/recipe.ts'
import type { ImageEncoder } from '../models/image-encoder.ts'
import { clipVisionGraph } from '../networks/clip-vision.ts'
import type { Tensors } from '../runtime/tensor.ts'
import { clipPixels, clipSquares } from '../vision/preprocess.ts'
import { pictureKey } from './keep.ts'
import type { Kept } from './workshop.ts'

/** A fit that makes one square of a picture. */
export type OneSquare = Exclude<Fit, 'tile'>

/** The fit by which one square stands for a whole picture: of tiles the middle. */
export const oneSquare = (fit: Fit): OneSquare => (fit === 'tile' ? 'crop' : fit)

/** Names the square of a picture that CLIP sees; equal keys stand for equal squares. */
export const squareKey = (picture: Raster, fit: OneSquare, cropAt = CENTRE): string =>
  `${pictureKey(picture)} ${fit}${fit === 'crop' && cropAt !== CENTRE ? ` at ${cropAt}` : ''}`

/** CLIP's features of a square of a picture: `image_embeds` [1, p], `penultimate` [tokens, d]. */
export const clipFeatures = (
  kept: Kept,
  encoder: ImageEncoder,
  picture: Raster,
  fit: OneSquare,
  cropAt?: number,
): Promise<Tensors> =>
  features(kept, encoder, squareKey(picture, fit, cropAt), () =>
    clipPixels(clipSquares(picture, fit, encoder.preprocessing.size, cropAt)[0]!, encoder.preprocessing),
  )

/** CLIP's features of a picture that is zero after normalisation. */
export const zeroFeatures = (kept: Kept, encoder: ImageEncoder): Promise<Tensors> =>
  features(kept, encoder, 'zeros', () => new Float32Array(3 * encoder.config.imageSize ** 2))

function features(
  { networks, keep }: Kept,
  { config, ledger, identity }: ImageEncoder,
  key: string,
  pixels: () => Float32Array,
): Promise<Tensors> {
  return keep.get(`features of ${key} by ${identity}`, () =>
    networks.run(`clip-vision of ${identity}`, () => clipVisionGraph(ledger.weights, config, networks.options), {
      pixels: { shape: [1, 3, config.imageSize, config.imageSize], data: pixels() },
    }),
  )
}
