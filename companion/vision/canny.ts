import type { Raster } from '../../shared/raster.ts'

/** What counts as an edge (OpenCV's cv2.Canny). */
export interface CannyOptions {
  /** Slopes above this belong to an edge where they touch one. */
  readonly low: number
  /** Slopes above this start an edge. */
  readonly high: number
  /** `l1`: |dx| + |dy|, OpenCV's default; `l2`: the length of (dx, dy). */
  readonly norm: 'l1' | 'l2'
}

/**
 * Edges as cv2.Canny finds them with its 3 x 3 Sobel, to the bit: white lines one pixel wide on black, the same size.
 * Of a pixel's three channels the steepest counts; how opaque it is does not.
 */
export function canny(picture: Raster, options: CannyOptions): Raster {
  const { width, height } = picture
  const found = connected(ridges(slopes(picture, options.norm), width, height, thresholds(options)), width, height)
  const data = new Uint8Array(3 * width * height)
  found.forEach((state, i) => data.fill(state === STRONG ? 255 : 0, 3 * i, 3 * i + 3))
  return { width, height, channels: 3, data }
}

/** Slopes along x and y, and their size, of every pixel. */
interface Slopes {
  readonly dx: Int16Array
  readonly dy: Int16Array
  readonly size: Int32Array
}

/** What a pixel is to an edge, besides nothing. */
const WEAK = 1
const STRONG = 2
/** tan(22.5°) with 15 fractional bits, as OpenCV rounds it. */
const TAN_22 = 13573
const FRACTION = 15
/** OpenCV limits squared thresholds to what fits. */
const HIGHEST = 32767

/** Lower and upper bound in the unit of the slopes' sizes. */
function thresholds({ low, high, norm }: CannyOptions): { low: number; high: number } {
  const unit = (value: number) => Math.floor(norm === 'l2' ? Math.min(HIGHEST, Math.max(0, value)) ** 2 : value)
  return { low: unit(Math.min(low, high)), high: unit(Math.max(low, high)) }
}

/** Sobel's slopes, with the border's pixels repeated outwards. */
function slopes({ width, height, channels, data }: Raster, norm: CannyOptions['norm']): Slopes {
  const made = {
    dx: new Int16Array(width * height),
    dy: new Int16Array(width * height),
    size: new Int32Array(width * height).fill(-1),
  }
  for (let y = 0; y < height; y++) {
    const rows = [Math.max(y - 1, 0), y, Math.min(y + 1, height - 1)].map((row) => row * width)
    for (let x = 0; x < width; x++) {
      const columns = [Math.max(x - 1, 0), x, Math.min(x + 1, width - 1)]
      const i = y * width + x
      for (let c = 0; c < 3; c++) {
        const at = (row: number, column: number) => data[channels * (rows[row]! + columns[column]!) + c]!
        const dx = at(0, 2) + 2 * at(1, 2) + at(2, 2) - at(0, 0) - 2 * at(1, 0) - at(2, 0)
        const dy = at(2, 0) + 2 * at(2, 1) + at(2, 2) - at(0, 0) - 2 * at(0, 1) - at(0, 2)
        const size = norm === 'l2' ? dx * dx + dy * dy : Math.abs(dx) + Math.abs(dy)
        if (size <= made.size[i]!) continue
        made.dx[i] = dx
        made.dy[i] = dy
        made.size[i] = size
      }
    }
  }
  return made
}

/** Pixels steeper than their neighbours across the edge: strong ones start an edge, weak ones may continue it. */
function ridges(
  { dx, dy, size }: Slopes,
  width: number,
  height: number,
  { low, high }: { low: number; high: number },
): Uint8Array {
  const states = new Uint8Array(width * height)
  const at = (x: number, y: number) => (x < 0 || y < 0 || x >= width || y >= height ? 0 : size[y * width + x]!)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = y * width + x
      const steep = size[i]!
      if (steep <= low) continue
      const across = Math.abs(dx[i]!)
      const down = Math.abs(dy[i]!) * 2 ** FRACTION
      const flat = across * TAN_22
      // tan(67.5°) = tan(22.5°) + 2
      const upright = flat + across * 2 ** (FRACTION + 1)
      const s = dx[i]! < 0 !== dy[i]! < 0 ? -1 : 1
      const highest =
        down < flat
          ? steep > at(x - 1, y) && steep >= at(x + 1, y)
          : down > upright
            ? steep > at(x, y - 1) && steep >= at(x, y + 1)
            : steep > at(x - s, y - 1) && steep > at(x + s, y + 1)
      if (highest) states[i] = steep > high ? STRONG : WEAK
    }
  }
  return states
}

/** Weak pixels that touch an edge, over any number of others, become part of it. */
function connected(states: Uint8Array, width: number, height: number): Uint8Array {
  const found = states.slice()
  const open: number[] = []
  found.forEach((state, i) => state === STRONG && open.push(i))
  for (let i = open.pop(); i !== undefined; i = open.pop()) {
    const [x, y] = [i % width, Math.floor(i / width)]
    for (let ny = Math.max(y - 1, 0); ny <= Math.min(y + 1, height - 1); ny++) {
      for (let nx = Math.max(x - 1, 0); nx <= Math.min(x + 1, width - 1); nx++) {
        const n = ny * width + nx
        if (found[n] !== WEAK) continue
        found[n] = STRONG
        open.push(n)
      }
    }
  }
  return found
}
