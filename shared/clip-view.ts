import type { Fit } from './recipe.ts'

/** A picture longer than this many short sides shows its middle part when tiled. */
const LONGEST = 4

/** Where the square of the fit "crop" lies along the longer side unless told: in the middle. */
export const CENTRE = 0.5

/** A picture that is nearly square is one tile. */
const NEARLY_SQUARE = 4 / 3

interface Size {
  readonly width: number
  readonly height: number
}

/** A rectangle in pixels of a picture; it reaches beyond the picture where that lies between white bars. */
export interface ViewPart extends Size {
  readonly left: number
  readonly top: number
}

/** What CLIP gets to see of a picture: a part of it, resized so that its short side fits, and squares cut out of that. */
export interface ClipView {
  readonly part: ViewPart
  readonly resized: Size
  /** The corners of the squares in the resized part; each square is as large as its short side. */
  readonly corners: readonly { readonly left: number; readonly top: number }[]
}

/**
 * The squares of `size` pixels that CLIP gets to see: the picture's middle, or its square `cropAt` of the way along its long
 * side; all of it between white bars; or tiles along its long side, which overlap evenly, at most four of them.
 */
export function clipView(picture: Size, fit: Fit, size: number, cropAt = CENTRE): ClipView {
  switch (fit) {
    case 'crop':
      return viewOf({ left: 0, top: 0, ...sizeOf(picture) }, 1, size, cropAt)
    case 'pad':
      return viewOf(centred(picture, longSide(picture)), 1, size)
    case 'tile': {
      const part = middlePart(picture)
      const ratio = longSide(part) / shortSide(part)
      return viewOf(part, ratio <= NEARLY_SQUARE ? 1 : Math.ceil(ratio), size)
    }
  }
}

const sizeOf = ({ width, height }: Size): Size => ({ width, height })
const shortSide = ({ width, height }: Size): number => Math.min(width, height)
const longSide = ({ width, height }: Size): number => Math.max(width, height)

/** Squares along the long side, evenly from one end to the other, or a single one `at` of the way. */
function viewOf(part: ViewPart, squares: number, size: number, at = CENTRE): ClipView {
  const long = Math.trunc((size * longSide(part)) / shortSide(part))
  const wide = part.width > part.height
  const corners = Array.from({ length: squares }, (_, i) => {
    const from = squares === 1 ? Math.floor((long - size) * at) : Math.round((i * (long - size)) / (squares - 1))
    return { left: wide ? from : 0, top: wide ? 0 : from }
  })
  return { part, resized: { width: wide ? long : size, height: wide ? size : long }, corners }
}

/** A square around the middle. */
function centred({ width, height }: Size, side: number): ViewPart {
  // Never -0, which would be a place unlike 0 where places are compared.
  const before = (length: number): number => 0 - Math.floor((side - length) / 2)
  return { left: before(width), top: before(height), width: side, height: side }
}

/** The middle of a picture that is too long to be tiled whole. */
function middlePart(picture: Size): ViewPart {
  const longest = LONGEST * shortSide(picture)
  const [width, height] = [Math.min(picture.width, longest), Math.min(picture.height, longest)]
  const [left, top] = [Math.floor((picture.width - width) / 2), Math.floor((picture.height - height) / 2)]
  return { left, top, width, height }
}
