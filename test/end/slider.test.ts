/** The slider, the pad and the sweep in a real Chromium: the shipped bundle, a real PSD, the real engine. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Locator, Page } from 'playwright-core'
import {
  button,
  card,
  imprint,
  layer,
  layers,
  prompt,
  shot,
  slider,
  takeFox,
  useStudio,
  widen,
} from '../support/studio-page.ts'

/** Milliseconds that five pictures may take on a machine with much else to do. */
const FIVE_PICTURES = 180_000

const { withStudio } = useStudio()

const steps = (page: Page): Locator => page.getByRole('list', { name: 'History' }).getByRole('listitem')
const newest = (page: Page): Locator => page.getByRole('img', { name: 'Newest picture' })
const sweep = (page: Page): Locator => page.getByRole('region', { name: 'Sweep' })
const pad = (page: Page): Locator => page.getByRole('slider', { name: 'Style and layout' })

/** Every message of the panel that asks for a picture: whether a quick one would do. */
function asked(page: Page): boolean[] {
  const quick: boolean[] = []
  page.on('websocket', (socket) =>
    socket.on('framesent', ({ payload }) => {
      if (typeof payload !== 'string' || !payload.includes('"generate"')) return
      const message = JSON.parse(payload) as { type: string; quick?: boolean }
      if (message.type === 'generate') quick.push(message.quick === true)
    }),
  )
  return quick
}

test('a held slider shows quick pictures in the panel, and the full one goes into the layer in one step', () =>
  withStudio(async (page) => {
    const quick = asked(page)
    await page.reload()
    await page.getByText('Ready · CPU').waitFor()
    await takeFox(page)
    await imprint(page, 'a guitar')
    const [before, count, made] = [
      await newest(page).getAttribute('src'),
      await layers(page).count(),
      await steps(page).count(),
    ]
    const box = await page.locator('sp-slider').first().boundingBox()
    assert.ok(box)
    const track = box.y + box.height - 12
    await page.mouse.move(box.x + box.width * 0.4, track)
    await page.mouse.down()
    await page.mouse.move(box.x + box.width * 0.7, track, { steps: 5 })
    await page.getByText('Let go to keep it.').waitFor()
    await page.waitForFunction(
      (src) => document.querySelector('img[alt="Newest picture"]')?.getAttribute('src') !== src,
      before,
    )
    assert.equal(await steps(page).count(), made)
    await shot(page.locator('.panel'), 'slider-held')
    await page.mouse.up()
    await page.getByText('The weight changes this layer.').waitFor()
    assert.equal(await steps(page).count(), made + 1)
    assert.equal(await layers(page).count(), count)
    assert.deepEqual([quick[0], quick.at(-1)], [false, false])
    assert.ok(quick.slice(1, -1).length > 0 && quick.slice(1, -1).every((one) => one), JSON.stringify(quick))
  }))

test('the pad is moved by pointer and by arrow keys, says where it is, and the layer follows', () =>
  withStudio(async (page) => {
    await takeFox(page)
    await imprint(page, 'a house')
    const made = await steps(page).count()
    await button(page, 'More').click()
    assert.equal(await pad(page).getAttribute('aria-valuetext'), 'Style 100%, layout 100%')

    const box = await pad(page).boundingBox()
    assert.ok(box)
    await page.mouse.move(box.x + box.width - 2, box.y + 2)
    await page.mouse.down()
    await page.mouse.move(box.x + box.width * 0.5, box.y + box.height * 0.75, { steps: 4 })
    await page.getByText('Let go to keep it.').waitFor()
    assert.equal(await steps(page).count(), made)
    await page.mouse.up()
    await page.getByText('The weight changes this layer.').waitFor()
    assert.equal(await steps(page).count(), made + 1)
    assert.equal(await pad(page).getAttribute('aria-valuetext'), 'Style 50%, layout 25%')
    await page.locator('.panel').getByText('a house · 0.60 (style 50 %, layout 25 %)').waitFor()
    const follow = card(page, 'fox').getByRole('combobox', { name: 'Follow' })
    assert.equal(
      await follow.evaluate((list: HTMLSelectElement) => list.selectedOptions[0]?.text),
      'Follow as on the pad',
    )
    await shot(page.locator('.panel'), 'pad-dark')

    await pad(page).focus()
    await page.keyboard.press('ArrowUp')
    await page.keyboard.press('Shift+ArrowLeft')
    await page.locator('.panel').getByText('a house · 0.60 (style 49 %, layout 30 %)').waitFor()
    await page.getByText('The weight changes this layer.').waitFor()
    assert.equal(await pad(page).getAttribute('aria-valuetext'), 'Style 49%, layout 30%')

    await page.getByRole('textbox', { name: 'Layout in per cent' }).fill('0')
    await page.keyboard.press('Enter')
    await page.getByRole('textbox', { name: 'Style in per cent' }).fill('100')
    await page.keyboard.press('Enter')
    await page.waitForFunction(
      () => document.querySelector('.pad')?.getAttribute('aria-valuetext') === 'Style 100%, layout 0%',
    )
    assert.equal(await follow.evaluate((list: HTMLSelectElement) => list.selectedOptions[0]?.text), 'Follow its style')
    await page.getByText('The weight changes this layer.').waitFor()
    await button(page, 'Light').click()
    await widen(page, 240)
    await shot(page.locator('.panel'), 'pad-light-240')
    await button(page, 'Dark').click()
  }))

test('a sweep: five pictures side by side, of which the one chosen alone becomes a layer', () =>
  withStudio(async (page) => {
    await takeFox(page)
    await prompt(page).fill('a boat')
    const [count, made] = [await layers(page).count(), await steps(page).count()]
    await button(page, 'Compare weights').click()
    await page.getByText('A click on one makes it a layer.').waitFor({ timeout: FIVE_PICTURES })
    assert.equal(await sweep(page).getByRole('img').count(), 5)
    assert.equal(await layers(page).count(), count)
    assert.equal(await steps(page).count(), made)
    await shot(page.locator('.panel'), 'sweep-dark')
    await button(page, 'Light').click()
    for (const width of [240, 480]) {
      await widen(page, width)
      await shot(page.locator('.panel'), `sweep-light-${width}`)
    }
    await button(page, 'Dark').click()
    await button(page, 'Make weight 0.75 a layer').focus()
    await page.keyboard.press('Enter')
    await layer(page, 'Imprint: a boat').waitFor()
    await page.getByText('a boat · 0.75').waitFor()
    assert.equal(await layers(page).count(), count + 1)
    assert.equal(await steps(page).count(), made + 1)
    assert.equal(await sweep(page).getByRole('img').count(), 0)
    await slider(page).focus()
    await page.keyboard.press('ArrowRight')
    await page.getByText('a boat · 0.80').waitFor()
    await page.getByText('The weight changes this layer.').waitFor()
    assert.equal(await layers(page).count(), count + 1)
  }))

test('a sweep into layers is one group in one step; a cancelled one leaves nothing', () =>
  withStudio(async (page) => {
    await takeFox(page)
    await prompt(page).fill('a fish')
    const [count, made] = [await layers(page).count(), await steps(page).count()]
    await button(page, 'Weights as layers').click()
    await sweep(page).getByText('0 of 5 made').waitFor()
    await button(sweep(page), 'Cancel').click()
    await button(page, 'Weights as layers').waitFor()
    assert.equal(await layers(page).count(), count)
    assert.equal(await steps(page).count(), made)

    await button(page, 'Weights as layers').click()
    await layer(page, 'Imprint: a fish · weights').first().waitFor({ timeout: FIVE_PICTURES })
    assert.equal(await steps(page).count(), made + 1)
    await shot(page, 'sweep-layers')
    await button(page, 'Undo').click()
    await page.waitForFunction(
      (all) => document.querySelectorAll('[role="tree"][aria-label="Layers"] [role="treeitem"]').length === all,
      count,
    )
  }))
