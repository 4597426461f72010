/** Does measuring count what it says? A painter and a judge whose every answer is known stand in for the real ones. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Raster } from '../../shared/raster.ts'
import { contactSheet } from '../../companion/starter/evaluate/contact-sheet.ts'
import type { Judge } from '../../companion/starter/evaluate/judge.ts'
import { measure, type Figures } from '../../companion/starter/evaluate/measure.ts'
import type { Painter, Wish } from '../../companion/starter/evaluate/painter.ts'
import { planOf } from '../../companion/starter/evaluate/plan.ts'
import { readReferences, type References } from '../../companion/starter/evaluate/references.ts'
import { grows, table } from '../../companion/starter/evaluate/table.ts'

const CONCEPTS = ['fox', 'bus', 'cup', 'owl']

/** A picture that tells who asked for it: the judge reads its first pixel. */
const flat = (value: number): Raster => ({ width: 8, height: 8, channels: 3, data: new Uint8Array(192).fill(value) })

const references: References = {
  trained: [
    { concept: 'fox', style: 'ink', picture: flat(250) },
    { concept: 'bus', style: '3d', picture: flat(250) },
  ],
  unseen: [{ picture: flat(250) }],
  photographs: [{ concept: 'cat', picture: flat(250) }],
}

/** Grey by the weight; paints no "cup", and nothing by its reference below 0.6. */
function painter(wishes: Wish[]): Painter {
  const seconds: number[] = []
  return {
    folder: 'fake',
    megabytes: 7,
    seconds,
    paint(wish) {
      wishes.push(wish)
      seconds.push(wishes.length === 1 ? 100 : 2)
      return Promise.resolve(flat(250 * (wish.reference?.weight ?? 0)))
    },
  }
}

/** Sees what was asked for last: words except "cup", the reference's style from weight 0.6 on, and always a fox without words. */
function judge(wishes: readonly Wish[]): Judge {
  return {
    concepts: CONCEPTS,
    right: { concept: 1, style: 1 },
    judge() {
      const { prompt, reference } = wishes.at(-1)!
      const first = prompt === 'cup' ? 'owl' : prompt === '' ? 'fox' : prompt
      const style = (reference?.weight ?? 0) >= 0.6 ? 'ink' : 'flat'
      return Promise.resolve({
        concepts: [first, ...CONCEPTS.filter((name) => name !== first)],
        styles: [style, ...['3d', 'flat', 'ink'].filter((name) => name !== style)],
      })
    },
    close: () => Promise.resolve(),
  }
}

/** Reads the cells of the row of a table that begins with some words. */
function rowReader(models: Parameters<typeof table>[0]): (what: string) => string[] {
  const lines = table(models).split('\n')
  return (what) =>
    lines
      .find((line) => line.startsWith(what))!
      .slice(what.length)
      .trim()
      .split(/ {2,}/)
}

test('shares, distances and times are of what was painted', async () => {
  const wishes: Wish[] = []
  const plan = planOf(CONCEPTS, references)
  const { words, weights, variation, secondsPerPicture, megabytes } = await measure(
    painter(wishes),
    judge(wishes),
    plan,
    () => undefined,
  )
  assert.deepEqual(words, { first: 0.75, five: 1, missed: ['cup'] })
  assert.deepEqual(
    weights.map(({ weight }) => weight),
    [0, 0.3, 0.6, 1],
  )
  assert.deepEqual(
    weights.map(({ style }) => style),
    [0, 0, 0.5, 0.5],
  )
  assert.ok(weights.every(({ background }, i) => i === 0 || background < weights[i - 1]!.background))
  assert.deepEqual(weights.at(-1), { ...weights.at(-1), background: 0, palette: 0, unseenPalette: 0 })
  assert.deepEqual(variation, { concept: 0.5, difference: 0 })
  assert.deepEqual([secondsPerPicture, megabytes], [2, 7], 'the first picture, which loads the model, is not counted')
  assert.equal(wishes.length, 4 + 4 * (2 + 2) + 2 * 2)
})

test('a pair asks for something else than its reference shows, by one seed at all weights', async () => {
  const all = await readReferences()
  assert.equal(all.trained.length, 49)
  const plan = planOf(['ship', ...all.trained.map(({ concept }) => concept)], all)
  for (const { prompt, reference } of plan.pairs) assert.notEqual(prompt, reference.concept)
  assert.ok(new Set(plan.pairs.map(({ prompt }) => prompt)).size > 20, 'prompts differ')
  for (const { seeds } of plan.variations) assert.notEqual(seeds[0], seeds[1])
  assert.equal(new Set(all.trained.map(({ style }) => style)).size, 7)
  assert.ok(all.unseen.some(({ picture }) => picture.channels === 4 && picture.data[3] === 0))
  assert.deepEqual(
    plan.unseen.slice(-3).map(({ reference: { concept, picture } }) => [concept, picture.width, picture.height]),
    [
      ['rocket', 128, 128],
      ['cat', 128, 128],
      ['coffee', 128, 128],
    ],
    'photographs are among what it never saw',
  )
})

test('a quick look takes some of everything, from first to last', async () => {
  const plan = planOf(CONCEPTS, await readReferences(), 2)
  assert.deepEqual(
    plan.words.map(({ prompt }) => prompt),
    ['fox', 'cup'],
  )
  assert.deepEqual([plan.pairs.length, plan.unseen.length, plan.variations.length], [2, 2, 2])
})

test('the table has a column for each model and says what grows', async () => {
  const wishes: Wish[] = []
  const figures = await measure(painter(wishes), judge(wishes), planOf(CONCEPTS, references), () => undefined)
  const row = rowReader([
    { name: 'first', figures },
    { name: 'second', figures: { ...figures, weights: [...figures.weights].reverse() } },
  ])
  assert.deepEqual(row(' ').slice(-2), ['first', 'second'])
  assert.deepEqual(row('concept from words alone, top 1'), ['75.0 %', '75.0 %'])
  assert.deepEqual(row('monotone in the weight: style'), ['yes', 'no'])
  assert.deepEqual(row('monotone: background'), ['yes', 'no'])
  assert.deepEqual(row('size in MB'), ['7.0', '7.0'])
  assert.ok(grows([1, 1, 2]) && !grows([1, 2, 1.9]))
})

test('what is left of things is told only where there were some', async () => {
  const wishes: Wish[] = []
  const figures = await measure(painter(wishes), judge(wishes), planOf(CONCEPTS, references), () => undefined)
  assert.equal(figures.pairs, 2)
  const concepts = (counts: readonly number[]): Figures => ({
    ...figures,
    pairs: 49,
    weights: figures.weights.map((at, i) => ({ ...at, concept: counts[i]! / 49 })),
  })
  const row = rowReader([
    { name: 'most', figures: concepts([40, 40, 30, 0]) },
    { name: 'just enough', figures: concepts([5, 5, 5, 0]) },
    { name: 'chance', figures: concepts([4, 4, 8, 0]) },
    { name: 'none', figures: concepts([0, 0, 0, 0]) },
  ])
  assert.deepEqual(row('concept at 0.6 of that at 0'), ['75.0 %', '100.0 %', '-', '-'])
})

test('the contact sheet shows prompts across, references and weights down', async () => {
  const wishes: Wish[] = []
  const plan = planOf(CONCEPTS, references)
  const photographs = [{ picture: flat(240) }]
  const sheet = await contactSheet(painter(wishes), { ...references, photographs }, plan)
  // Two styles, one unseen and a photograph, each by four weights; the reference and eight prompts.
  assert.deepEqual([sheet.width, sheet.height], [9 * 128, 4 * 4 * 128])
  const at = (column: number, row: number) => sheet.data[3 * ((row * 128 + 64) * sheet.width + column * 128 + 64)]
  assert.deepEqual(
    [at(0, 0), at(1, 0), at(1, 1), at(8, 2), at(8, 3), at(0, 11), at(0, 15)],
    [250, 0, 75, 150, 250, 250, 240],
  )
  assert.equal(wishes.length, 8 + 4 * 3 * 8, 'without weight all references are one')
})
