/** Selections in a real Chromium: the shipped bundle over a real PSD, to the real engine and back. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Locator, Page } from 'playwright-core'
import {
  button,
  card,
  documentPicture,
  imprint,
  layers,
  prompt,
  shot,
  takeFox,
  useStudio,
  widen,
} from '../support/studio-page.ts'

const { withStudio } = useStudio()

const startFrom = (page: Page): Locator => page.getByRole('combobox', { name: 'Start from' })
const where = (page: Page, words: RegExp): Locator => page.getByRole('status').filter({ hasText: words })

/** Drags a marquee over a part of the document, given in parts of its sides. */
async function drag(page: Page, from: readonly [number, number], to: readonly [number, number]): Promise<void> {
  const box = await documentPicture(page).boundingBox()
  assert.notEqual(box, null)
  const at = ([x, y]: readonly [number, number]) => [box!.x + box!.width * x, box!.y + box!.height * y] as const
  await page.mouse.move(...at(from))
  await page.mouse.down()
  await page.mouse.move(...at(to), { steps: 4 })
  await page.mouse.up()
}

/** The colours of the document's picture at some places, given in parts of its sides. */
const colours = (page: Page, places: readonly (readonly [number, number])[]): Promise<number[][]> =>
  documentPicture(page).evaluate((canvas: HTMLCanvasElement, points) => {
    const context = canvas.getContext('2d')
    return points.map(([x, y]) => {
      const pixel = context?.getImageData(Math.floor(canvas.width * x), Math.floor(canvas.height * y), 1, 1)
      return [...(pixel?.data ?? [])]
    })
  }, places)

test('a selection is painted anew, with a mask, and nothing around it changes', () =>
  withStudio(async (page) => {
    await where(page, /^The whole canvas, \d+ × \d+$/).waitFor()
    await takeFox(page)
    const outside = [
      [0.05, 0.05],
      [0.95, 0.5],
      [0.5, 0.95],
    ] as const
    const before = await colours(page, [...outside, [0.45, 0.45]])
    await drag(page, [0.3, 0.3], [0.6, 0.6])
    await where(page, /^Only the selection, \d+ × \d+$/).waitFor()
    await page.getByRole('img', { name: 'What is painted anew' }).waitFor()
    const count = await layers(page).count()
    await imprint(page, 'a boat')
    assert.equal(await layers(page).count(), count + 1)
    await shot(page, 'selection')
    await page.keyboard.press('Control+D')
    await where(page, /^The whole canvas/).waitFor()
    const after = await colours(page, [...outside, [0.45, 0.45]])
    assert.deepEqual(after.slice(0, 3), before.slice(0, 3))
    assert.notDeepEqual(after[3], before[3])
  }))

test('a picture starts from the canvas with the strength that the keyboard set', () =>
  withStudio(async (page) => {
    await takeFox(page)
    await startFrom(page).selectOption('Start from the canvas')
    const strength = page.getByRole('slider', { name: /^Strength/ })
    await strength.focus()
    await page.keyboard.press('ArrowLeft')
    await page.keyboard.press('Shift+ArrowLeft')
    assert.equal(await page.getByRole('textbox', { name: 'Strength in per cent' }).inputValue(), '69')
    await imprint(page, 'a house')
    await button(page, 'Light').click()
    await widen(page, 240)
    await shot(page, 'start-from-light-240')
    await button(page, 'Dark').click()
  }))

test('a reference acts where the selection was until it is told to act everywhere', () =>
  withStudio(async (page) => {
    await takeFox(page)
    const fox = card(page, 'fox')
    await drag(page, [0, 0], [0.5, 1])
    await where(page, /^Only the selection/).waitFor()
    await button(fox, 'More').click()
    await button(fox, 'Act where my selection is').click()
    await fox.getByRole('img', { name: 'Where it acts' }).waitFor()
    await drag(page, [0.9, 0.9], [0.9, 0.9])
    await where(page, /^The whole canvas/).waitFor()
    await imprint(page, 'a fish')
    await widen(page, 480)
    await shot(page, 'region-480')
    await button(fox, 'Everywhere').click()
    await fox.getByRole('img', { name: 'Where it acts' }).waitFor({ state: 'detached' })
    await page.getByText('Imprint makes another layer.').waitFor()
    assert.equal(await prompt(page).inputValue(), 'a fish')
  }))
