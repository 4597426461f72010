/** Settings in a real Chromium: what is changed there the companion does and keeps, and what it refuses it says. */
import assert from 'node:assert/strict'
import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { test } from 'node:test'
import type { Locator, Page } from 'playwright-core'
import { openStudio } from '../../plugin/studio/node/open-studio.ts'
import { assertAccessible } from '../support/accessible.ts'
import { button, imprint, layer, shot, takeFox, useStudio, widen } from '../support/studio-page.ts'

const opened = useStudio()
const { withStudio } = opened

const models = realpathSync(mkdtempSync(join(tmpdir(), 'imprint-more-models-')))
process.once('exit', () => rmSync(models, { recursive: true, force: true }))

const field = (page: Page, name: string): Locator => page.getByRole('textbox', { name, exact: true })
const said = (page: Page, words: string): Promise<void> => page.getByRole('status').filter({ hasText: words }).waitFor()

/** Types into a field and leaves it with Enter. */
async function type(page: Page, name: string, text: string): Promise<void> {
  await field(page, name).fill(text)
  await page.keyboard.press('Enter')
}

test('folder, room, memory and device are set, a wrong folder is refused, and all of it is there again', () =>
  withStudio(async (page) => {
    await button(page, 'Settings').click()
    await page.getByText('Models folder').waitFor()
    await button(page, 'Copy path').waitFor()
    await type(page, 'Another folder with models', 'models')
    await said(page, '“models” is not a whole path')
    assert.equal(await field(page, 'Another folder with models').inputValue(), '')
    await type(page, 'Another folder with models', join(models, 'absent'))
    await said(page, `There is no folder ${join(models, 'absent')}`)
    await type(page, 'Another folder with models', models)
    await said(page, 'Changed.')
    await type(page, 'Room (MB)', '100')
    await page.getByText(/ of 105 MB/).waitFor()
    await page.getByRole('combobox', { name: 'Device' }).selectOption('CPU')
    await page.getByText('as asked').waitFor()
    await said(page, 'Changed.')
    for (const look of ['dark', 'light'] as const) {
      if (look === 'light') await button(page, 'Light').click()
      for (const width of [240, 480]) {
        await widen(page, width)
        await assertAccessible(page, `settings, ${look}, ${width} pixels wide`)
        await page.getByText('Models folder').scrollIntoViewIfNeeded()
        await shot(page.locator('#panel-column'), `settings-${look}-${width}`)
      }
    }
    await button(page, 'Dark').click()

    await page.reload()
    await page.getByText('Ready · CPU').waitFor()
    await button(page, 'Settings').click()
    await field(page, 'Room (MB)').waitFor()
    assert.equal(await field(page, 'Another folder with models').inputValue(), models)
    assert.equal(await field(page, 'Room (MB)').inputValue(), '100')
    await takeFox(page)
    await imprint(page, 'a boat')
    await layer(page, 'Imprint: a boat').waitFor()
    // Left empty, it is as usual again.
    await type(page, 'Room (MB)', '')
    await page.getByText(/ of 4\.3 GB/).waitFor()
  }))

test('what the companion’s start line says is shown, and not to be changed', async () => {
  const studio = await openStudio({ companionArgs: ['--device', 'cpu', '--quota', '64', '--memory', '512'] })
  const page = await opened.browser.newPage({ viewport: { width: 1280, height: 800 } })
  try {
    await page.goto(studio.url)
    await page.getByText('Ready · CPU').waitFor()
    await button(page, 'Settings').click()
    await page.getByText('For models (MB): 512').waitFor()
    await page.getByText('Room (MB): 64').waitFor()
    assert.equal(await page.getByText('Set by the companion’s start line.').count(), 3)
    assert.equal(await page.getByRole('combobox', { name: 'Device' }).count(), 0)
    await shot(page.locator('#panel-column'), 'settings-fixed')
  } finally {
    await page.close()
    await studio.close()
  }
})
