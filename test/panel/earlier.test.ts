/** Earlier pictures: found, used again in every way, and there again after both sides were started anew. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import sharp from 'sharp'
import { ImprintError } from '../../shared/errors.ts'
import { recipeInPng, withRecipe } from '../../shared/recipe-in-png.ts'
import type { History } from '../../companion/history/history.ts'
import { type Desk, layerNames, openDesk, openFox, referenceAt, until } from '../support/desk.ts'
import { plain, temporaryHistory } from '../support/wire.ts'

/** A panel over this history that made a picture of the fox for each prompt. */
async function openWith(history: History, ...prompts: string[]): Promise<Desk> {
  const desk = openDesk({ history })
  openFox(desk)
  desk.panel.start()
  for (const prompt of prompts) {
    desk.panel.change({ prompt })
    await desk.panel.imprint()
  }
  return desk
}

const list = ({ panel }: Desk) => panel.state().earlier.entries
const prompts = (desk: Desk): string[] => list(desk).map(({ recipe }) => recipe.prompt)
const firstId = (desk: Desk): string => {
  const [first] = list(desk)
  assert.ok(first)
  return first.id
}

test('a panel started anew lists what was made, newest first, and finds it by its words', async () => {
  const history = temporaryHistory()
  await openWith(history, 'a house', 'a red tree', 'a red house')
  const desk = openDesk({ history })
  const { earlier } = desk.panel
  assert.deepEqual(list(desk), [])
  await earlier.open()
  assert.deepEqual(prompts(desk), ['a red house', 'a red tree', 'a house'])
  const { space, more } = desk.panel.state().earlier
  assert.deepEqual([space?.pictures, space?.quota, more], [3, 2 ** 30, false])
  assert.ok(space!.bytes > 0)
  assert.equal(list(desk)[0]?.score?.reference, 0.8234)
  await earlier.find('house RED')
  assert.deepEqual(prompts(desk), ['a red house'])
  await Promise.all([earlier.find('tree'), earlier.find('nothing'), earlier.find('')])
  assert.equal(list(desk).length, 3)
})

test('an open list shows what is made while it is open', async () => {
  const desk = await openWith(temporaryHistory(), 'a house')
  await desk.panel.earlier.open()
  desk.panel.change({ prompt: 'a tree' })
  await desk.panel.imprint()
  await until(desk, () => prompts(desk).length === 2)
  assert.deepEqual(prompts(desk), ['a tree', 'a house'])
})

test('a list that was opened further stays so when something new is made', async () => {
  const history = temporaryHistory()
  for (let i = 0; i < 52; i++)
    await history.add({ recipe: { prompt: `number ${i}` }, pictures: {}, picture: plain(4, 4, [i, 0, 0, 255]) })
  const desk = openDesk({ history })
  openFox(desk)
  desk.panel.start()
  await desk.panel.earlier.open()
  assert.equal(list(desk).length, 50)
  await desk.panel.earlier.more()
  assert.equal(list(desk).length, 52)
  desk.panel.change({ prompt: 'a tree' })
  await desk.panel.imprint()
  await until(desk, () => prompts(desk)[0] === 'a tree')
  assert.equal(list(desk).length, 53)
  assert.equal(prompts(desk).at(-1), 'number 0')
})

test('its recipe comes back with its reference pictures, makes the same request, and there is a way back', async () => {
  const history = temporaryHistory()
  const first = await openWith(history, 'a house')
  const [before] = first.engine.requests
  const desk = openDesk({ history })
  openFox(desk)
  desk.panel.change({ prompt: 'something of mine' })
  await desk.panel.earlier.open()
  await desk.panel.earlier.apply(firstId(desk))
  const { recipe, takenOver } = desk.panel.state()
  assert.deepEqual([recipe.prompt, recipe.seed, recipe.steps, takenOver?.what], ['a house', 1, 4, 'a house'])
  assert.match(referenceAt(desk).thumbnail, /^data:image\/jpeg/)
  await desk.panel.imprint()
  const [again] = desk.engine.requests
  assert.deepEqual(Object.values(again!.pictures), Object.values(before!.pictures))
  assert.deepEqual([again!.recipe.seed, again!.recipe.references?.[0]?.weight], [1, 0.6])
  assert.equal(desk.settings.get('prompt'), 'a house')
  desk.panel.takeOver.back()
  assert.deepEqual([desk.panel.state().recipe.prompt, desk.panel.state().recipe.references], ['something of mine', []])
  assert.equal(desk.settings.get('prompt'), 'something of mine')
})

test('back leads to what the person made, over several recipes looked at', async () => {
  const desk = await openWith(temporaryHistory(), 'a house', 'a tree')
  desk.panel.change({ prompt: 'mine' })
  await desk.panel.earlier.open()
  const [tree, house] = list(desk)
  await desk.panel.earlier.apply(tree!.id)
  await desk.panel.earlier.apply(house!.id)
  assert.equal(referenceAt(desk).capture.name, 'fox', 'whose picture is at hand keeps its name')
  desk.panel.takeOver.back()
  assert.equal(desk.panel.state().recipe.prompt, 'mine')
  assert.equal(desk.panel.state().takenOver, undefined)
})

test('a picture is put back as a layer that remembers, in one step, and serves as a reference', async () => {
  const history = temporaryHistory()
  await openWith(history, 'a house')
  const desk = openDesk({ history })
  openFox(desk)
  desk.panel.start()
  const steps = desk.controls.active()!.history.names.length
  await desk.panel.earlier.open()
  await desk.panel.earlier.putBack(firstId(desk))
  assert.equal(layerNames(desk)[0], 'Imprint: a house')
  assert.equal(desk.controls.active()!.history.names.length, steps + 1)
  await until(desk, () => desk.panel.state().recalled !== undefined)
  assert.equal(desk.panel.state().recalled?.memory.recipe.prompt, 'a house')
  await desk.panel.earlier.useAsReference(firstId(desk))
  const { capture } = referenceAt(desk)
  assert.deepEqual([capture.name, capture.origin, capture.layer], ['a house', 'earlier', undefined])
  await desk.panel.imprint()
  assert.equal(desk.engine.requests.length, 1)
})

test('favourites and deleting reach the companion; deleting asks first', async () => {
  const history = temporaryHistory()
  const desk = await openWith(history, 'a house', 'a tree')
  const { earlier } = desk.panel
  await earlier.open()
  const id = firstId(desk)
  await earlier.favourite(id, true)
  assert.equal(list(desk)[0]?.favourite, true)
  assert.equal(history.list({ limit: 1 })[0]?.favourite, true)
  earlier.askToRemove(id)
  assert.equal(desk.panel.state().earlier.removing, id)
  assert.equal(history.space().pictures, 2)
  await earlier.remove(id)
  assert.deepEqual([prompts(desk), desk.panel.state().earlier.removing], [['a house'], undefined])
  assert.deepEqual([history.space().pictures, desk.panel.state().earlier.space?.pictures], [1, 1])
})

test('it is saved as a PNG that carries its recipe, where the person says', async () => {
  const history = temporaryHistory()
  await openWith(history, 'a house: red/blue')
  const saved = new Map<string, Uint8Array>()
  const desk = openDesk({
    history,
    filePickers: {
      open: () => Promise.resolve({ name: 'house.png', bytes: [...saved.values()][0]! }),
      save: (name) => Promise.resolve({ name, written: (bytes) => void saved.set(name, bytes) }),
    },
  })
  await desk.panel.earlier.open()
  await desk.panel.earlier.save(firstId(desk))
  const png = saved.get('a house redblue.png')
  assert.ok(png)
  assert.deepEqual(recipeInPng(png), list(desk)[0]?.recipe)
  const { data } = await sharp(png).raw().toBuffer({ resolveWithObject: true })
  assert.deepEqual(new Uint8Array(data), (await history.picture(firstId(desk)))?.data)
  await desk.panel.takeOver.file()
  assert.equal(desk.panel.state().recipe.prompt, 'a house: red/blue')
  assert.equal(referenceAt(desk).capture.name, 'Reference 1')
})

test('what is gone is said in words: a picture that made room, a reference, a model, the companion', async () => {
  const history = temporaryHistory()
  const desk = await openWith(history, 'a house')
  const notice = () => desk.panel.state().notice?.text ?? ''
  await desk.panel.earlier.open()
  const id = firstId(desk)
  history.remove(id)
  await desk.panel.earlier.apply(id)
  assert.match(notice(), /lacks the reference “Reference 1”, whose picture is not kept here/)
  assert.deepEqual(desk.panel.state().recipe.references, [])
  desk.panel.dismiss()
  await desk.panel.earlier.putBack(id)
  assert.match(notice(), /no longer kept/)
  assert.deepEqual(list(desk), [])

  desk.companion.become({ kind: 'absent', message: 'Away.' })
  await desk.panel.earlier.open()
  assert.deepEqual([list(desk), desk.panel.state().earlier.isOpen], [[], true])
  desk.panel.change({ prompt: 'a tree' })
  desk.companion.become({ kind: 'ready', version: '0.0.0', device: undefined })
  await desk.panel.imprint()
  await until(desk, () => list(desk).length === 1)
})

test('a PNG of another program fills what a recipe has words for; one without a recipe says so', async () => {
  const desk = openDesk()
  const parameters = 'a fox\nNegative prompt: fog\nSteps: 9, Sampler: Euler a, CFG scale: 5, Seed: 7, Size: 64x128'
  const { withTexts } = await import('../../shared/png-text.ts')
  const plain = await sharp({ create: { width: 2, height: 2, channels: 3, background: 'red' } })
    .png()
    .toBuffer()
  await desk.panel.takeOver.bytes(withTexts(plain, { parameters }), 'fox.png')
  const { recipe, takenOver } = desk.panel.state()
  assert.deepEqual(
    [recipe.prompt, recipe.negativePrompt, recipe.steps, recipe.seed, recipe.size, takenOver?.what],
    ['a fox', 'fog', 9, 7, [64, 128], 'fox.png'],
  )
  openFox(desk)
  await desk.panel.imprint()
  const [request] = desk.engine.requests
  assert.deepEqual([request?.recipe.sampler, request?.recipe.guidance], ['euler_ancestral', 5])
  await desk.panel.takeOver.bytes(plain, 'plain.png')
  assert.match(desk.panel.state().notice?.text ?? '', /“plain.png” says nothing of how it was made/)
})

test('a picture that the companion cannot keep is told of', () => {
  const desk = openDesk()
  const stop = desk.panel.start()
  desk.companion.goWrong(new ImprintError('usage-invalid', 'The disk is full: make room.'))
  assert.equal(desk.panel.state().notice?.text, 'The disk is full: make room.')
  stop()
  desk.panel.dismiss()
  desk.companion.goWrong(new ImprintError('usage-invalid', 'The disk is full: make room.'))
  assert.equal(desk.panel.state().notice, undefined)
})

test('a file that names a picture as nothing can be named brings its words, and the companion is not asked for it', async (t) => {
  const blank = await sharp({ create: { width: 1, height: 1, channels: 3, background: 'red' } })
    .png()
    .toBuffer()
  const bytes = withRecipe(blank, { prompt: 'a trap', references: [{ image: `part:${'0'.repeat(200)}` }] })
  const desk = await openWith(temporaryHistory())
  const asked = t.mock.method(desk.companion.earlier, 'picture')
  await desk.panel.takeOver.bytes(bytes, 'trap.png')
  assert.equal(desk.panel.state().recipe.prompt, 'a trap')
  assert.match(desk.panel.state().notice?.text ?? '', /lacks the reference/)
  assert.equal(asked.mock.callCount(), 0)
})

test('a file that is open is not closed with all that is not saved in it, but named', async () => {
  const filePickers = {
    open: () => Promise.resolve({ name: 'fox.png', bytes: new Uint8Array() }),
    save: () => Promise.resolve(null),
  }
  const desk = openDesk({ filePickers })
  const open = desk.controls.newDocument({ width: 8, height: 8, title: 'fox.png' })
  const { documentId } = openFox(desk)
  await desk.panel.references.addFile()
  assert.match(desk.panel.state().notice?.text ?? '', /“fox.png” is open already: select its layer/)
  assert.deepEqual(
    desk.controls.documents().map(({ id }) => id),
    [open, documentId],
  )
  assert.equal(desk.controls.active()?.id, documentId)
  assert.deepEqual(desk.panel.state().recipe.references, [])
})

test('a file is a reference, whichever of the three kinds; one that is no picture is refused', async () => {
  const picture = sharp({
    create: { width: 6, height: 4, channels: 4, background: { r: 255, g: 0, b: 0, alpha: 0.5 } },
  })
  const files = [
    { name: 'fox.png', bytes: await picture.clone().png().toBuffer() },
    { name: 'fox.webp', bytes: await picture.clone().webp({ lossless: true }).toBuffer() },
    { name: 'fox.jpg', bytes: await picture.clone().flatten({ background: 'white' }).jpeg().toBuffer() },
    { name: 'notes.png', bytes: Buffer.from('notes') },
    null,
  ]
  const filePickers = { open: () => Promise.resolve(files.shift() ?? null), save: () => Promise.resolve(null) }
  const desk = openDesk({ filePickers })
  const { documentId } = openFox(desk)
  const before = desk.controls.active()!.history
  for (let i = 0; i < 5; i++) await desk.panel.references.addFile()
  const { recipe, notice } = desk.panel.state()
  assert.deepEqual(
    recipe.references.map((_, at) => referenceAt(desk, at).capture.name),
    ['fox.png', 'fox.webp', 'fox.jpg'],
  )
  assert.match(notice?.text ?? '', /cannot open “notes.png”/)
  const [r, g] = referenceAt(desk, 0).capture.picture.data
  assert.ok(r === 255 && Math.abs(g! - 127) <= 1, 'half transparent red on white')
  assert.deepEqual([desk.controls.active()?.id, desk.controls.documents().length], [documentId, 1])
  assert.deepEqual(desk.controls.active()!.history, before)
  assert.equal(desk.controls.liveImages().count, 0)
})
