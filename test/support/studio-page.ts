import assert from 'node:assert/strict'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser, Locator, Page } from 'playwright-core'
import { buildPanel, buildStudio } from '../../plugin/build.ts'
import { openStudio, type Studio } from '../../plugin/studio/node/open-studio.ts'
import { openChromium } from './chromium.ts'

const OUTPUT = join(import.meta.dirname, '../output')

/** The studio with the shipped bundle, and a browser to open it in; the caller closes both. */
export async function openBuiltStudio(): Promise<{ studio: Studio; browser: Browser }> {
  await Promise.all([buildPanel(), buildStudio(), mkdir(OUTPUT, { recursive: true })])
  return { studio: await openStudio(), browser: await openChromium() }
}

/** The studio in a fresh window; a page that throws fails the test at its end. */
export async function inStudio(browser: Browser, studio: Studio, work: (page: Page) => Promise<void>): Promise<void> {
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
