import type { Raster } from '../../../shared/raster.ts'
import { onWhite } from '../../vision/preprocess.ts'
import { average, backgroundDistance, difference, paletteDistance } from './colours.ts'
import type { Judge } from './judge.ts'
import type { Painter } from './painter.ts'
import type { Plan } from './plan.ts'

/** What one weight of the reference does, over all pairs of words and reference. */
export interface AtWeight {
  readonly weight: number
  /** Shares of pictures, 0 to 1. */
  readonly concept: number
  readonly style: number
  /** Distances from the reference in Oklab. */
  readonly background: number
  readonly palette: number
  /** From references of a kind the model never saw. */
  readonly unseenPalette: number
}

/** Everything measured of one model. */
export interface Figures {
  /** Shares of things recognised from words alone, first and among the first five. */
  readonly words: { readonly first: number; readonly five: number; readonly missed: readonly string[] }
  readonly weights: readonly AtWeight[]
  /** How many pictures each share of a weight is of. */
  readonly pairs: number
  /** Without words: the share of references whose thing came back, and how much two seeds differ, 0 to 1. */
  readonly variation: { readonly concept: number; readonly difference: number }
  readonly secondsPerPicture: number
  readonly megabytes: number
}

/** Paints what the plan says and judges it. `tell` hears what is being done. */
export async function measure(
  painter: Painter,
  judge: Judge,
  plan: Plan,
  tell: (what: string) => void,
): Promise<Figures> {
  tell('words alone')
  const words = await wordsAlone(painter, judge, plan)
  const weights: AtWeight[] = []
  for (const weight of plan.weights) {
    tell(`weight ${weight}`)
    weights.push(await atWeight(painter, judge, plan, weight))
  }
  tell('without words')
  const variation = await withoutWords(painter, judge, plan)
  // The first picture loads the model.
  return {
    words,
    weights,
    pairs: plan.pairs.length,
    variation,
    secondsPerPicture: median(painter.seconds.slice(1)),
    megabytes: painter.megabytes,
  }
}

async function wordsAlone(painter: Painter, judge: Judge, { words }: Plan): Promise<Figures['words']> {
  const named: { prompt: string; rank: number }[] = []
  for (const { prompt, seed } of words) {
    const { concepts } = await judge.judge(await painter.paint({ prompt, seed }))
    named.push({ prompt, rank: concepts.indexOf(prompt) })
  }
  return {
    first: share(named, ({ rank }) => rank === 0),
    five: share(named, ({ rank }) => rank < 5),
    missed: named.filter(({ rank }) => rank !== 0).map(({ prompt }) => prompt),
  }
}

async function atWeight(painter: Painter, judge: Judge, plan: Plan, weight: number): Promise<AtWeight> {
  const seen: { concept: boolean; style: boolean; background: number; palette: number }[] = []
  for (const { prompt, seed, reference } of plan.pairs) {
    const picture = await painter.paint({ prompt, seed, reference: { picture: reference.picture, weight } })
    const { concepts, styles } = await judge.judge(picture)
    seen.push({
      concept: concepts[0] === prompt,
      style: styles[0] === reference.style,
      background: backgroundDistance(picture, reference.picture),
      palette: paletteDistance(picture, reference.picture),
    })
  }
  const unseen: number[] = []
  for (const { prompt, seed, reference } of plan.unseen) {
    const picture = await painter.paint({ prompt, seed, reference: { picture: reference.picture, weight } })
    unseen.push(paletteDistance(picture, onWhite(reference.picture)))
  }
  return {
    weight,
    concept: share(seen, ({ concept }) => concept),
    style: share(seen, ({ style }) => style),
    background: average(seen.map(({ background }) => background)),
    palette: average(seen.map(({ palette }) => palette)),
    unseenPalette: average(unseen),
  }
}

async function withoutWords(painter: Painter, judge: Judge, { variations }: Plan): Promise<Figures['variation']> {
  const seen: { back: boolean; difference: number }[] = []
  for (const { seeds, reference } of variations) {
    const [one, other] = await seeded(painter, reference.picture, seeds)
    const { concepts } = await judge.judge(one)
    seen.push({ back: concepts[0] === reference.concept, difference: difference(one, other) })
  }
  return { concept: share(seen, ({ back }) => back), difference: average(seen.map((pair) => pair.difference)) }
}

async function seeded(painter: Painter, picture: Raster, seeds: readonly [number, number]): Promise<[Raster, Raster]> {
  const paint = (seed: number) => painter.paint({ prompt: '', seed, reference: { picture, weight: 1 } })
  return [await paint(seeds[0]), await paint(seeds[1])]
}

const share = <T>(items: readonly T[], holds: (item: T) => boolean): number =>
  average(items.map((x) => Number(holds(x))))

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN
