/** Is every finished picture kept through crashes, found again, and no more of them than there is room for? */
import assert from 'node:assert/strict'
import { appendFileSync, readdirSync, readFileSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import sharp from 'sharp'
import { openHistory, type History } from '../../companion/history/history.ts'
import { torchNoise } from '../../companion/diffusion/noise.ts'
import { lookOf } from '../../shared/look.ts'
import { hashPicture } from '../../shared/picture-stream.ts'
import { partName } from '../../shared/recipe-pictures.ts'
import type { Raster } from '../../shared/raster.ts'
import type { Recipe } from '../../shared/recipe.ts'
import { temporaryFolder } from '../support/craft-safetensors.ts'
import { plain } from '../support/wire.ts'

const ROOM = 2 ** 30
let folders = 0
const root = temporaryFolder()
after(() => root.dispose())
const fresh = () => join(root.path, `history-${folders++}`)

/** A picture whose file is about as large as its pixels. */
function noisy(seed: number, side = 32): Raster {
  const data = Uint8Array.from(torchNoise(seed).normal(3 * side * side), (value) => 128 + 40 * value)
  return { width: side, height: side, channels: 3, data }
}

const fox = plain(8, 6, [250, 100, 0, 128])
const add = (history: History, seed: number, changes: Partial<Recipe> = {}) =>
  history.add({
    recipe: { prompt: 'a house', references: [{ image: 'fox' }], ...changes },
    pictures: { fox },
    picture: noisy(seed),
  })
const ids = (history: History, asked: Partial<Parameters<History['list']>[0]> = {}) =>
  history.list({ limit: 50, ...asked }).map(({ id }) => id)

describe('what was made', () => {
  test('is there after a restart, with all it was made of', async () => {
    const folder = fresh()
    const first = openHistory(folder, ROOM)
    const made = await first.add({
      recipe: { prompt: 'a house', references: [{ image: 'fox', weight: 0.4 }] },
      pictures: { fox },
      picture: noisy(1),
      score: { reference: 0.7 },
    })
    await first.close()
    const again = openHistory(folder, ROOM)
    assert.deepEqual(again.list({ limit: 9 }), [made])
    assert.deepEqual(made.recipe, {
      prompt: 'a house',
      references: [{ image: partName(hashPicture(fox)), weight: 0.4 }],
    })
    assert.deepEqual([made.width, made.height, made.favourite, made.score], [32, 32, false, { reference: 0.7 }])
    assert.deepEqual(await again.picture(made.id), noisy(1))
    assert.deepEqual(await again.named(hashPicture(fox)), fox)
    const thumbnail = await sharp(Buffer.from(made.thumbnail.split(',')[1]!, 'base64')).metadata()
    assert.deepEqual([thumbnail.format, thumbnail.width], ['jpeg', 96])
    await again.close()
  })

  test('comes newest first, part by part, and by every word that is looked for', async () => {
    const history = openHistory(fresh(), ROOM)
    const [fir, ink, red] = [
      await add(history, 1, { prompt: 'a green fir' }),
      await add(history, 2, { prompt: 'a green house', loras: [{ file: 'Ink' }] }),
      await add(history, 3, { prompt: 'a red house' }),
    ].map(({ id }) => id)
    assert.deepEqual(ids(history), [red, ink, fir])
    assert.deepEqual(ids(history, { limit: 2 }), [red, ink])
    assert.deepEqual(ids(history, { before: ink! }), [fir])
    assert.deepEqual(ids(history, { before: 'made room long ago' }), [])
    assert.deepEqual(ids(history, { search: 'HOUSE green' }), [ink])
    assert.deepEqual(ids(history, { search: 'ink' }), [ink])
    assert.deepEqual(ids(history, { search: 'owl' }), [])
    await history.close()
  })

  test('is found again by its look, scaled or not, after a restart too', async () => {
    const folder = fresh()
    const first = openHistory(folder, ROOM)
    const made = await add(first, 1)
    await add(first, 2)
    await first.close()
    const history = openHistory(folder, ROOM)
    const { data } = noisy(1)
    const large = await sharp(data, { raw: { width: 32, height: 32, channels: 3 } })
      .resize(120, 120, { kernel: 'linear' })
      .raw()
      .toBuffer()
    const look = lookOf({ width: 120, height: 120, channels: 3, data: large })
    assert.notEqual(look, lookOf(noisy(1)))
    assert.deepEqual(ids(history, { look }), [made.id])
    assert.deepEqual(ids(history, { look: lookOf(noisy(3)) }), [])
    await history.close()
  })

  test('is kept once where it is the same', async () => {
    const folder = fresh()
    const history = openHistory(folder, ROOM)
    await Promise.all([add(history, 1), add(history, 1)])
    assert.equal(readdirSync(join(folder, 'pictures')).length, 2)
    await history.close()
  })
})

describe('a crash', () => {
  test('in the middle of a line takes that line alone', async () => {
    const folder = fresh()
    const journal = join(folder, 'history.jsonl')
    const first = openHistory(folder, ROOM)
    const kept = await add(first, 1)
    const { length } = readFileSync(journal)
    await add(first, 2)
    await first.close()
    truncateSync(journal, length + 40)
    const second = openHistory(folder, ROOM)
    assert.deepEqual(ids(second), [kept.id])
    const third = await add(second, 3)
    await second.close()
    assert.deepEqual(ids(openHistory(folder, ROOM)), [third.id, kept.id])
  })

  test('that leaves rubbish hides nothing that came after it', async () => {
    const folder = fresh()
    const first = openHistory(folder, ROOM)
    const before = await add(first, 1)
    appendFileSync(join(folder, 'history.jsonl'), 'rubbish\n{"what":"made"}\n')
    const behind = await add(first, 2)
    await first.close()
    assert.deepEqual(ids(openHistory(folder, ROOM)), [behind.id, before.id])
  })

  test('that leaves files nobody names: they go a day later', async () => {
    const folder = fresh()
    const history = openHistory(folder, ROOM)
    await add(history, 1)
    await history.close()
    const [young, old] = ['young', 'old'].map((name) => join(folder, 'pictures', `${name}.png`)) as [string, string]
    for (const path of [young, old]) writeFileSync(path, 'left behind')
    const twoDaysAgo = Date.now() / 1000 - 2 * 24 * 3600
    for (const name of readdirSync(join(folder, 'pictures')))
      if (name !== 'young.png') utimesSync(join(folder, 'pictures', name), twoDaysAgo, twoDaysAgo)
    const again = openHistory(folder, ROOM)
    assert.deepEqual(
      readdirSync(join(folder, 'pictures')).filter((name) => name.length < 20),
      ['young.png'],
    )
    assert.notEqual(await again.picture(ids(again)[0]!), undefined)
  })

  test('that damaged a picture, or took it, is told from a picture', async () => {
    const folder = fresh()
    const history = openHistory(folder, ROOM)
    const [one, two] = [await add(history, 1), await add(history, 2)]
    writeFileSync(
      join(folder, 'pictures', `${hashPicture(noisy(1))}.png`),
      await sharp(Buffer.from(noisy(9).data), { raw: { width: 32, height: 32, channels: 3 } })
        .png()
        .toBuffer(),
    )
    rmSync(join(folder, 'pictures', `${hashPicture(noisy(2))}.png`))
    assert.equal(await history.picture(one.id), undefined)
    assert.equal(await history.picture(two.id), undefined)
  })
})

test('what is being added when it closes is there, and closing twice is closing', async () => {
  const folder = fresh()
  const history = openHistory(folder, ROOM)
  const adding = add(history, 1)
  await Promise.all([history.close(), history.close()])
  assert.deepEqual(ids(openHistory(folder, ROOM)), [(await adding).id])
})

test('what a picture is made of stays while that is being added, though the only other that names it goes', async () => {
  const history = openHistory(fresh(), ROOM)
  const first = await add(history, 1)
  const adding = add(history, 2)
  history.remove(first.id)
  const second = await adding
  assert.deepEqual(ids(history), [second.id])
  assert.deepEqual(await history.named(hashPicture(fox)), fox)
  // What it held back is let go of: nothing of it is left once it goes too.
  history.remove(second.id)
  assert.equal(await history.named(hashPicture(fox)), undefined)
})

describe('room', () => {
  test('that is less from now on is made when the next picture comes, not before', async () => {
    const history = openHistory(fresh(), ROOM)
    await add(history, 1)
    const second = await add(history, 2)
    history.setQuota(0)
    assert.equal(history.space().quota, 0)
    assert.equal(ids(history).length, 2)
    assert.deepEqual(ids(history).at(0), second.id)
    const third = await add(history, 3)
    assert.deepEqual(ids(history), [third.id])
  })

  test('is made by the oldest, but for favourites, the newest and what others need', async () => {
    const folder = fresh()
    const probe = openHistory(fresh(), ROOM)
    await add(probe, 1)
    const one = probe.space().bytes
    const history = openHistory(folder, Math.floor(2.5 * one))
    const [first, second] = [await add(history, 1), await add(history, 2)]
    history.favourite(first.id, true)
    const third = await add(history, 3)
    assert.deepEqual(ids(history), [third.id, first.id])
    assert.equal(await history.picture(second.id), undefined)
    assert.deepEqual(await history.named(hashPicture(fox)), fox)
    const { pictures, bytes, quota } = history.space()
    assert.ok(pictures === 2 && bytes <= quota, `${bytes} of ${quota}`)
    assert.equal(readdirSync(join(folder, 'pictures')).length, 3)
    await history.close()
    const again = openHistory(folder, 0)
    assert.deepEqual(
      again.list({ limit: 9 }).map(({ favourite }) => favourite),
      [false, true],
    )
    const fourth = await add(again, 4)
    assert.deepEqual(ids(again), [fourth.id, first.id])
  })

  test('what is removed is gone, with its files, for good', async () => {
    const folder = fresh()
    const history = openHistory(folder, ROOM)
    const made = await add(history, 1)
    history.remove(made.id)
    history.remove('nobody')
    history.favourite('nobody', true)
    assert.deepEqual(ids(history), [])
    assert.deepEqual(readdirSync(join(folder, 'pictures')), [])
    assert.deepEqual(history.space(), { pictures: 0, bytes: 0, quota: ROOM })
    await history.close()
    assert.deepEqual(ids(openHistory(folder, ROOM)), [])
  })

  test('nothing is left of the words and the look of what is removed, also where a crash came in between', async () => {
    const folder = fresh()
    const path = join(folder, 'history.jsonl')
    const history = openHistory(folder, ROOM)
    const [first, second] = [await add(history, 1), await add(history, 2)]
    history.favourite(first.id, true)
    const whole = readFileSync(path, 'utf8')
    history.remove(first.id)
    const third = await add(history, 3)
    await history.close()
    const told = (): string[] =>
      readFileSync(path, 'utf8')
        .split('\n')
        .filter((line) => line.trim() !== '')
    assert.equal(told().length, 2)
    assert.equal(told().join().includes(first.id), false)
    const again = openHistory(folder, ROOM)
    assert.deepEqual(ids(again), [third.id, second.id])
    await again.close()

    writeFileSync(path, `${whole}{"what":"removed","id":"${first.id}"}\n`)
    const mended = openHistory(folder, ROOM)
    assert.deepEqual(ids(mended), [second.id])
    await mended.close()
    assert.equal(told().join().includes(first.id), false)
  })
})
