/** The document's side of the studio in a real Chromium: layers, history, files, and waiting while a script works. */
import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { Browser, Locator, Page } from 'playwright-core'
import { buildPanel, buildStudio } from '../../plugin/build.ts'
import { serveStudio } from '../../plugin/studio/node/serve.ts'
import type { ModalContext, ModalOptions } from '../../plugin/studio/double/modal.ts'
import { readDocument } from '../../plugin/studio/psd/read.ts'
import { openChromium } from '../support/chromium.ts'

declare global {
  interface Window {
    require(name: 'photoshop'): {
      core: {
        executeAsModal<T>(target: (context: ModalContext) => Promise<T>, options: ModalOptions): Promise<T>
      }
    }
    /** What became of the script that holds Photoshop. */
    held?: string
  }
}

const EXAMPLE = join(import.meta.dirname, '../../plugin/studio/example')

let folder = ''
let studio: Awaited<ReturnType<typeof serveStudio>>
let browser: Browser
let page: Page
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'imprint-page-'))
  const [site, panel] = [join(folder, 'studio'), join(folder, 'panel')]
  await Promise.all([buildPanel(panel), buildStudio(site)])
  studio = await serveStudio({ '/': site, '/panel/': panel, '/example/': EXAMPLE })
  // No companion listens there: this side of the page needs none.
  studio.configure({ psdUrl: '/example/fox.psd', port: 1, token: '' })
  browser = await openChromium()
  page = await browser.newPage()
})
after(async () => {
  await browser.close()
  await studio.close()
  await rm(folder, { recursive: true, force: true })
})

const button = (name: string): Locator => page.getByRole('button', { name, exact: true })
const layer = (name: string): Locator => page.getByRole('treeitem', { name, exact: true })
const picture = (): Promise<Buffer> => page.getByRole('img', { name: 'Document', exact: true }).screenshot()
const title = (): Promise<string | null> => page.getByRole('heading', { level: 1 }).textContent()
const selected = (name: string): Promise<unknown> => layer(name).and(page.locator('[aria-selected="true"]')).waitFor()

async function fresh(): Promise<void> {
  await page.goto(studio.url)
  await button('+ Use selected layer').waitFor()
}

test('arrow keys walk the layers, fold groups and keep the focus; space shows and hides', async () => {
  await fresh()
  await selected('fox')
  await layer('fox').focus()
  await page.keyboard.press('ArrowDown')
  await selected('leaf')
  await page.keyboard.press('ArrowDown')
  await selected('sketch')
  await page.keyboard.press('ArrowLeft')
  await layer('guides').waitFor({ state: 'detached' })
  await page.keyboard.press('ArrowDown')
  await selected('Background')
  await page.keyboard.press('Home')
  await selected('fox')
  const shown = await picture()
  await page.keyboard.press(' ')
  await button('Show fox').waitFor()
  assert.notDeepEqual(await picture(), shown)
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('aria-label')), 'fox')
})

test('a click on the eye or the triangle does that and selects nothing', async () => {
  await fresh()
  await button('Hide leaf').click()
  await button('Show leaf').waitFor()
  await button('Close sketch').click()
  await layer('guides').waitFor({ state: 'detached' })
  await button('Open sketch').click()
  await layer('guides').waitFor()
  await selected('fox')
})

test('a document saved opens again as it was', async () => {
  await fresh()
  const [download] = await Promise.all([page.waitForEvent('download'), button('Save').click()])
  const file = await readFile(await download.path())
  assert.equal(download.suggestedFilename(), 'fox.psd')
  const example = await readFile(join(EXAMPLE, 'fox.psd'))
  const surfaces = (bytes: Buffer): unknown =>
    readDocument(bytes).state.layers.map(({ name, surface }) => [name, surface.bounds, surface.data.length])
  assert.deepEqual(surfaces(file), surfaces(example))
  await page.setInputFiles('#file', { name: 'again.psd', mimeType: 'image/vnd.adobe.photoshop', buffer: file })
  await page.getByText('again.psd · 640 × 640').waitFor()
  await button('Close').click()
  await page.getByText('fox.psd · 640 × 640').waitFor()
})

test('a file that is no document is refused in a sentence, and the document stays', async () => {
  await fresh()
  await page.setInputFiles('#file', { name: 'x.psd', mimeType: 'text/plain', buffer: Buffer.from('hello') })
  await page.getByRole('alert').getByText('The file is not a Photoshop document').waitFor()
  assert.equal(await title(), 'fox.psd · 640 × 640')
})

test('without a document the page invites to open one, and there is nothing to undo, save or close', async () => {
  await fresh()
  await button('Close').click()
  await page.getByText('Open a Photoshop document, or drop one here.').waitFor()
  for (const name of ['Undo', 'Redo', 'Save', 'Close']) assert.ok(await button(name).isDisabled(), name)
  assert.equal(await page.getByRole('treeitem').count(), 0)
})

test('while a script holds Photoshop the person waits, and Escape cancels it', async () => {
  await fresh()
  await page.evaluate(() => {
    const { core } = window.require('photoshop')
    window.held = 'running'
    void core
      .executeAsModal((context) => new Promise<void>((end) => (context.onCancel = end)), { commandName: 'works' })
      .then(() => (window.held = 'cancelled'))
  })
  await layer('leaf').click()
  await button('Hide fox').click()
  await selected('fox')
  await layer('fox').focus()
  await page.keyboard.press('Escape')
  await page.waitForFunction(() => window.held === 'cancelled')
  await layer('leaf').click()
  await selected('leaf')
  assert.ok(await button('Hide fox').isVisible())
})
