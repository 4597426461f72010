import { ImprintError } from '../../shared/errors.ts'
import type { Raster } from '../../shared/raster.ts'
import type { Fit } from '../../shared/recipe.ts'
import type { ImageEncoder } from '../models/image-encoder.ts'
import type { AdapterReads } from '../networks/ip-adapter/config.ts'
import type { Tensor } from '../runtime/tensor.ts'
import { clipSquares } from '../vision/preprocess.ts'
import { clipFeatures, oneSquare, squareKey, zeroFeatures } from './clip-features.ts'
import type { Workshop } from './workshop.ts'

/** A picture as an adapter reads it through CLIP; equal keys stand for equal features. */
export interface Look {
  readonly key: string
  /** Its embedding [1, p], or its states before the last layer [tokens, d]. */
  readonly features: Tensor
}

type Reads = NonNullable<AdapterReads['clip']>

/** Which of CLIP's results an adapter reads. */
const FEATURES = { embeds: 'image_embeds', penultimate: 'penultimate' } as const satisfies Record<Reads, string>

/** As many as a reference may have pictures. */
const MAX_SQUARES = 16

/** The pictures of a reference as an adapter reads them: one look at each, or for the fit "tile" one at each square along them. */
export async function looksAt(
  shop: Workshop,
  encoder: ImageEncoder,
  reads: Reads,
  pictures: readonly Raster[],
  fit: Fit,
  cropAt?: number,
): Promise<Look[]> {
  const seen = fit === 'tile' ? squaresAlong(pictures, encoder) : pictures
  const square = oneSquare(fit)
  const looks: Look[] = []
  for (const picture of seen) {
    const made = await clipFeatures(shop, encoder, picture, square, cropAt)
    const key = `${squareKey(picture, square, cropAt)} by ${encoder.identity}`
    looks.push({ key, features: made[FEATURES[reads]]! })
  }
  return looks
}

/** What stands for no picture: an embedding of zeros, or the states of a picture of zeros after normalisation. */
export async function noLook(shop: Workshop, encoder: ImageEncoder, reads: Reads): Promise<Look> {
  const key = `zeros by ${encoder.identity}`
  const { projectionSize } = encoder.config
  return reads === 'embeds'
    ? { key, features: { shape: [1, projectionSize], data: new Float32Array(projectionSize) } }
    : { key, features: (await zeroFeatures(shop, encoder))[FEATURES[reads]]! }
}

function squaresAlong(pictures: readonly Raster[], encoder: ImageEncoder): Raster[] {
  const squares = pictures.flatMap((picture) => clipSquares(picture, 'tile', encoder.config.imageSize))
  if (squares.length <= MAX_SQUARES) return squares
  throw new ImprintError(
    'recipe-invalid',
    `recipe.references: the pictures of one reference make ${squares.length} tiles; give fewer, so that there are at most ${MAX_SQUARES}.`,
  )
}
