import type { AtWeight, Figures } from './measure.ts'

interface Measured {
  readonly name: string
  readonly figures: Figures
}

type Row = readonly [what: string, value: (figures: Figures) => string]

/** The measurements of some models side by side. */
export function table(models: readonly Measured[]): string {
  const weights = models[0]?.figures.weights.map(({ weight }) => weight) ?? []
  const each = (what: string, show: (at: AtWeight) => string): Row[] =>
    weights.map((weight, i) => [`${what}, weight ${weight}`, ({ weights }) => show(weights[i]!)])
  const rows: Row[] = [
    ['concept from words alone, top 1', ({ words }) => percent(words.first)],
    ['concept from words alone, top 5', ({ words }) => percent(words.five)],
    ...each('concept', ({ concept }) => percent(concept)),
    ['concept at 0.6 of that at 0', keptConcept],
    ...each('style of the reference', ({ style }) => percent(style)),
    ...each('background distance', ({ background }) => background.toFixed(3)),
    ...each('palette distance', ({ palette }) => palette.toFixed(3)),
    ...each('unseen references, palette distance', ({ unseenPalette }) => unseenPalette.toFixed(3)),
    ['monotone in the weight: style', ({ weights }) => yes(grows(weights.map(({ style }) => style)))],
    ['monotone: background', ({ weights }) => yes(grows(weights.map(({ background }) => -background)))],
    ['monotone: palette', ({ weights }) => yes(grows(weights.map(({ palette }) => -palette)))],
    ['without words, subject comes back', ({ variation }) => percent(variation.concept)],
    ['without words, difference of seeds', ({ variation }) => variation.difference.toFixed(3)],
    ['seconds per picture', ({ secondsPerPicture }) => secondsPerPicture.toFixed(2)],
    ['size in MB', ({ megabytes }) => megabytes.toFixed(1)],
  ]
  const head = ['', ...models.map(({ name }) => name)]
  const body = rows.map(([what, value]) => [what, ...models.map(({ figures }) => value(figures))])
  return aligned([head, ...body])
}

/** Whether each number is at least the one before. */
export const grows = (values: readonly number[]): boolean =>
  values.every((value, i) => i === 0 || value >= values[i - 1]!)

/** Of fewer recognised pictures than this, a share that is left says nothing. */
const ENOUGH = 5

/** How much of recognising the thing is left at the usual weight; a dash where too few were recognised before. */
function keptConcept({ weights, pairs }: Figures): string {
  const at = (wanted: number) => weights.find(({ weight }) => weight === wanted)?.concept ?? NaN
  return Math.round(at(0) * pairs) < ENOUGH ? '-' : percent(at(0.6) / at(0))
}

/** A share of 0 to 1 in words. */
export const percent = (share: number): string => `${(100 * share).toFixed(1)} %`
const yes = (holds: boolean): string => (holds ? 'yes' : 'no')

/** Columns of text, the first to the left and the others to the right. */
function aligned(lines: readonly (readonly string[])[]): string {
  const widths = lines[0]!.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)))
  const cell = (text: string, column: number) =>
    column === 0 ? text.padEnd(widths[0]!) : text.padStart(widths[column]!)
  return lines.map((line) => `${line.map(cell).join('   ').trimEnd()}\n`).join('')
}
