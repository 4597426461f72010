import * as z from 'zod'
import type { Raster } from './raster.ts'

/** Cells of the grid on each side. */
const SIDE = 12
const BYTES = SIDE * SIDE * 3

/** How a picture looks, short enough to hold against thousands: the mean colours of a grid over it on white, as hex. */
export const lookSchema = z.string().regex(new RegExp(`^[0-9a-f]{${2 * BYTES}}$`))

/** The look of a picture; it hardly changes where the picture is scaled or saved at another depth. */
export function lookOf(picture: Raster): string {
  const means: number[] = []
  for (let row = 0; row < SIDE; row++)
    for (let column = 0; column < SIDE; column++) means.push(...cellMean(picture, row, column))
  return means.map((mean) => Math.min(255, Math.round(mean)).toString(16).padStart(2, '0')).join('')
}

/** How far two looks are apart: the mean difference of their colours, in 255ths. */
export function lookDistance(one: string, other: string): number {
  let sum = 0
  for (let i = 0; i < BYTES; i++) sum += Math.abs(byteAt(one, i) - byteAt(other, i))
  return sum / BYTES
}

const byteAt = (look: string, i: number): number => Number.parseInt(look.slice(2 * i, 2 * i + 2), 16)

function cellMean({ width, height, channels, data }: Raster, row: number, column: number): number[] {
  const sums = [0, 0, 0]
  const columns = covered(column, width)
  for (const [y, tall] of covered(row, height)) {
    for (const [x, wide] of columns) {
      const at = (y * width + x) * channels
      const alpha = channels === 4 ? data[at + 3]! / 255 : 1
      for (let c = 0; c < 3; c++) sums[c]! += tall * wide * (data[at + c]! * alpha + 255 * (1 - alpha))
    }
  }
  const area = (width / SIDE) * (height / SIDE)
  return sums.map((sum) => sum / area)
}

/** The samples that a cell covers, and how much of each. */
function covered(cell: number, length: number): (readonly [sample: number, share: number])[] {
  const from = (cell * length) / SIDE
  const to = ((cell + 1) * length) / SIDE
  const samples: (readonly [number, number])[] = []
  for (let sample = Math.floor(from); sample < Math.min(length, to); sample++) {
    samples.push([sample, Math.min(to, sample + 1) - Math.max(from, sample)])
  }
  return samples
}
