/** A place in a picture, in pixels from its upper left corner. */
export interface Point {
  readonly x: number
  readonly y: number
}

/** A rectangle of a picture, in pixels. */
export interface Box {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

/** A face where a detector saw it, in pixels of the picture. */
export interface SeenFace {
  readonly box: Box
  /** How sure the detector is, 0 to 1. */
  readonly score: number
  /** Left eye, right eye, nose, left and right corner of the mouth, as the viewer sees them. */
  readonly keyPoints: readonly Point[]
}

/** Square pixels inside a box. */
export const areaOf = ({ left, top, right, bottom }: Box): number => (right - left) * (bottom - top)
