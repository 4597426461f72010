import { ImprintError } from '../../../shared/errors.ts'
import type { Raster } from '../../../shared/raster.ts'
import type { Numbers } from './face-networks.ts'
import { areaOf, type Box, type SeenFace } from './geometry.ts'
import { planesOf } from '../planes.ts'
import { resizeBilinear } from './resize-bilinear.ts'

/** SCRFD looks at a picture on three grids, this many pixels apart, twice at every point. */
const STRIDES = [8, 16, 32] as const
const ANCHORS = 2

const SCORE_THRESHOLD = 0.5
/** Two boxes that share more than this part of their area show one face. */
const OVERLAP_THRESHOLD = 0.4

/** How SCRFD's detectors take pixels. */
const PIXELS = { mean: 127.5, scale: 128 } as const

/** A picture in the upper left corner of a square, the rest black. `scale` is the square's pixels per picture pixel. */
export function letterbox(picture: Raster, side: number): { input: Numbers; scale: number } {
  const ratio = picture.height / picture.width
  const size =
    ratio > 1
      ? { width: Math.max(1, Math.trunc(side / ratio)), height: side }
      : { width: side, height: Math.max(1, Math.trunc(side * ratio)) }
  const data = planesOf(resizeBilinear(picture, size), PIXELS, { width: side, height: side })
  return { input: { shape: [1, 3, side, side], data }, scale: size.height / picture.height }
}

/**
 * The faces in what an SCRFD detector with key points put out for a square of that side, surest first, each once.
 * Outputs are told apart by their shapes: [A, 1] scores, [A, 4] boxes, [A, 10] key points for each grid, with or
 * without a leading 1. Throws `model-unsupported` where one is missing.
 */
export function decodeFaces(outputs: readonly Numbers[], side: number, scale: number): readonly SeenFace[] {
  const seen = STRIDES.flatMap((stride) => {
    const columns = Math.floor(side / stride)
    const count = ANCHORS * columns * columns
    const [scores, boxes, points] = [1, 4, 10].map((width) => outputOf(outputs, count, width))
    return Array.from({ length: count }, (_, i) => i)
      .filter((i) => scores![i]! >= SCORE_THRESHOLD)
      .map((i) => {
        const cell = Math.floor(i / ANCHORS)
        const [x, y] = [(cell % columns) * stride, Math.floor(cell / columns) * stride]
        const from = (values: Float32Array, at: number, origin: number, sign: number) =>
          (origin + sign * stride * values[at]!) / scale
        return {
          score: scores![i]!,
          box: {
            left: from(boxes!, 4 * i, x, -1),
            top: from(boxes!, 4 * i + 1, y, -1),
            right: from(boxes!, 4 * i + 2, x, 1),
            bottom: from(boxes!, 4 * i + 3, y, 1),
          },
          keyPoints: Array.from({ length: 5 }, (_, k) => ({
            x: from(points!, 10 * i + 2 * k, x, 1),
            y: from(points!, 10 * i + 2 * k + 1, y, 1),
          })),
        }
      })
  })
  return withoutRepeats(seen.filter(isFinite).sort((a, b) => b.score - a.score))
}

function outputOf(outputs: readonly Numbers[], count: number, width: number): Float32Array {
  const found = outputs.find(({ shape, data }) => shape.at(-1) === width && data.length === count * width)
  if (found) return found.data
  throw new ImprintError(
    'model-unsupported',
    `The face detector puts out no [${count}, ${width}]; use one with key points, as in buffalo_l or antelopev2.`,
  )
}

const isFinite = ({ box, keyPoints }: SeenFace): boolean =>
  [...(Object.values(box) as number[]), ...keyPoints.flatMap(({ x, y }) => [x, y])].every(Number.isFinite)

/** Of boxes that lie over each other, the surest. */
function withoutRepeats(sorted: readonly SeenFace[]): readonly SeenFace[] {
  const kept: SeenFace[] = []
  for (const face of sorted) {
    if (kept.every((other) => overlap(face.box, other.box) <= OVERLAP_THRESHOLD)) kept.push(face)
  }
  return kept
}

/** The shared part of two boxes' area, their last pixels counted in. */
function overlap(a: Box, b: Box): number {
  const counted = ({ left, top, right, bottom }: Box) => ({ left, top, right: right + 1, bottom: bottom + 1 })
  const shared = {
    left: Math.max(a.left, b.left),
    top: Math.max(a.top, b.top),
    right: Math.min(a.right, b.right),
    bottom: Math.min(a.bottom, b.bottom),
  }
  const inside = counted(shared)
  const area = Math.max(0, inside.right - inside.left) * Math.max(0, inside.bottom - inside.top)
  return area / (areaOf(counted(a)) + areaOf(counted(b)) - area)
}
