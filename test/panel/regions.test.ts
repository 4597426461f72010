/** References that act where a selection was. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { picturesFor } from '../../plugin/state/where.ts'
import type { Raster } from '../../shared/raster.ts'
import {
  addLayer,
  assertNothingLeaked,
  type Desk,
  newestWeights,
  openDesk,
  openFox,
  referenceAt,
  setWeight,
} from '../support/desk.ts'

const noticeOf = ({ panel }: Desk): string => panel.state().notice?.text ?? ''
const LEFT = { left: 0, top: 0, right: 48, bottom: 64 }

/** Where a mask is white: its first and last column with anything in them, as parts of its width. */
function whiteColumns({ width, height, data }: Raster): readonly [number, number] {
  const isWhite = (x: number): boolean =>
    Array.from({ length: height }, (_, y) => data[(y * width + x) * 3]!).some((value) => value > 127)
  const columns = Array.from({ length: width }, (_, x) => x).filter(isWhite)
  return [(columns[0] ?? 0) / width, ((columns.at(-1) ?? -1) + 1) / width]
}

/** A desk whose "fox" is a reference that acts in the left half of the canvas. */
async function openHalf(): Promise<Desk> {
  const desk = openDesk()
  openFox(desk)
  await desk.panel.references.add()
  desk.controls.select(LEFT)
  await desk.panel.references.actWhereSelected(referenceAt(desk).image)
  desk.controls.select(null)
  return desk
}

test('a reference acts where the selection was, and the card keeps a map of that', async () => {
  const desk = await openHalf()
  const { region, mask } = referenceAt(desk)
  assert.deepEqual(region?.rect, { left: 0, top: 0, width: 48, height: 64 })
  assert.match(region.map, /^data:image\/jpeg;base64,/)
  await desk.panel.imprint()
  const { recipe, pictures } = desk.engine.requests[0]!
  assert.equal(recipe.references?.[0]?.mask, mask)
  assert.deepEqual(whiteColumns(pictures[mask!]!), [0, 0.5])
  assertNothingLeaked(desk)
})

test('beyond the canvas a reference acts nowhere, on whichever side a layer was moved out', async () => {
  const desk = await openHalf()
  desk.controls.select({ left: 0, top: 0, right: 96, bottom: 64 })
  await desk.panel.references.actWhereSelected(referenceAt(desk).image)
  const { recipe, cards } = desk.panel.state()
  const over = (left: number) => {
    const place = { documentId: 1, rect: { left, top: 0, width: 96, height: 64 }, exact: true }
    return whiteColumns(picturesFor(recipe, cards, { from: 'nothing', place })[referenceAt(desk).mask!]!)
  }
  assert.deepEqual(
    [over(0), over(-48), over(48)],
    [
      [0, 1],
      [0.5, 1],
      [0, 0.5],
    ],
  )
})

test('each of several references has its own region, or none', async () => {
  const desk = await openHalf()
  addLayer(desk, 'leaf')
  await desk.panel.references.add()
  await desk.panel.imprint()
  const [fox, leaf] = desk.engine.requests[0]!.recipe.references!
  assert.equal(typeof fox?.mask, 'string')
  assert.equal(leaf?.mask, undefined)
})

test('a region is cut to what is painted anew', async () => {
  const desk = await openHalf()
  desk.controls.select({ left: 40, top: 20, right: 56, bottom: 40 })
  desk.panel.change({ prompt: 'a hat' })
  await desk.panel.imprint()
  const { recipe, pictures } = desk.engine.requests[0]!
  const { width } = pictures[recipe.source!.image]!
  // 32 pixels around the selection: columns 8 to 88, of which those before 48 are white.
  assert.equal(width, 80)
  assert.deepEqual(whiteColumns(pictures[recipe.references![0]!.mask!]!), [0, 0.5])
})

test('the region goes along when the slider moves, and another region is another picture', async () => {
  const desk = await openHalf()
  await desk.panel.imprint()
  await setWeight(desk, 1, true)
  assert.deepEqual(newestWeights(desk), [1])
  assert.equal(
    desk.engine.requests[1]!.recipe.references![0]!.mask,
    desk.engine.requests[0]!.recipe.references![0]!.mask,
  )
  desk.panel.references.actEverywhere(referenceAt(desk).image)
  assert.deepEqual([referenceAt(desk).region, referenceAt(desk).mask], [undefined, undefined])
  await setWeight(desk, 0.5, true)
  assert.equal(desk.engine.requests.length, 2)
  await desk.panel.imprint()
  assert.equal(desk.engine.requests[2]!.recipe.references![0]!.mask, undefined)
})

test('a card that takes another picture keeps its region', async () => {
  const desk = await openHalf()
  addLayer(desk, 'leaf')
  await desk.panel.references.replace(referenceAt(desk).image)
  assert.equal(referenceAt(desk).capture.name, 'leaf')
  assert.equal(referenceAt(desk).region?.rect.width, 48)
})

test('a region holds in its own document: in another one the person is told, and nothing is made', async () => {
  const desk = await openHalf()
  openFox(desk)
  await desk.panel.imprint()
  assert.match(noticeOf(desk), /“fox” acts where something was selected in another document/)
  assert.equal(desk.engine.requests.length, 0)
  desk.panel.references.actEverywhere(referenceAt(desk).image)
  await desk.panel.imprint()
  assert.equal(desk.engine.requests.length, 1)
})

test('without a selection or a document there is no region, in words', async () => {
  const desk = openDesk()
  openFox(desk)
  await desk.panel.references.add()
  const { image } = referenceAt(desk)
  await desk.panel.references.actWhereSelected(image)
  assert.match(noticeOf(desk), /Nothing is selected/)
  desk.controls.close()
  await desk.panel.references.actWhereSelected(image)
  assert.match(noticeOf(desk), /No document is open/)
  assert.equal(referenceAt(desk).region, undefined)
})
