import { ImprintError } from '../../../shared/errors.ts'
import type { Raster } from '../../../shared/raster.ts'
import type { FaceNetworks } from './face-networks.ts'
import { planesOf } from '../planes.ts'

/** How long a face's vector is. */
const EMBEDDING_SIZE = 512

/** How ArcFace takes pixels, unless its graph begins with this itself. */
const NORMALISED = { mean: 127.5, scale: 127.5 } as const
const RAW = { mean: 0, scale: 1 } as const

/** Whose face an upright crop of 112 pixels shows: 512 numbers. Throws `model-unsupported` where the network makes no such vector. */
export async function embedFace(
  crop: Raster,
  { recogniser, takesRawPixels }: Pick<FaceNetworks, 'recogniser' | 'takesRawPixels'>,
): Promise<Float32Array> {
  const data = planesOf(crop, takesRawPixels ? RAW : NORMALISED)
  const [output] = await recogniser.run({ shape: [1, 3, crop.height, crop.width], data })
  const embedding = output?.data
  if (embedding?.length === EMBEDDING_SIZE && lengthOf(embedding) > 0) return embedding
  throw new ImprintError(
    'model-unsupported',
    `The face recogniser puts out no vector of ${EMBEDDING_SIZE} numbers; use the one of buffalo_l or antelopev2.`,
  )
}

/** The same direction at length 1, as FaceID's adapters read a face. Throws `picture-invalid` where a vector has none. */
export function normed(embedding: Float32Array): Float32Array {
  const length = lengthOf(embedding)
  if (length > 0) return embedding.map((value) => value / length)
  throw new ImprintError('picture-invalid', "The face's numbers are all zero, or no numbers. Use another face.")
}

/** 0 for a vector that holds what is no number. */
function lengthOf(embedding: Float32Array): number {
  const length = Math.hypot(...embedding)
  return Number.isFinite(length) ? length : 0
}
