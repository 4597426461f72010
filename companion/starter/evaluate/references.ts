import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import type { Raster } from '../../../shared/raster.ts'
import { readPicture } from '../../cli/pictures.ts'
import { onWhite } from '../../vision/preprocess.ts'

/** A picture to be like, and what it shows where that is known. */
export interface Reference {
  readonly concept?: string
  readonly style?: string
  readonly picture: Raster
}

export interface References {
  /** Icons of the styles the model was trained on, style by style, two on white and two on a coloured ground in turn. */
  readonly trained: readonly Required<Reference>[]
  /** What it never saw: icons of another set, a flat colour, a gradient, a layer that is mostly transparent. */
  readonly unseen: readonly Reference[]
  /** Neither did it see any of these. */
  readonly photographs: readonly Reference[]
}

const FOLDER = join(import.meta.dirname, 'references')
/** Side of every picture on the sheets. */
const SIDE = 128

const icons = z.array(z.object({ concept: z.string(), style: z.string() }))
const list = z.object({ trained: icons, unseen: icons, photographs: z.array(z.object({ concept: z.string() })) })

type Colour = readonly [number, number, number]

/** Grounds, in turn. */
const GROUNDS: readonly Colour[] = [
  [245, 214, 120],
  [150, 200, 240],
  [240, 150, 150],
  [160, 215, 160],
  [200, 170, 230],
]

/** The pictures that come with the measurement, and those made here; licences are in references/LICENSES.md. */
export async function readReferences(): Promise<References> {
  const named = list.parse(JSON.parse(readFileSync(join(FOLDER, 'references.json'), 'utf8')))
  const [trained, unseen, photographs] = await Promise.all([
    cutFrom('trained', named.trained),
    cutFrom('unseen', named.unseen),
    cutFrom('photographs', named.photographs),
  ])
  return {
    trained: trained.map((reference, i) => ({
      ...reference,
      picture: i % 4 < 2 ? onWhite(reference.picture) : onColour(reference.picture, GROUNDS[i % GROUNDS.length]!),
    })),
    unseen: [...unseen, { picture: flat([64, 140, 160]) }, { picture: gradient() }, { picture: mostlyTransparent() }],
    photographs,
  }
}

/** The pictures of a sheet, with what is known of each. */
async function cutFrom<Known extends object>(sheet: string, known: readonly Known[]) {
  const whole = await readPicture(join(FOLDER, `${sheet}.png`))
  return known.map((one, i) => ({ ...one, picture: cell(whole, i) }))
}

/** Picture `i` of a sheet, row by row. */
function cell({ width, channels, data }: Raster, i: number): Raster {
  const columns = width / SIDE
  const [left, top] = [(i % columns) * SIDE, Math.floor(i / columns) * SIDE]
  const cut = new Uint8Array(SIDE * SIDE * channels)
  for (let y = 0; y < SIDE; y++) {
    const start = ((top + y) * width + left) * channels
    cut.set(data.subarray(start, start + SIDE * channels), y * SIDE * channels)
  }
  return { width: SIDE, height: SIDE, channels, data: cut }
}

function onColour({ width, height, data }: Raster, ground: Colour): Raster {
  const mixed = Uint8Array.from({ length: 3 * width * height }, (_, at) => {
    const [i, c] = [Math.floor(at / 3), at % 3]
    const alpha = data[4 * i + 3]! / 255
    return Math.round(data[4 * i + c]! * alpha + ground[c]! * (1 - alpha))
  })
  return { width, height, channels: 3, data: mixed }
}

const flat = (colour: Colour): Raster => drawn(3, () => colour)

const gradient = (): Raster => drawn(3, (x, y) => [80 + 150 * y, 60 + 60 * x, 200 - 120 * y])

/** An orange disc in the middle of nothing. */
const mostlyTransparent = (): Raster =>
  drawn(4, (x, y) => [235, 120, 40, Math.hypot(x - 0.5, y - 0.5) < 0.25 ? 255 : 0])

/** A picture by a formula of the place, 0..1 across and down. */
function drawn(channels: 3 | 4, colour: (x: number, y: number) => readonly number[]): Raster {
  const data = new Uint8Array(SIDE * SIDE * channels)
  for (let i = 0; i < SIDE * SIDE; i++) {
    data.set(colour((i % SIDE) / (SIDE - 1), Math.floor(i / SIDE) / (SIDE - 1)), i * channels)
  }
  return { width: SIDE, height: SIDE, channels, data }
}
