import { ImprintError } from '../../../shared/errors.ts'
import type { Raster } from '../../../shared/raster.ts'
import { onWhite } from '../preprocess.ts'
import { cropFace } from './alignment.ts'
import { decodeFaces, letterbox } from './detection.ts'
import { embedFace } from './embedding.ts'
import type { FaceNetworks } from './face-networks.ts'
import { areaOf, type Box, type SeenFace } from './geometry.ts'

/** Which face of several: the one the detector is surest of, the largest, or the largest with its middle in a box. */
export type FaceChoice = 'surest' | 'largest' | { readonly inside: Box }

/** A face of a reference, with all that adapters for faces read. */
export interface FoundFace extends SeenFace {
  /** As the recogniser makes it: InstantID and "unnorm" adapters. [512] */
  readonly embedding: Float32Array
  /** Of length 1: FaceID adapters. [512] */
  readonly normedEmbedding: Float32Array
  /** Upright, for FaceID Plus with SD 1.5 and SDXL. */
  readonly crop224: Raster
  /** Upright with more room at the sides. */
  readonly crop256: Raster
}

/** A face that fills a picture is only seen where the picture is shown to the detector small. */
const SIDES = [640, 576, 512, 448, 384, 320] as const

/** All faces of a picture, surest first; none where there is none. */
export async function detectFaces(picture: Raster, networks: FaceNetworks): Promise<readonly SeenFace[]> {
  const opaque = onWhite(picture)
  const sides = networks.detectorSide === undefined ? SIDES : [networks.detectorSide]
  for (const side of sides) {
    const { input, scale } = letterbox(opaque, side)
    const faces = decodeFaces(await networks.detector.run(input), side, scale)
    if (faces.length > 0) return faces
  }
  return []
}

/** The chosen one of some faces. Throws `picture-invalid` where there is none. */
export function chooseFace(faces: readonly SeenFace[], choice: FaceChoice): SeenFace {
  const candidates = typeof choice === 'string' ? faces : faces.filter(({ box }) => holdsMiddle(choice.inside, box))
  const [first, ...others] = candidates
  if (!first) {
    throw new ImprintError(
      'picture-invalid',
      faces.length === 0
        ? 'No face is found in the reference; use a picture that shows one from the front, with some room around it.'
        : `None of the ${faces.length} faces in the reference lies inside the selection; select around one of them.`,
    )
  }
  if (choice === 'surest') return first
  return others.reduce((largest, face) => (areaOf(face.box) > areaOf(largest.box) ? face : largest), first)
}

function holdsMiddle(outer: Box, { left, top, right, bottom }: Box): boolean {
  const [x, y] = [(left + right) / 2, (top + bottom) / 2]
  return x >= outer.left && x < outer.right && y >= outer.top && y < outer.bottom
}

/** Finds a face in a picture, cuts it out upright and says whose it is. Throws `picture-invalid` where there is none. */
export async function findFace(picture: Raster, networks: FaceNetworks, choice: FaceChoice): Promise<FoundFace> {
  const opaque = onWhite(picture)
  const face = chooseFace(await detectFaces(opaque, networks), choice)
  const crop = (side: 112 | 224 | 256) => cropFace(opaque, face.keyPoints, side)
  const { raw, normed } = await embedFace(crop(112), networks)
  return { ...face, embedding: raw, normedEmbedding: normed, crop224: crop(224), crop256: crop(256) }
}
