/** The studio as a place to work in, in a real Chromium: zoom, pan, several documents, unsaved work, narrow windows. */
import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { Browser, Locator, Page } from 'playwright-core'
import { buildPanel, buildStudio } from '../../plugin/build.ts'
import { serveStudio } from '../../plugin/studio/node/serve.ts'
import { openChromium } from '../support/chromium.ts'
import { button, documentPicture, layer, shot } from '../support/studio-page.ts'

const EXAMPLE = join(import.meta.dirname, '../../plugin/studio/example')

let folder = ''
let studio: Awaited<ReturnType<typeof serveStudio>>
let browser: Browser
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'imprint-view-'))
  const [site, panel] = [join(folder, 'studio'), join(folder, 'panel')]
  await Promise.all([buildPanel(panel), buildStudio(site)])
  studio = await serveStudio({ '/': site, '/panel/': panel, '/example/': EXAMPLE })
  // No companion listens there: this side of the page needs none.
  studio.configure({ psdUrl: '/example/fox.psd', port: 1, token: '' })
  browser = await openChromium()
})
after(async () => {
  await browser.close()
  await studio.close()
  await rm(folder, { recursive: true, force: true })
})

async function inPage(width: number, height: number, work: (page: Page) => Promise<void>): Promise<void> {
  const page = await browser.newPage({ viewport: { width, height } })
  try {
    await page.goto(studio.url)
    await page.getByText('fox.psd · 640 × 640').waitFor()
    await button(page, '+ Use selected layer').waitFor()
    await work(page)
  } finally {
    await page.close()
  }
}

const zoom = (page: Page): Promise<number> =>
  page
    .getByRole('status', { name: 'Zoom' })
    .textContent()
    .then((text) => Number.parseInt(text ?? '', 10))
const table = (page: Page): Locator => page.locator('#table')
const scroll = (page: Page): Promise<[number, number]> =>
  table(page).evaluate(({ scrollLeft, scrollTop }) => [scrollLeft, scrollTop])
const title = (page: Page): Promise<string | null> => page.getByRole('heading', { level: 1 }).textContent()

/** Changes the document in a way that has a line in its history. */
async function paint(page: Page): Promise<void> {
  await page.evaluate(async () => {
    type Layer = { name: string }
    type Photoshop = {
      app: { activeDocument: { activeLayers: Layer[] } }
      core: { executeAsModal(work: () => Promise<void>, options: object): Promise<void> }
    }
    const { app, core } = (window as unknown as { require(name: string): Photoshop }).require('photoshop')
    await core.executeAsModal(
      async () => {
        const [first] = app.activeDocument.activeLayers
        if (first) first.name = 'vixen'
        await Promise.resolve()
      },
      { commandName: 'Rename' },
    )
  })
  await layer(page, 'vixen').first().waitFor()
}

test('buttons, keys and the wheel zoom; what lies under the pointer stays there', () =>
  inPage(1280, 800, async (page) => {
    const fitted = await zoom(page)
    assert.equal(fitted, 100)
    await button(page, 'Zoom in').click()
    assert.equal(await zoom(page), 125)
    await button(page, 'Zoom out').click()
    await button(page, 'Zoom out').click()
    assert.equal(await zoom(page), 80)
    await table(page).focus()
    await page.keyboard.press('1')
    assert.equal(await zoom(page), 100)
    await page.keyboard.press('+')
    await page.keyboard.press('+')
    assert.equal(await zoom(page), 156)

    const box = await documentPicture(page).boundingBox()
    assert.ok(box)
    const [x, y] = [box.x + 300, box.y + 250]
    await page.mouse.move(x, y)
    await page.keyboard.down('Control')
    await page.mouse.wheel(0, -100)
    await page.keyboard.up('Control')
    await page.waitForFunction(() => document.querySelector('#zoom')?.textContent === '195 %')
    const larger = await documentPicture(page).boundingBox()
    assert.ok(larger)
    // The part of the document under the pointer, before and after; the browser scrolls by whole pixels.
    assert.ok(Math.abs((x - larger.x) / larger.width - (x - box.x) / box.width) < 0.002)
    assert.ok(Math.abs((y - larger.y) / larger.height - (y - box.y) / box.height) < 0.002)
    await page.keyboard.press('0')
    assert.equal(await zoom(page), 100)
  }))

test('a large view pans with arrows, the wheel, and by dragging', () =>
  inPage(1280, 800, async (page) => {
    for (let i = 0; i < 6; i++) await button(page, 'Zoom in').click()
    await table(page).focus()
    const start = await scroll(page)
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('ArrowUp')
    assert.deepEqual(await scroll(page), [start[0] + 40, start[1] - 40])
    const box = await table(page).boundingBox()
    assert.ok(box)
    await page.mouse.move(box.x + 200, box.y + 200)
    await page.keyboard.down(' ')
    await page.mouse.down()
    await page.mouse.move(box.x + 170, box.y + 210)
    await page.mouse.up()
    await page.keyboard.up(' ')
    assert.deepEqual(await scroll(page), [start[0] + 70, start[1] - 50])
    await page.mouse.down({ button: 'middle' })
    await page.mouse.move(box.x + 180, box.y + 210)
    await page.mouse.up({ button: 'middle' })
    assert.deepEqual(await scroll(page), [start[0] + 60, start[1] - 50])
    await page.mouse.wheel(0, 30)
    await page.waitForFunction((top) => document.querySelector('#table')?.scrollTop === top, start[1] - 20)
  }))

test('Ctrl+Z, Ctrl+Shift+Z and the list walk the history; only what is not in a file is told and asked for', () =>
  inPage(1280, 800, async (page) => {
    assert.equal(await title(page), 'fox.psd · 640 × 640')
    await paint(page)
    assert.equal(await title(page), 'fox.psd · 640 × 640 · not saved')
    await table(page).focus()
    await page.keyboard.press('Control+z')
    await layer(page, 'vixen').waitFor({ state: 'detached' })
    assert.equal(await title(page), 'fox.psd · 640 × 640')
    await page.keyboard.press('Control+Shift+z')
    await layer(page, 'vixen').first().waitFor()
    await page.getByRole('list', { name: 'History' }).getByRole('button').first().click()
    await layer(page, 'vixen').waitFor({ state: 'detached' })
    await button(page, 'Redo').click()

    const question = page.getByRole('dialog', { name: 'Save the changes to fox.psd before it closes?' })
    await button(page, 'Close').click()
    await question.waitFor()
    await shot(page, 'studio-closing')
    await page.keyboard.press('Escape')
    await question.waitFor({ state: 'hidden' })
    assert.match((await title(page)) ?? '', /not saved/)
    await button(page, 'Close').click()
    const [download] = await Promise.all([page.waitForEvent('download'), button(question, 'Save').click()])
    assert.equal(download.suggestedFilename(), 'fox.psd')
    await page.getByText('No document', { exact: true }).waitFor()
  }))

test('leaving the page with unsaved work asks, without it does not', () =>
  inPage(1280, 800, async (page) => {
    const asked: string[] = []
    page.on('dialog', (dialog) => {
      asked.push(dialog.type())
      void dialog.accept()
    })
    // Browsers only ask on behalf of a page that was used.
    await table(page).click()
    await page.reload()
    await page.getByText('fox.psd · 640 × 640').waitFor()
    await button(page, '+ Use selected layer').waitFor()
    assert.deepEqual(asked, [])
    await paint(page)
    await table(page).click()
    await page.reload()
    assert.deepEqual(asked, ['beforeunload'])
  }))

test('several documents are open side by side, dropped or opened, each with its own work', () =>
  inPage(1280, 800, async (page) => {
    await paint(page)
    const bytes = [...(await readFile(join(EXAMPLE, 'fox.psd')))]
    const dropped = await page.evaluateHandle((data) => {
      const transfer = new DataTransfer()
      transfer.items.add(new File([new Uint8Array(data)], 'second.psd'))
      return transfer
    }, bytes)
    await table(page).dispatchEvent('dragover', { dataTransfer: dropped })
    await page.locator('.table-dropping').waitFor()
    await table(page).dispatchEvent('drop', { dataTransfer: dropped })
    await page.getByText('second.psd · 640 × 640').waitFor()
    assert.equal(await page.locator('.table-dropping').count(), 0)
    const tabs = page.getByRole('list', { name: 'Open documents' })
    await button(tabs, 'fox.psd *').click()
    await page.getByText('fox.psd · 640 × 640 · not saved').waitFor()
    await button(tabs, 'second.psd').click()
    await button(page, 'Close').click()
    await tabs.waitFor({ state: 'hidden' })
    await page.getByText('fox.psd · 640 × 640 · not saved').waitFor()
  }))

for (const width of [240, 480, 760]) {
  test(`in a window of ${width} pixels everything is within reach`, () =>
    inPage(width, 700, async (page) => {
      const wide = await page.evaluate(() =>
        [...document.querySelectorAll('body *')]
          .filter((part) => part.getBoundingClientRect().right > document.documentElement.clientWidth + 0.5)
          .filter((part) => part.closest('#table, dialog') === null)
          .map((part) => `${part.tagName}.${part.className}`),
      )
      assert.deepEqual(wide, [])
      for (const part of ['Imprint', 'Undo', 'Settings']) await button(page, part).scrollIntoViewIfNeeded()
      await layer(page, 'fox').first().click()
      await page.screenshot({ path: join(import.meta.dirname, `../output/studio-${width}.png`), fullPage: true })
    }))
}
