/** Thumbnails that are dragged, cards that follow, and feather, in a real Chromium: the shipped bundle over a real PSD. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Locator, Page } from 'playwright-core'
import { button, card, documentPicture, imprint, layer, shot, useStudio, widen } from '../support/studio-page.ts'
import { patch, psdFile } from '../support/made-psd.ts'
import { paintOverSelectedLayer } from '../support/page-host.ts'

const { withStudio } = useStudio()

const frame = (page: Page): Locator => card(page, 'strip').getByRole('slider', { name: 'Which part is seen' })
const picture = (page: Page): Promise<string | null> => card(page, 'strip').getByRole('img').getAttribute('src')

/** Opens a document with one long layer, blue but for its red left end, and takes that as reference. */
async function takeStrip(page: Page): Promise<void> {
  const strip = patch('strip', 3, [0, 40, 300, 100], [20, 40, 200, 255])
  strip.imageData?.data.forEach((_, i, data) => {
    if (i % 4 === 0 && (i / 4) % 300 < 100) data.set([220, 40, 30, 255], i)
  })
  const file = psdFile({ width: 300, height: 200 }, [strip], 3)
  await page.locator('#file').setInputFiles({ name: 'strip.psd', mimeType: 'image/x-psd', buffer: Buffer.from(file) })
  await layer(page, 'strip').first().click()
  await button(page, '+ Use selected layer').click()
  await frame(page).waitFor()
}

/** Waits until the card shows another picture than before; resolves with that. */
async function another(page: Page, than: string | null): Promise<string | null> {
  await page.waitForFunction((old) => document.querySelector('.reference img')?.getAttribute('src') !== old, than)
  return picture(page)
}

const at = (page: Page): Promise<string | null> => frame(page).getAttribute('aria-valuetext')

test('a long picture is dragged to the part that is to be seen, by pointer and by keys, and a double-click brings the middle', () =>
  withStudio(async (page) => {
    await takeStrip(page)
    const middle = await picture(page)
    const box = (await frame(page).boundingBox())!
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2]
    await page.mouse.move(x, y)
    await page.mouse.down()
    await page.mouse.move(x + box.width / 2, y, { steps: 5 })
    const held = await another(page, middle)
    await page.mouse.move(x + 2 * box.width, y, { steps: 5 })
    await page.mouse.up()
    assert.equal(await at(page), '0 % of the way')
    await another(page, held)
    await shot(page.locator('.panel'), 'framing')

    await frame(page).focus()
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('Shift+ArrowRight')
    assert.equal(await at(page), '6 % of the way')
    await button(card(page, 'strip'), 'More').click()
    await button(page, 'Light').click()
    await widen(page, 240)
    await shot(page.locator('.panel'), 'framing-light-240')
    await button(page, 'Dark').click()
    await widen(page, 480)
    await shot(page.locator('.panel'), 'framing-480')
    await imprint(page, 'a boat')
    await frame(page).dblclick()
    assert.equal(await at(page), 'the middle')
    await page.getByText('Imprint makes another layer.').waitFor()
    await page.waitForFunction((src) => document.querySelector('.reference img')?.getAttribute('src') === src, middle)
  }))

test('a card that is switched to follow its layer shows what becomes of it, undo included', () =>
  withStudio(async (page) => {
    await takeStrip(page)
    const before = await picture(page)
    await button(card(page, 'strip'), 'More').click()
    await button(page, 'Refresh by itself: off').click()
    await button(page, 'Refresh by itself: on').waitFor()
    await paintOverSelectedLayer(page, { side: 60, grey: 230, left: 120, top: 60 })
    await another(page, before)
    await shot(page.locator('.panel'), 'follows-its-layer')
    await button(page, 'Undo').click()
    await page.waitForFunction((src) => document.querySelector('.reference img')?.getAttribute('src') === src, before)
    assert.equal(await card(page, 'strip').getByText('Changed').count(), 0)
  }))

test('a selection has a number for its feather, and a picture is made with it', () =>
  withStudio(async (page) => {
    await takeStrip(page)
    const feather = page.getByRole('textbox', { name: 'Feather in pixels' })
    assert.equal(await feather.count(), 0)
    const box = (await documentPicture(page).boundingBox())!
    await page.mouse.move(box.x + box.width * 0.4, box.y + box.height * 0.4)
    await page.mouse.down()
    await page.mouse.move(box.x + box.width * 0.7, box.y + box.height * 0.7, { steps: 4 })
    await page.mouse.up()
    await feather.fill('999')
    await page.keyboard.press('Enter')
    assert.equal(await feather.inputValue(), '250')
    await feather.fill('0')
    await page.keyboard.press('Enter')
    await imprint(page, 'a boat')
    await feather.fill('')
    await page.keyboard.press('Enter')
    await page.getByText('Imprint makes another layer.').waitFor()
    await widen(page, 240)
    await shot(page.locator('.panel'), 'feather-240')
  }))
