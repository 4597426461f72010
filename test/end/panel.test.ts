/** The shipped bundle in a real Chromium over a real PSD, through a real socket and the real engine. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { slowSocket } from '../support/slow-socket.ts'
import {
  button,
  documentPicture,
  imprint,
  layer,
  layers,
  shot,
  slider,
  takeFox,
  useStudio,
} from '../support/studio-page.ts'

const opened = useStudio()
const { withStudio } = opened

test('reference, prompt, new layer; the slider then changes the same layer', () =>
  withStudio(async (page) => {
    const before = await layers(page).count()
    await takeFox(page)
    await imprint(page, 'a house')
    assert.equal(await layers(page).count(), before + 1)
    const first = await documentPicture(page).screenshot()

    await slider(page).focus()
    for (let i = 0; i < 8; i++) await page.keyboard.press('ArrowRight')
    await page.getByText('a house · 1.00').waitFor()
    await page.getByText('The weight changes this layer.').waitFor()
    assert.equal(await layers(page).count(), before + 1)
    assert.notDeepEqual(await documentPicture(page).screenshot(), first)
    await shot(page, 'studio')
  }))

test('dragging the slider shows pictures on the way and makes one history step when it is let go of', () =>
  withStudio(async (page) => {
    const before = await layers(page).count()
    await takeFox(page)
    await imprint(page, 'a guitar')
    const steps = page.getByRole('list', { name: 'History' }).getByRole('listitem')
    const made = await steps.count()
    const box = await page.locator('sp-slider').boundingBox()
    assert.ok(box)
    const track = box.y + box.height - 12
    await page.mouse.move(box.x + box.width * 0.4, track)
    await page.mouse.down()
    await page.mouse.move(box.x + box.width * 0.7, track, { steps: 5 })
    await page.getByText('Let go to keep it.').waitFor()
    assert.equal(await steps.count(), made)
    await page.mouse.up()
    await page.getByText('The weight changes this layer.').waitFor()
    assert.equal(await steps.count(), made + 1)
    assert.equal(await layers(page).count(), before + 1)
  }))

test('Imprint again makes another layer', () =>
  withStudio(async (page) => {
    const before = await layers(page).count()
    await takeFox(page)
    await imprint(page, 'a boat')
    await button(page, 'Imprint').click()
    await layers(page)
      .nth(before + 1)
      .waitFor()
  }))

test('with the keyboard alone: prompt, Ctrl+Enter, arrows on the slider', () =>
  withStudio(async (page) => {
    await layer(page, 'fox').first().click()
    await page.getByRole('textbox', { name: 'Prompt', exact: true }).focus()
    await page.keyboard.press('Control+A')
    await page.keyboard.type('a fish')
    await page.keyboard.press('Control+Enter')
    await layer(page, 'Imprint: a fish').waitFor()
    await slider(page).focus()
    await page.keyboard.press('ArrowRight')
    await page.getByText('a fish · 0.65').waitFor()
    await page.keyboard.press('Shift+ArrowLeft')
    await page.getByText('a fish · 0.64').waitFor()
  }))

test('Cancel, by button or Escape, leaves the document as it was', async () => {
  for (const way of ['button', 'Escape'] as const) {
    const page = await opened.browser.newPage({ viewport: { width: 1280, height: 800 } })
    const socket = await slowSocket(page)
    try {
      await page.goto(opened.studio.url)
      await page.getByText('Ready · CPU').waitFor()
      const before = await layers(page).count()
      await takeFox(page)
      await page.getByRole('textbox', { name: 'Prompt', exact: true }).fill('a rocket')
      socket.hold()
      await button(page, 'Imprint').click()
      await button(page, 'Cancel').waitFor()
      if (way === 'button') await button(page, 'Cancel').click()
      else await page.keyboard.press('Escape')
      socket.release()
      await button(page, 'Imprint').waitFor()
      assert.equal(await layers(page).count(), before)
      await imprint(page, 'a rocket')
    } finally {
      await page.close()
    }
  }
})

test('the panel follows the host from dark to light', () =>
  withStudio(async (page) => {
    const colour = (): Promise<string> =>
      page.locator('.panel').evaluate((panel) => getComputedStyle(panel).backgroundColor)
    await takeFox(page)
    await imprint(page, 'a tulip')
    const dark = await colour()
    await button(page, 'Light').click()
    assert.notEqual(await colour(), dark)
    await shot(page, 'studio-light')
  }))

test('nothing is cut off between 240 and 600 pixels', () =>
  withStudio(async (page) => {
    await takeFox(page)
    await imprint(page, 'a house with a rather long name that has no end')
    await button(page, '+ Without, size, seed and more').click()
    await button(page, 'More').click()
    for (const width of [240, 320, 600]) {
      const wide = await page.locator('.panel').evaluate((panel, px) => {
        const root = panel.parentElement
        if (root !== null) root.style.width = `${px}px`
        return [...panel.querySelectorAll('*')]
          .filter((element) => element.getBoundingClientRect().right > panel.getBoundingClientRect().right + 0.5)
          .map((element) => element.tagName)
      }, width)
      assert.deepEqual(wide, [], `${width} px`)
      await shot(page.locator('.panel'), `panel-${width}`)
    }
  }))
