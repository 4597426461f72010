/** Which square of a picture CLIP gets to see: moved along its longer side, shown in the card, in the recipe and back. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { canMove, draggedTo, squareShare } from '../../plugin/state/framing.ts'
import { isLive } from '../../plugin/state/state.ts'
import { type Recipe, recipeSchema } from '../../shared/recipe.ts'
import { type Desk, openDesk, openFox, referenceAt } from '../support/desk.ts'

/** A desk with the fox, 40 x 30, as its reference. */
async function openFramed(): Promise<{ desk: Desk; image: string; foxId: number }> {
  const desk = openDesk()
  const { foxId } = openFox(desk)
  desk.controls.paint(foxId, { left: 10, top: 20, right: 20, bottom: 50 }, [20, 40, 200, 255])
  await desk.panel.references.add()
  return { desk, image: referenceAt(desk).image, foxId }
}

const asked = ({ engine }: Desk): Recipe['references'] => engine.requests.at(-1)?.recipe.references

test('the square that is moved is shown, and asked for; in the middle, or seen whole, the recipe says nothing of it', async () => {
  const { desk, image } = await openFramed()
  const { thumbnail } = referenceAt(desk)
  await desk.panel.references.reframe(image, 0.1, true)
  const moved = referenceAt(desk)
  assert.notEqual(moved.thumbnail, thumbnail)
  assert.equal(moved.thumbnail, await desk.host.thumbnail(moved.capture.picture, 'crop', 0.1))
  await desk.panel.imprint()
  assert.equal(asked(desk)?.[0]?.cropAt, 0.1)

  await desk.panel.references.change(image, { fit: 'pad' })
  await desk.panel.imprint()
  assert.equal('cropAt' in asked(desk)![0]!, false)
  await desk.panel.references.change(image, { fit: 'crop' })
  assert.equal(referenceAt(desk).thumbnail, moved.thumbnail)
  await desk.panel.references.reframe(image, 0.5, true)
  assert.equal(referenceAt(desk).thumbnail, thumbnail)
  await desk.panel.imprint()
  assert.equal('cropAt' in asked(desk)![0]!, false)
})

test('it never leaves the picture, and the last of many moves is what is shown', async () => {
  const { desk, image } = await openFramed()
  const places = [-1, 0.3, 0.72, 4]
  await Promise.all(places.map((place) => desk.panel.references.reframe(image, place, false)))
  const { cropAt, thumbnail, capture } = referenceAt(desk)
  assert.equal(cropAt, 1)
  assert.equal(thumbnail, await desk.host.thumbnail(capture.picture, 'crop', 1))
  await desk.panel.references.reframe(image, -1, true)
  assert.equal(referenceAt(desk).cropAt, 0)
})

test('the newest layer is left alone: the next picture is another one', async () => {
  const { desk, image } = await openFramed()
  await desk.panel.imprint()
  assert.equal(isLive(desk.panel.state()), true)
  await desk.panel.references.reframe(image, 0.2, true)
  assert.equal(isLive(desk.panel.state()), false)
  await desk.panel.references.reframe(image, 0.5, true)
  assert.equal(isLive(desk.panel.state()), true)
})

test('a picture taken anew is seen at the same place', async () => {
  const { desk, image, foxId } = await openFramed()
  await desk.panel.references.reframe(image, 0, true)
  desk.controls.paint(foxId, { left: 10, top: 20, right: 30, bottom: 50 }, [0, 200, 0, 255])
  await desk.panel.references.refresh(image)
  const { cropAt, thumbnail, capture } = referenceAt(desk)
  assert.equal(cropAt, 0)
  assert.equal(thumbnail, await desk.host.thumbnail(capture.picture, 'crop', 0))
})

test('a recipe says it for the fit "crop" alone, between the two ends', () => {
  const says = (reference: object) =>
    recipeSchema.safeParse({ prompt: '', references: [{ image: 'fox.png', ...reference }] })
  assert.ok(says({ cropAt: 0.3 }).success)
  assert.ok(says({ fit: 'crop', cropAt: 1 }).success)
  assert.match(
    says({ fit: 'pad', cropAt: 0.3 }).error?.message ?? '',
    /give \\"cropAt\\" with the fit \\"crop\\" alone/,
  )
  assert.equal(says({ cropAt: 1.1 }).success, false)
})

test('dragging by the side of the square moves it by its own share of the way', () => {
  const wide = { width: 300, height: 100 }
  assert.deepEqual([canMove({ fit: 'crop' }, wide), canMove({ fit: 'tile' }, wide)], [true, false])
  assert.equal(canMove({ fit: 'crop' }, { width: 9, height: 9 }), false)
  assert.equal(squareShare(wide), 1 / 3)
  // Two sides of the square are free: one of them is half of the way, against the drag.
  assert.equal(draggedTo(0.5, 1, wide), 0)
  assert.equal(draggedTo(0.5, -0.5, wide), 0.75)
})
