/** The pictures of docs/guide.md, taken on the way that the guide describes: `npm run guide` puts them there. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Locator, Page } from 'playwright-core'
import { startCompanion } from '../../plugin/studio/node/companion-process.ts'
import { serveStudio } from '../../plugin/studio/node/serve.ts'
import {
  button,
  card,
  documentPicture,
  imprint,
  layer,
  layers,
  prompt,
  shot,
  slider,
  takeFox,
  useStudio,
} from '../support/studio-page.ts'

const ROOT = join(import.meta.dirname, '../..')
const OUTPUT = join(ROOT, 'test/output')
/** Milliseconds that several pictures may take on a machine with much else to do. */
const SEVERAL_PICTURES = 180_000

const opened = useStudio()
const { withStudio } = opened
const panel = (page: Page): Locator => page.locator('.panel')
const picture = (of: Page | Locator, name: string): Promise<Buffer> => shot(of, `guide-${name}`)

test('a companion is found, and a number pairs it', async (t) => {
  const site = await serveStudio({
    '/': join(ROOT, 'dist/studio'),
    '/panel/': join(ROOT, 'dist/panel'),
    '/example/': join(ROOT, 'plugin/studio/example'),
  })
  t.after(() => site.close())
  const companion = await startCompanion(['--origin', site.url.replace(/\/$/, '')])
  t.after(() => companion.close())
  site.configure({ psdUrl: '/example/fox.psd', port: companion.port, token: '' })
  const page = await opened.browser.newPage({ viewport: { width: 1280, height: 800 } })
  t.after(() => page.close())
  await page.goto(site.url)
  const number = page.getByRole('textbox', { name: 'Number that the companion shows, six digits' })
  await number.fill(companion.number.replace(/^.../, '$& '))
  await picture(page.getByRole('region', { name: 'Companion' }), 'pairing')
  await button(page, 'Pair').click()
  await page.getByText('Ready · CPU').waitFor()
})

test('a layer, words, Imprint: a first layer, which follows the weight', () =>
  withStudio(async (page) => {
    await takeFox(page)
    await imprint(page, 'a house')
    await slider(page).focus()
    for (let i = 0; i < 4; i++) await page.keyboard.press('ArrowRight')
    await page.getByText('a house · 0.80').waitFor()
    await page.getByText('The weight changes this layer.').waitFor()
    await picture(page, 'first-layer')
  }))

test('five weights side by side', { timeout: SEVERAL_PICTURES }, () =>
  withStudio(async (page) => {
    await takeFox(page)
    await prompt(page).fill('a fish')
    await button(page, 'Compare weights').click()
    await button(page, 'All as layers').waitFor({ timeout: SEVERAL_PICTURES })
    await picture(page.getByRole('region', { name: 'Sweep' }), 'weights')
  }),
)

test('two references, of one the style more than the layout', () =>
  withStudio(async (page) => {
    await takeFox(page)
    await layer(page, 'leaf').first().click()
    await button(page, '+ Use selected layer').click()
    await button(card(page, 'leaf'), 'More').click()
    const style = card(page, 'leaf').getByRole('textbox', { name: 'Style in per cent' })
    await card(page, 'leaf').getByRole('textbox', { name: 'Layout in per cent' }).fill('20')
    await page.keyboard.press('Enter')
    assert.equal(await style.inputValue(), '100')
    await page.locator('#panel-column').evaluate((column) => column.scrollTo(0, 0))
    await page.setViewportSize({ width: 1280, height: 1400 })
    await picture(page.locator('.section').filter({ has: card(page, 'leaf') }), 'references')
  }))

test('a selection is painted anew', () =>
  withStudio(async (page) => {
    await takeFox(page)
    const box = await documentPicture(page).boundingBox()
    assert.ok(box)
    await page.mouse.move(box.x + box.width * 0.08, box.y + box.height * 0.55)
    await page.mouse.down()
    await page.mouse.move(box.x + box.width * 0.48, box.y + box.height * 0.95, { steps: 4 })
    await page.mouse.up()
    await page
      .getByRole('status')
      .filter({ hasText: /^Only the selection/ })
      .waitFor()
    const count = await layers(page).count()
    await imprint(page, 'a tulip')
    assert.equal(await layers(page).count(), count + 1)
    await picture(page, 'selection')
  }))

test('four variations to choose from', { timeout: SEVERAL_PICTURES }, () =>
  withStudio(async (page) => {
    await takeFox(page)
    await prompt(page).fill('a guitar')
    await button(page, 'Four variations').click()
    const choices = page.getByRole('button', { name: /^Choose seed / })
    await choices.nth(3).waitFor({ timeout: SEVERAL_PICTURES })
    await choices.nth(1).click()
    await button(page, 'Make it a layer').waitFor()
    await picture(page.getByRole('region', { name: 'Variations' }), 'variations')
  }),
)

test('earlier pictures, and a layer that says how it was made', () =>
  withStudio(async (page) => {
    await takeFox(page)
    await imprint(page, 'a violin')
    await imprint(page, 'a tulip')
    await layer(page, 'Imprint: a violin').first().click()
    await page.getByText(/This layer was made with “a violin”/).waitFor()
    await picture(panel(page).locator('.notice').first(), 'remembers')
    await page.setViewportSize({ width: 1280, height: 1800 })
    await button(page, '+ Earlier pictures').click()
    await page.getByRole('group', { name: 'Earlier picture: a tulip' }).first().waitFor()
    await button(page, 'More of a tulip').first().click()
    // The list is as long as all that was made before; its beginning says enough.
    const box = await page.getByRole('group', { name: 'Earlier pictures', exact: true }).boundingBox()
    assert.ok(box)
    await page.screenshot({ path: join(OUTPUT, 'guide-earlier.png'), clip: { ...box, height: 440 } })
  }))
