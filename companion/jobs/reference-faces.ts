import { createHash } from 'node:crypto'
import { ImprintError } from '../../shared/errors.ts'
import type { Raster } from '../../shared/raster.ts'
import { facePackFor } from '../models/face-pack.ts'
import type { AdapterWithEncoder } from '../models/library.ts'
import { adapterReads } from '../networks/ip-adapter/config.ts'
import type { Tensor } from '../runtime/tensor.ts'
import { normed } from '../vision/faces/embedding.ts'
import type { Point } from '../vision/faces/geometry.ts'
import { clipCrop, faceIn } from './faces.ts'
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
  /** Upright, as FaceID Plus shows it to CLIP. */
  readonly crop: Raster
}

/** The faces of some pictures, one of each, in the form an adapter reads. Throws `model-missing` or `picture-invalid`. */
export async function facesInPictures(
  shop: Workshop,
  { adapter }: AdapterWithEncoder,
  pictures: readonly Raster[],
  mask: Raster | undefined,
): Promise<SeenInPicture[]> {
  const faces: SeenInPicture[] = []
  for (const picture of pictures) {
    const face = await faceIn(shop, facePackFor(adapter), picture, mask)
    const read = asRead(adapter, face.embedding)
    faces.push({ ...read, keyPoints: face.keyPoints, picture, crop: clipCrop(picture, face) })
  }
  return faces
}

/** Faces that came as numbers, a row each; throws `recipe-invalid` where there are not as many as the adapter reads. */
export function givenFaces({ name, adapter }: AdapterWithEncoder, rows: readonly Float32Array[]): ReadFace[] {
  const width = widthOf(adapter)
  const other = rows.find(({ length }) => length !== width)
  if (!other) return rows.map((row) => asRead(adapter, row))
  throw new ImprintError(
    'recipe-invalid',
    `recipe.references.embedding: the face has ${other.length} numbers, and the adapter "${name}" reads ${width}. Give a face made for it.`,
  )
}

/** What stands for no face: zeros. */
export const noFace = ({ adapter }: AdapterWithEncoder): ReadFace => keyed(new Float32Array(widthOf(adapter)))

type Adapter = AdapterWithEncoder['adapter']

const widthOf = ({ config }: Adapter): number => ('faceWidth' in config ? config.faceWidth : 0)

const asRead = ({ config }: Adapter, embedding: Float32Array): ReadFace =>
  keyed(adapterReads(config).face === 'normed' ? normed(embedding) : embedding)

const keyed = (data: Float32Array): ReadFace => ({
  key: `face ${createHash('sha256').update(data).digest('hex')}`,
  face: { shape: [1, data.length], data },
})
