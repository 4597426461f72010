import { ImprintError } from '../../../shared/errors.ts'
import type { Raster } from '../../../shared/raster.ts'
import { onWhite } from '../preprocess.ts'
import { decodeFaces, letterbox } from './detection.ts'
import type { FaceNetworks } from './face-networks.ts'
import { areaOf, type Point, type SeenFace } from './geometry.ts'

/** A face that fills a picture is only seen where the picture is shown to the detector small. */
const SIDES = [640, 576, 512, 448, 384, 320] as const

/** All faces of a picture, surest first; none where there is none. */
export async function detectFaces(
  picture: Raster,
  { detector, detectorSide }: Pick<FaceNetworks, 'detector' | 'detectorSide'>,
): Promise<readonly SeenFace[]> {
  const opaque = onWhite(picture)
  const sides = detectorSide === undefined ? SIDES : [detectorSide]
  for (const side of sides) {
    const { input, scale } = letterbox(opaque, side)
    const faces = decodeFaces(await detector.run(input), side, scale)
    if (faces.length > 0) return faces
  }
  return []
}

/**
 * The one of a picture's faces that is meant: the largest, of several the largest whose middle is selected.
 * Throws `picture-invalid` where there is none.
 */
export function chooseFace(faces: readonly SeenFace[], isSelected: (at: Point) => boolean = () => true): SeenFace {
  // A lone face is meant wherever it is: what is selected may say no more than where a reference acts.
  const candidates = faces.length === 1 ? faces : faces.filter(({ box }) => isSelected(middleOf(box)))
  const [first, ...others] = candidates
  if (first) return others.reduce((largest, face) => (areaOf(face.box) > areaOf(largest.box) ? face : largest), first)
  throw new ImprintError(
    'picture-invalid',
    faces.length === 0
      ? 'No face is found in the reference; use a picture that shows one from the front, with some room around it.'
      : `None of the ${faces.length} faces in the reference lies inside the selection; select around one of them.`,
  )
}

const middleOf = ({ left, top, right, bottom }: SeenFace['box']): Point => ({
  x: (left + right) / 2,
  y: (top + bottom) / 2,
})
