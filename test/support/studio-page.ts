import assert from 'node:assert/strict'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before } from 'node:test'
import type { Browser, Locator, Page } from 'playwright-core'
import { buildPanel, buildStudio } from '../../plugin/build.ts'
import { openStudio, type Studio } from '../../plugin/studio/node/open-studio.ts'
import { openChromium } from './chromium.ts'
import './own-home.ts'

const OUTPUT = join(import.meta.dirname, '../output')

/** The studio with the shipped bundle and a browser, there for all tests of a file; `withStudio` opens it in a fresh window. */
export function useStudio() {
  let studio: Studio
  let browser: Browser
  before(async () => {
    await Promise.all([buildPanel(), buildStudio(), mkdir(OUTPUT, { recursive: true })])
    studio = await openStudio()
    browser = await openChromium()
  })
  after(async () => {
    await browser.close()
    await studio.close()
  })
  return {
    get studio() {
      return studio
    },
    get browser() {
      return browser
    },
    withStudio: (work: (page: Page) => Promise<void>): Promise<void> => inStudio(browser, studio, work),
  }
}

/** A page that throws fails the test at its end. */
async function inStudio(browser: Browser, studio: Studio, work: (page: Page) => Promise<void>): Promise<void> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
  const faults: string[] = []
  page.on('pageerror', ({ message }) => faults.push(message))
  try {
    await page.goto(studio.url)
    await page.getByText('Ready · CPU').waitFor()
    await work(page)
    assert.deepEqual(faults, [])
  } finally {
    await page.close()
  }
}

export const layers = (page: Page): Locator => page.getByRole('tree', { name: 'Layers' }).getByRole('treeitem')
export const layer = (page: Page, name: string): Locator => layers(page).filter({ hasText: name })
export const button = (within: Page | Locator, name: string): Locator =>
  within.getByRole('button', { name, exact: true })
export const slider = (within: Page | Locator): Locator => within.getByRole('slider', { name: 'Weight' })
export const card = (page: Page, name: string): Locator => page.getByRole('group', { name: `Reference: ${name}` })
export const documentPicture = (page: Page): Locator => page.getByRole('img', { name: 'Document', exact: true })
export const prompt = (page: Page): Locator => page.getByRole('textbox', { name: 'Prompt', exact: true })

/** Makes the panel's column as wide as a person might. */
export const widen = (page: Page, px: number): Promise<void> =>
  page.locator('#panel-column').evaluate((column, width) => {
    column.style.width = `${width}px`
  }, px)

/** A picture to look at, in test/output. */
export const shot = (of: Page | Locator, name: string): Promise<Buffer> =>
  of.screenshot({ path: join(OUTPUT, `${name}.png`) })

/** Takes the layer "fox" as reference. */
export async function takeFox(page: Page): Promise<void> {
  await layer(page, 'fox').first().click()
  await button(page, '+ Use selected layer').click()
  await page.getByRole('img', { name: 'Reference: fox' }).waitFor()
}

/** Makes a picture and waits until its layer is there. */
export async function imprint(page: Page, words: string): Promise<void> {
  await prompt(page).fill(words)
  await button(page, 'Imprint').click()
  await layer(page, `Imprint: ${words}`).waitFor()
  await page.getByText('The weight changes this layer.').waitFor()
}
