import type { Raster } from '../../shared/raster.ts'
import type { FacePack, FacePackKind } from '../models/face-pack.ts'
import { fileIdentity } from '../models/part.ts'
import { cropFace } from '../vision/faces/alignment.ts'
import { embedFace } from '../vision/faces/embedding.ts'
import type { FaceNetworks } from '../vision/faces/face-networks.ts'
import { chooseFace, detectFaces } from '../vision/faces/find-face.ts'
import type { Point, SeenFace } from '../vision/faces/geometry.ts'
import { selectionIn } from '../vision/faces/selection.ts'
import { onWhite } from '../vision/preprocess.ts'
import { pictureKey } from './keep.ts'
import type { Workshop } from './workshop.ts'

/** A face in a picture, and whose it is. */
export interface Face {
  /** As the recogniser makes it.  [512] */
  readonly embedding: Float32Array
  /** Eyes, nose and corners of the mouth, in pixels of the picture. */
  readonly keyPoints: readonly Point[]
}

/**
 * The largest face of a picture, or of several the largest under the mask, through the networks of an InsightFace pack.
 * What they see is kept by content. Throws `model-missing` without the pack, `picture-invalid` without a face.
 */
export async function faceIn(
  shop: Workshop,
  kind: FacePackKind,
  picture: Raster,
  mask: Raster | undefined,
): Promise<Face> {
  const pack = shop.library.facePack(kind)
  const name = pictureKey(picture)
  const faces = await facesOf(shop, pack, picture, name)
  const { keyPoints } = chooseFace(faces, mask && selectionIn(mask, picture))
  const place = keyPoints.map(({ x, y }) => `${x},${y}`).join(' ')
  const { embedding } = await shop.keep.get(
    `face at ${place} of ${name} by ${fileIdentity(pack.recogniser)}`,
    async () => {
      const data = await embedFace(cropFace(onWhite(picture), keyPoints, RECOGNISED), networksOf(shop, pack))
      return { embedding: { shape: [data.length], data } }
    },
  )
  return { embedding: embedding!.data, keyPoints }
}

/** The square that FaceID Plus shows to CLIP: a face upright, framed as the recogniser sees it but larger. */
export const clipCrop = (picture: Raster, { keyPoints }: Pick<Face, 'keyPoints'>): Raster =>
  cropFace(onWhite(picture), keyPoints, SHOWN)

/** Pixels a side of what the recogniser reads, and of what CLIP is shown. */
const RECOGNISED = 112
const SHOWN = 224

/** Numbers kept of a face: how sure it is, its box, its five points. */
const NUMBERS = 15

async function facesOf(shop: Workshop, pack: FacePack, picture: Raster, name: string): Promise<readonly SeenFace[]> {
  const { faces } = await shop.keep.get(`faces of ${name} by ${fileIdentity(pack.detector)}`, async () => {
    const seen = await detectFaces(picture, networksOf(shop, pack))
    return { faces: { shape: [seen.length, NUMBERS], data: Float32Array.from(seen.flatMap(toNumbers)) } }
  })
  const { shape, data } = faces!
  return Array.from({ length: shape[0]! }, (_, i) => fromNumbers(data.subarray(i * NUMBERS, (i + 1) * NUMBERS)))
}

const toNumbers = ({ score, box, keyPoints }: SeenFace): number[] => [
  score,
  box.left,
  box.top,
  box.right,
  box.bottom,
  ...keyPoints.flatMap(({ x, y }) => [x, y]),
]

function fromNumbers([score = 0, left = 0, top = 0, right = 0, bottom = 0, ...points]: Float32Array): SeenFace {
  const keyPoints = Array.from({ length: points.length / 2 }, (_, k) => ({ x: points[2 * k]!, y: points[2 * k + 1]! }))
  return { score, box: { left, top, right, bottom }, keyPoints }
}

const networksOf = ({ networks }: Workshop, { detector, recogniser, ...pack }: FacePack): FaceNetworks => ({
  ...pack,
  detector: { run: (input) => networks.runStored('face-detector', detector, input) },
  recogniser: { run: (input) => networks.runStored('face-recogniser', recogniser, input) },
})
