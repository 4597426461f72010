/** Several pictures at once in a real Chromium: the queue, four variations, the seed and presets, over the shipped bundle. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Locator, Page } from 'playwright-core'
import { button, layer, layers, prompt, shot, takeFox, useStudio } from '../support/studio-page.ts'

const { withStudio } = useStudio()

const waiting = (page: Page): Locator => page.getByRole('region', { name: 'Waiting pictures' }).getByRole('listitem')
const field = (page: Page, name: string): Locator => page.getByRole('textbox', { name, exact: true })

/** An engine that was stopped within a step has to start again first. */
const PATIENCE = 120_000

/** Orders pictures that take a while: nothing is over before the test is through with it. */
async function order(page: Page, ...prompts: readonly string[]): Promise<void> {
  for (const words of prompts) {
    await prompt(page).fill(words)
    await button(page, 'Imprint').click()
    await page.getByText(words, { exact: false }).first().waitFor()
  }
}

test('pictures queue, are moved and cancelled with the keyboard, and each becomes a layer', () =>
  withStudio(async (page) => {
    await takeFox(page)
    await button(page, '+ Without, size, seed and more').click()
    await field(page, 'Steps').fill('1000')
    await field(page, 'Seed').fill('7')
    await page.keyboard.press('Enter')
    await order(page, 'a boat')
    await button(page, 'Cancel').waitFor()
    await field(page, 'Steps').fill('2')
    await page.keyboard.press('Enter')
    await order(page, 'a house', 'a fish', 'a lamp')
    await page.waitForFunction(
      () => document.querySelectorAll('[aria-label="Waiting pictures"] [role=listitem]').length === 3,
    )
    await shot(page.getByRole('region', { name: 'Waiting pictures' }), 'queue')

    // The arrow keys move one, and the focus goes with it.
    await button(page, 'Up: a lamp · 0.60 · seed 7').focus()
    await page.keyboard.press('ArrowUp')
    await page.getByText('a lamp · 0.60 · seed 7: now 2 of 3.').waitFor()
    await page.keyboard.press('Enter')
    await page.getByText('a lamp · 0.60 · seed 7: now 1 of 3.').waitFor()
    await page.keyboard.press('ArrowDown')
    await page.getByText('a lamp · 0.60 · seed 7: now 2 of 3.').waitFor()
    await button(page, 'Cancel: a fish · 0.60 · seed 7').click()
    await button(page, 'Cancel: a fish · 0.60 · seed 7').waitFor({ state: 'detached' })
    assert.equal(await waiting(page).count(), 2)

    // Escape closes a menu that the focus is in, and nothing else.
    await button(page, '+ Earlier prompts').click()
    await page.getByRole('menuitem').first().focus()
    await page.keyboard.press('Escape')
    await page.getByRole('menuitem').first().waitFor({ state: 'detached' })
    assert.equal(await waiting(page).count(), 2)

    // Escape stops the one that is being made, and the others are made in their order.
    await page.keyboard.press('Escape')
    await button(page, 'Cancel').waitFor({ state: 'detached', timeout: PATIENCE })
    await layer(page, 'Imprint: a lamp').waitFor()
    const names = (await layers(page).allTextContents()).join()
    assert.match(names, /Imprint: a lamp.*Imprint: a house/s)
    assert.doesNotMatch(names, /a boat|a fish/)
    assert.equal(await waiting(page).count(), 0)
  }))

test('four variations are chosen from before anything is in the document', () =>
  withStudio(async (page) => {
    const count = await layers(page).count()
    await takeFox(page)
    await prompt(page).fill('a tulip')
    await button(page, '+ Without, size, seed and more').click()
    await field(page, 'Steps').fill('2')
    await field(page, 'Seed').fill('40')
    await page.keyboard.press('Enter')
    await page.getByText('Seed: locked to 40').waitFor()
    await button(page, 'Four variations').click()
    for (const seed of [40, 41, 42, 43]) await button(page, `Choose seed ${seed}`).waitFor()
    assert.equal(await layers(page).count(), count)
    await button(page, 'Choose seed 41').focus()
    await page.keyboard.press('Enter')
    await page.getByRole('img', { name: 'Seed 43' }).click()
    assert.equal(await button(page, 'Choose seed 43').getAttribute('aria-pressed'), 'true')
    await shot(page.getByRole('region', { name: 'Variations' }), 'variations')
    await button(page, 'Make 2 layers').click()
    await layers(page)
      .nth(count + 1)
      .waitFor()
    await page.getByRole('img', { name: 'Seed 43' }).waitFor({ state: 'detached' })
    await page.getByText('Seed: locked to 43').waitFor()
    await button(page, 'New each time').click()
    await page.getByText('Seed: new each time').waitFor()
    await button(page, 'Keep the last one').click()
    await page.getByText('Seed: locked to 43').waitFor()
  }))

test('the prompt is counted while it is typed, and presets are saved, taken, renamed and deleted', () =>
  withStudio(async (page) => {
    await prompt(page).fill('a (house:1.2), flat colours')
    await page.getByText(/^\d+ of 75 words’ worth$/).waitFor()
    await button(page, 'How to say what counts more').click()
    await page.getByText('(word:1.3) counts 1.3 times, and brackets around it multiply').waitFor()
    await page.getByRole('combobox', { name: 'Brackets are read as in' }).selectOption('Brackets as in ComfyUI')
    await page.getByText('(word:1.3) counts just 1.3 times').waitFor()
    await button(page, '+ Presets').click()
    await field(page, 'Name of the preset').fill('Flat')
    await page.keyboard.press('Enter')
    await button(page, 'Rename Flat').waitFor()
    await prompt(page).fill('something else')
    await button(page, 'Flat').click()
    assert.equal(await prompt(page).inputValue(), 'a (house:1.2), flat colours')
    await button(page, 'Rename Flat').click()
    await field(page, 'New name of Flat').fill('Houses')
    await button(page, 'Rename').click()
    await button(page, 'Rename Houses').waitFor()
    await shot(page.locator('.panel'), 'presets')
    await page.reload()
    await button(page, '+ Presets').click()
    await button(page, 'Delete Houses').click()
    await button(page, 'Delete').click()
    await button(page, 'Houses').waitFor({ state: 'detached' })
    assert.equal(await field(page, 'Name of the preset').count(), 1)
  }))
