import { ImprintError } from '../../shared/errors.ts'
import type { Raster } from '../../shared/raster.ts'
import type { FacePackKind } from '../models/face-pack.ts'
import type { AdapterWithEncoder } from '../models/library.ts'
import { adapterReads } from '../networks/ip-adapter/config.ts'
import type { Tensor } from '../runtime/tensor.ts'
import { normed } from '../vision/faces/embedding.ts'
import type { Point } from '../vision/faces/geometry.ts'
import { faceIn } from './faces.ts'
import { contentKey } from './keep.ts'
import type { Workshop } from './workshop.ts'

/** A face as an adapter reads it; equal keys stand for equal faces. */
export interface ReadFace {
  readonly key: string
  /** [1, faceWidth] */
  readonly face: Tensor
}

/** A face, and where it was seen. */
export interface SeenInPicture extends ReadFace {
  readonly keyPoints: readonly Point[]
  readonly picture: Raster
}

/**
 * The faces of some pictures, one of each, in the form an adapter reads. Throws `model-missing`, `picture-invalid`, or
 * `recipe-invalid` where the adapter reads faces of another recogniser.
 */
export async function facesInPictures(
  shop: Workshop,
  from: AdapterWithEncoder,
  pack: FacePackKind,
  pictures: readonly Raster[],
  mask: Raster | undefined,
): Promise<SeenInPicture[]> {
  const faces: SeenInPicture[] = []
  for (const picture of pictures) {
    const { embedding, keyPoints } = await faceIn(shop, pack, picture, mask)
    faces.push({ ...asRead(from, embedding), keyPoints, picture })
  }
  return faces
}

/** Faces that came as numbers, a row each; throws `recipe-invalid` where there are not as many numbers as the adapter reads. */
export const givenFaces = (from: AdapterWithEncoder, rows: readonly Float32Array[]): ReadFace[] =>
  rows.map((row) => asRead(from, row))

/** What stands for no face: zeros. */
export const noFace = ({ adapter }: AdapterWithEncoder): ReadFace => keyed(new Float32Array(widthOf(adapter)))

type Adapter = AdapterWithEncoder['adapter']

const widthOf = ({ config }: Adapter): number => ('faceWidth' in config ? config.faceWidth : 0)

function asRead({ name, adapter }: AdapterWithEncoder, embedding: Float32Array): ReadFace {
  const width = widthOf(adapter)
  if (embedding.length === width)
    return keyed(adapterReads(adapter.config).face === 'normed' ? normed(embedding) : embedding)
  throw new ImprintError(
    'recipe-invalid',
    `recipe.references.adapter: "${name}" reads faces of ${width} numbers, and this one has ${embedding.length}. Name an adapter for such faces.`,
  )
}

const keyed = (data: Float32Array): ReadFace => ({
  key: `face ${contentKey(data)}`,
  face: { shape: [1, data.length], data },
})
