/** What was made, in a real Chromium: earlier pictures, layers that remember, and PNGs that carry their recipe. */
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import type { Locator, Page } from 'playwright-core'
import sharp from 'sharp'
import { recipeInPng } from '../../shared/recipe-in-png.ts'
import { assertAccessible } from '../support/accessible.ts'
import { button, card, imprint, layer, layers, prompt, shot, takeFox, useStudio } from '../support/studio-page.ts'

const { withStudio } = useStudio()

const entries = (page: Page): Locator => page.getByRole('group', { name: /^Earlier picture: / })
const entry = (page: Page, words: string): Locator =>
  page.getByRole('group', { name: `Earlier picture: ${words}`, exact: true }).first()
const openEarlier = (page: Page): Promise<void> => button(page, '+ Earlier pictures').click()

async function downloaded(page: Page, act: () => Promise<void>): Promise<Buffer> {
  const [download] = await Promise.all([page.waitForEvent('download'), act()])
  return readFile(await download.path())
}

/** Drops a file on the document. */
async function drop(page: Page, name: string, bytes: Buffer): Promise<void> {
  const transfer = await page.evaluateHandle(
    ([data, fileName]) => {
      const made = new DataTransfer()
      made.items.add(new File([Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0))], fileName))
      return made
    },
    [bytes.toString('base64'), name] as const,
  )
  await page.dispatchEvent('#table', 'drop', { dataTransfer: transfer })
}

test('earlier pictures outlive the panel; one is taken over, put back, saved, dropped again, and deleted once asked', () =>
  withStudio(async (page) => {
    await takeFox(page)
    await imprint(page, 'a boat')
    await openEarlier(page)
    await entry(page, 'a boat').waitFor()
    await shot(page.locator('#panel-column'), 'earlier-open')

    await page.reload()
    await page.getByText('Ready · CPU').waitFor()
    await prompt(page).fill('words of mine')
    await openEarlier(page)
    await page.getByRole('textbox', { name: 'Search earlier pictures' }).fill('boat')
    await button(entry(page, 'a boat'), 'Use its recipe').click()
    await card(page, 'Reference 1').waitFor()
    assert.equal(await prompt(page).inputValue(), 'a boat')
    assert.equal(await page.getByText(/lacks/).count(), 0)
    await button(page, 'Back to mine').click()
    await page.waitForFunction(() => !document.body.textContent.includes('Here is the recipe'))
    assert.equal(await prompt(page).inputValue(), 'words of mine')

    await button(entry(page, 'a boat'), 'More of a boat').click()
    await button(page, 'Put back').click()
    await layer(page, 'Imprint: a boat').waitFor()
    for (const side of [240, 480]) {
      await page.locator('#panel-column').evaluate((column, width) => (column.style.width = `${width}px`), side)
      await assertAccessible(page, `earlier pictures, ${side} pixels wide`)
      await entry(page, 'a boat').scrollIntoViewIfNeeded()
      await shot(page.locator('#panel-column'), `earlier-actions-${side}`)
    }
    const png = await downloaded(page, () => button(page, 'Save as PNG…').click())
    assert.equal(recipeInPng(png)?.prompt, 'a boat')

    await drop(page, 'a boat.png', png)
    await page.getByText('Here is the recipe of “a boat.png”.').waitFor()
    assert.equal(await prompt(page).inputValue(), 'a boat')
    const before = await layers(page).count()
    const plain = await sharp({ create: { width: 40, height: 30, channels: 3, background: '#f80' } })
      .png()
      .toBuffer()
    await drop(page, 'orange.png', plain)
    await layer(page, 'orange').waitFor()
    assert.equal(await layers(page).count(), before + 1)

    const count = await entries(page).count()
    await button(page, 'Delete…').click()
    await button(page, 'Keep it').click()
    await button(page, 'Delete…').click()
    await button(page, 'Delete').click()
    await page.waitForFunction(
      (most) => document.querySelectorAll('[aria-label^="Earlier picture: "]').length < most,
      count,
    )
  }))

test('a layer in a saved PSD says how it was made and is changed in place, by the keyboard', () =>
  withStudio(async (page) => {
    await takeFox(page)
    await imprint(page, 'a mill')
    const psd = await downloaded(page, () => button(page, 'Save').click())
    await page.reload()
    await page.getByText('Ready · CPU').waitFor()
    await drop(page, 'saved.psd', psd)
    await layer(page, 'Imprint: a mill').click()
    await page.getByText(/This layer was made with “a mill” · 0\.60/).waitFor()
    await assertAccessible(page, 'a layer that remembers')
    await shot(page.locator('#panel-column'), 'recalled')
    await button(page, 'Edit this layer').press('Enter')
    await card(page, 'fox').waitFor()
    await prompt(page).fill('a red mill')
    const count = await layers(page).count()
    await button(page, 'Update “Imprint: a mill”').press('Enter')
    await page.getByText('a red mill · 0.60').waitFor()
    await page.getByText('The weight changes this layer.').waitFor()
    assert.equal(await layers(page).count(), count)
  }))

test('a reference comes from a file that the person chooses', () =>
  withStudio(async (page) => {
    const plain = await sharp({ create: { width: 40, height: 30, channels: 3, background: '#08f' } })
      .webp()
      .toBuffer()
    const [chooser] = await Promise.all([page.waitForEvent('filechooser'), button(page, '+ File…').click()])
    await chooser.setFiles({ name: 'sea.webp', mimeType: 'image/webp', buffer: plain })
    await card(page, 'sea.webp').getByText('From a file').waitFor()
    await imprint(page, 'a sail')
  }))
