import { ImprintError } from '../../../shared/errors.ts'
import type { Raster } from '../../../shared/raster.ts'
import type { FaceNetworks } from './face-networks.ts'
import { planesOf } from '../planes.ts'

/** How long a face's vector is. */
const EMBEDDING_SIZE = 512

/** How ArcFace takes pixels, unless its graph begins with this itself. */
const NORMALISED = { mean: 127.5, scale: 127.5 } as const
const RAW = { mean: 0, scale: 1 } as const

/** Who a face is, as a vector of 512 numbers: `raw` as the network makes it, `normed` of length 1. */
export interface FaceEmbedding {
  readonly raw: Float32Array
  readonly normed: Float32Array
}

/** Whose face an upright crop of 112 pixels shows. Throws `model-unsupported` where the network makes no such vector. */
export async function embedFace(
  crop: Raster,
  { recogniser, takesRawPixels }: Pick<FaceNetworks, 'recogniser' | 'takesRawPixels'>,
): Promise<FaceEmbedding> {
  const data = planesOf(crop, takesRawPixels ? RAW : NORMALISED)
  const [output] = await recogniser.run({ shape: [1, 3, crop.height, crop.width], data })
  const raw = output?.data
  const length = raw?.length === EMBEDDING_SIZE ? Math.hypot(...raw) : NaN
  if (!raw || !(length > 0 && length < Infinity)) {
    throw new ImprintError(
      'model-unsupported',
      `The face recogniser puts out no vector of ${EMBEDDING_SIZE} numbers; use the one of buffalo_l or antelopev2.`,
    )
  }
  return { raw, normed: raw.map((value) => value / length) }
}
