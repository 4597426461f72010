import type { Raster } from '../../../shared/raster.ts'
import { onWhite } from '../../vision/preprocess.ts'
import { resizeBicubic } from '../../vision/resize.ts'
import type { Painter } from './painter.ts'
import type { Plan } from './plan.ts'
import type { Reference, References } from './references.ts'

/** Things that differ in form and colour. */
const PROMPTS = ['fox', 'house', 'banana', 'fish', 'rocket', 'guitar', 'tulip', 'cactus']
/** How many references of trained styles, beside an icon and a photograph that the model never saw. */
const TRAINED_STYLES = 4
const SEED = 7
/** Side of a picture on the sheet. */
const SIDE = 128

/** What stands where on a sheet, in words. */
export const SHEET_ORDER = `left the reference, a row for each weight; across: ${PROMPTS.join(', ')}`

/** Eight prompts by six references by all weights, at most `few` prompts and references. */
export async function contactSheet(
  painter: Painter,
  references: References,
  { weights }: Plan,
  few = Infinity,
): Promise<Raster> {
  const prompts = PROMPTS.slice(0, few)
  const unreferenced: Raster[] = []
  for (const prompt of prompts) unreferenced.push(await painter.paint({ prompt, seed: SEED }))
  const rows: Raster[][] = []
  for (const { picture } of chosen(references).slice(0, few)) {
    for (const weight of weights) {
      const row: Raster[] = [picture]
      for (const [i, prompt] of prompts.entries()) {
        // No weight is no reference, whichever it is.
        row.push(
          weight === 0 ? unreferenced[i]! : await painter.paint({ prompt, seed: SEED, reference: { picture, weight } }),
        )
      }
      rows.push(row)
    }
  }
  return tiled(rows)
}

/** One reference of each of some styles, an icon that was kept out of training, and a photograph. */
function chosen({ trained, unseen, photographs }: References): readonly Reference[] {
  const byStyle = new Map(trained.map((reference) => [reference.style, reference]))
  return [...[...byStyle.values()].slice(0, TRAINED_STYLES), unseen[0]!, photographs.at(-1)!]
}

/** Pictures in rows, each made as large as a place of the sheet. */
function tiled(rows: readonly (readonly Raster[])[]): Raster {
  const width = rows[0]!.length * SIDE
  const data = new Uint8Array(3 * width * rows.length * SIDE)
  rows.forEach((row, y) => {
    row.forEach((picture, x) => {
      const small = resizeBicubic(onWhite(picture), { width: SIDE, height: SIDE }).data
      for (let line = 0; line < SIDE; line++) {
        data.set(small.subarray(3 * line * SIDE, 3 * (line + 1) * SIDE), 3 * ((y * SIDE + line) * width + x * SIDE))
      }
    })
  })
  return { width, height: rows.length * SIDE, channels: 3, data }
}
