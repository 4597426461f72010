import type { Plane } from './resample.ts'

/** Three box blurs in a row are as good as a Gaussian one. */
const PASSES = 3

/**
 * A mask that fades over `radius` pixels on either side of its edges, as Photoshop's own Feather does: what is at the edge of
 * the plane goes on beyond it. The time does not depend on the radius.
 */
export function feathered(mask: Plane, radius: number): Plane {
  const box = Math.round(radius / PASSES)
  if (box < 1) return mask
  const { width, height } = mask
  let data = Float32Array.from(mask.data)
  for (let pass = 0; pass < PASSES; pass++) {
    data = blurred(data, { lines: height, length: width, line: width, step: 1 }, box)
    data = blurred(data, { lines: width, length: height, line: 1, step: width }, box)
  }
  return { ...mask, data: Uint8Array.from(data, (value) => Math.round(value)) }
}

/** How the samples of a plane are walked through, line by line. */
interface Walk {
  readonly lines: number
  readonly length: number
  readonly line: number
  readonly step: number
}

/** Each sample becomes the mean of those up to `box` beside it on its line. */
function blurred(from: Float32Array, { lines, length, line, step }: Walk, box: number): Float32Array<ArrayBuffer> {
  const out = new Float32Array(from.length)
  for (let l = 0; l < lines; l++) {
    const at = (i: number): number => from[l * line + Math.min(length - 1, Math.max(0, i)) * step]!
    let sum = 0
    for (let i = -box; i <= box; i++) sum += at(i)
    for (let i = 0; i < length; i++) {
      out[l * line + i * step] = sum / (2 * box + 1)
      sum += at(i + box + 1) - at(i - box)
    }
  }
  return out
}
