import type { Raster } from '../../../shared/raster.ts'
import type { Point } from './geometry.ts'

type Colour = readonly [red: number, green: number, blue: number]

/** Of left eye, right eye, nose, left and right corner of the mouth. */
const COLOURS: readonly Colour[] = [
  [255, 0, 0],
  [0, 255, 0],
  [0, 0, 255],
  [255, 255, 0],
  [255, 0, 255],
]

/** Every other point is joined to the nose, in the colour of the first of the two. */
const NOSE = 2
const LIMBS = [0, 1, 3, 4] as const

const LIMB_HALF_WIDTH = 4
/** OpenCV also fills what a limb's outline touches: this much more gives the pixels nearest to its own (3 in 100 differ). */
const LIMB_OUTLINE = 0.6
const LIMB_DIMMING = 0.6
const POINT_RADIUS = 10

/** The five points of a face as InstantID's ControlNet was taught to read them, on black, at the picture's size. */
export function drawKeyPoints(keyPoints: readonly Point[], size: Pick<Raster, 'width' | 'height'>): Raster {
  const data = new Uint8Array(3 * size.width * size.height)
  const picture: Raster = { ...size, channels: 3, data }
  for (const limb of LIMBS) {
    const ellipse = limbBetween(keyPoints[limb]!, keyPoints[NOSE]!)
    fill(picture, ellipse, dimmed(COLOURS[limb]!))
  }
  keyPoints.forEach(({ x, y }, i) => {
    const middle = { x: Math.trunc(x), y: Math.trunc(y) }
    fill(picture, { middle, along: POINT_RADIUS, across: POINT_RADIUS, angle: 0 }, COLOURS[i]!)
  })
  return picture
}

const dimmed = ([red, green, blue]: Colour): Colour => [
  Math.trunc(red * LIMB_DIMMING),
  Math.trunc(green * LIMB_DIMMING),
  Math.trunc(blue * LIMB_DIMMING),
]

/** A filled ellipse: its middle and half axes in pixels, the first turned by the angle (radians). */
interface Ellipse {
  readonly middle: Point
  readonly along: number
  readonly across: number
  readonly angle: number
}

/** Whole pixels and whole degrees, as the pictures the network was taught with were drawn. */
function limbBetween(a: Point, b: Point): Ellipse {
  const degrees = Math.trunc((Math.atan2(a.y - b.y, a.x - b.x) * 180) / Math.PI)
  return {
    middle: { x: Math.trunc((a.x + b.x) / 2), y: Math.trunc((a.y + b.y) / 2) },
    along: Math.trunc(Math.hypot(a.x - b.x, a.y - b.y) / 2) + LIMB_OUTLINE,
    across: LIMB_HALF_WIDTH + LIMB_OUTLINE,
    angle: (degrees * Math.PI) / 180,
  }
}

function fill({ width, height, data }: Raster, { middle, along, across, angle }: Ellipse, colour: Colour): void {
  const reach = Math.ceil(Math.max(along, across))
  const [cosine, sine] = [Math.cos(angle), Math.sin(angle)]
  for (let y = Math.max(0, middle.y - reach); y <= Math.min(height - 1, middle.y + reach); y++) {
    for (let x = Math.max(0, middle.x - reach); x <= Math.min(width - 1, middle.x + reach); x++) {
      const [dx, dy] = [x - middle.x, y - middle.y]
      const u = (dx * cosine + dy * sine) / along
      const v = (dy * cosine - dx * sine) / across
      if (u * u + v * v <= 1) data.set(colour, 3 * (y * width + x))
    }
  }
}
