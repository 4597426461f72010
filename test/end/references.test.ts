/** References and the recipe in a real Chromium: the shipped bundle over a real PSD, to the real engine and back. */
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Locator, Page } from 'playwright-core'
import { createHost } from '../../plugin/studio/double/host.ts'
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
import { paintOverSelectedLayer, type PageHost } from '../support/page-host.ts'

const EXAMPLE = join(import.meta.dirname, '../../plugin/studio/example/fox.psd')

const { withStudio } = useStudio()

const cards = (page: Page): Locator => page.getByRole('group', { name: /^Reference: / })
const number = (within: Page | Locator): Locator => within.getByRole('textbox', { name: 'Weight as a number' })
const follow = (within: Page | Locator): Locator => within.getByRole('combobox', { name: 'Follow' })

const line = (page: Page, name: string): Locator => layer(page, name).locator('.layer-line').first()

/** Selects the layers of these names, the way a person does with Ctrl. */
async function select(page: Page, first: string, ...others: string[]): Promise<void> {
  await line(page, first).click()
  for (const name of others) await line(page, name).click({ modifiers: ['Control'] })
}

test('two layers, and each card’s slider changes the one result', () =>
  withStudio(async (page) => {
    await select(page, 'fox', 'leaf')
    await button(page, '+ Use 2 selected layers').click()
    await card(page, 'leaf').waitFor()
    await imprint(page, 'a boat')
    await page.getByText('a boat · 0.60, 0.60').waitFor()
    const count = await layers(page).count()

    await number(card(page, 'leaf')).fill('0,2')
    await page.keyboard.press('Enter')
    await page.getByText('a boat · 0.60, 0.20').waitFor()
    await slider(card(page, 'fox')).focus()
    await page.keyboard.press('ArrowRight')
    await page.getByText('a boat · 0.65, 0.20').waitFor()
    await page.getByText('The weight changes this layer.').waitFor()
    assert.equal(await layers(page).count(), count)
    await shot(page, 'references')
    await button(page, 'Light').click()
    await widen(page, 240)
    await shot(page, 'references-light-240')
    await button(page, 'Dark').click()
  }))

test('mode, start, end and fit of a reference are chosen with the keyboard, and it is removed with it', () =>
  withStudio(async (page) => {
    await takeFox(page)
    const fox = card(page, 'fox')
    const seen = await fox.getByRole('img').getAttribute('src')
    await follow(fox).focus()
    await page.keyboard.press('ArrowDown')
    assert.equal(
      await follow(fox).evaluate((list: HTMLSelectElement) => list.selectedOptions[0]?.text),
      'Follow its style',
    )
    await button(fox, 'More').focus()
    await page.keyboard.press('Enter')
    await fox.getByRole('textbox', { name: 'From in per cent' }).fill('20')
    await page.keyboard.press('Enter')
    await fox.getByRole('combobox', { name: 'What the model sees' }).selectOption('Sees all of it, on white')
    await page.waitForFunction(
      (before) => document.querySelector('.reference img')?.getAttribute('src') !== before,
      seen,
    )
    await imprint(page, 'a house')
    await shot(page, 'reference-more')
    await button(fox, 'Remove').focus()
    await page.keyboard.press('Enter')
    await fox.waitFor({ state: 'detached' })
    await page.getByText('Imprint makes another layer.').waitFor()
    await page.keyboard.press('Enter')
    await cards(page).first().waitFor()
  }))

test('a double-click on a button is one press', () =>
  withStudio(async (page) => {
    await select(page, 'fox')
    await button(page, '+ Use selected layer').dblclick()
    await card(page, 'fox').waitFor()
    await select(page, 'leaf')
    await button(page, '+ Use selected layer').click()
    await card(page, 'leaf').waitFor()
    assert.equal(await cards(page).count(), 2)
    await button(card(page, 'fox'), 'Remove').dblclick()
    await card(page, 'fox').waitFor({ state: 'detached' })
    assert.equal(await cards(page).count(), 1)
  }))

test('the weight field keeps no rubbish, arrow keys move it, and a double-click brings the usual weight', () =>
  withStudio(async (page) => {
    await takeFox(page)
    for (const rubbish of ['abc', '', '0.6.1', 'Infinity']) {
      await number(page).fill(rubbish)
      await page.keyboard.press('Enter')
      await page.waitForFunction(() => document.activeElement !== null)
      assert.equal(await number(page).inputValue(), '0.60', rubbish)
    }
    await number(page).fill('99')
    await page.keyboard.press('Enter')
    assert.equal(await number(page).inputValue(), '1.50')
    await number(page).fill('99')
    await page.keyboard.press('Enter')
    assert.equal(await number(page).inputValue(), '1.50')
    await page.keyboard.press('ArrowDown')
    assert.equal(await number(page).inputValue(), '1.45')
    await page.keyboard.press('Shift+ArrowUp')
    assert.equal(await number(page).inputValue(), '1.46')
    await number(page).dblclick()
    assert.equal(await number(page).inputValue(), '0.60')
  }))

test('a card follows its layer: it says when that changed, and takes the picture anew on demand', () =>
  withStudio(async (page) => {
    await takeFox(page)
    const before = await card(page, 'fox').getByRole('img').getAttribute('src')
    await paintOverSelectedLayer(page, { side: 200, grey: 30, left: 220, top: 220 })
    await card(page, 'fox').getByText('Changed').waitFor()
    await shot(page.locator('.panel'), 'reference-changed')
    await button(page, 'Refresh').click()
    await card(page, 'fox').getByText('Changed').waitFor({ state: 'detached' })
    assert.notEqual(await card(page, 'fox').getByRole('img').getAttribute('src'), before)
    await button(page, 'Undo').click()
    await card(page, 'fox').getByText('Changed').waitFor()
  }))

/** Selects a rectangle of the document through the host's own interface. */
async function selectRectangle(): Promise<void> {
  const photoshop = (window as unknown as { require(name: 'photoshop'): PageHost }).require('photoshop')
  const { core, imaging } = photoshop
  await core.executeAsModal(
    async () => {
      const side = 120
      const imageData = await imaging.createImageDataFromBuffer(new Uint8Array(side * side).fill(255), {
        width: side,
        height: side,
        components: 1,
        colorSpace: 'Grayscale',
      })
      await imaging.putSelection({ imageData, targetBounds: { left: 200, top: 200 } })
      imageData.dispose()
    },
    { commandName: 'Select' },
  )
}

test('a group is one picture, and a long name is cut short, not the panel', () =>
  withStudio(async (page) => {
    const name = `an owl and a boat ${'with a very long name '.repeat(8)}`.trim()
    await page
      .locator('#file')
      .setInputFiles({ name: 'group.psd', mimeType: 'image/x-psd', buffer: await grouped(name) })
    await select(page, name)
    await page.getByText('a group, as one picture.').waitFor()
    await button(page, '+ Use selected layer').click()
    await card(page, name).getByText('A group, as one picture').waitFor()
    await widen(page, 240)
    const [panel, title] = await Promise.all(
      [page.locator('.panel'), card(page, name).locator('.title')].map((part) => part.boundingBox()),
    )
    assert.ok(title!.x + title!.width <= panel!.x + panel!.width)
    assert.ok(title!.height < 40)
    await shot(page.locator('.panel'), 'reference-group')
  }))

/** The example with its two pictures in a group of this name, as a PSD file. */
async function grouped(name: string): Promise<Buffer> {
  const { controls } = createHost()
  controls.openFile(new Uint8Array(await readFile(EXAMPLE)), 'fox.psd')
  const children = ['fox', 'leaf'].map((child) => controls.layerNamed(child))
  const group = controls.addLayer(name)
  controls.editLayer(group, { kind: 'group', children: [] })
  for (const { id } of children) controls.deleteLayer(id)
  controls.editLayer(group, { children })
  return Buffer.from(controls.save())
}

test('a selection takes that part of the layer, and the card says so', () =>
  withStudio(async (page) => {
    await select(page, 'fox')
    await page.evaluate(selectRectangle)
    await page.getByText('Part of “fox” is selected.').waitFor()
    await button(page, '+ Use selected layer').click()
    await card(page, 'fox').getByText('The selected part').waitFor()
    await shot(page.locator('.panel'), 'reference-part')
  }))

test('without, size, steps and seed: closed it says what differs, and all of it is used', () =>
  withStudio(async (page) => {
    await takeFox(page)
    await button(page, '+ Without, size, seed and more').click()
    await page.getByRole('textbox', { name: 'Without', exact: true }).fill('text')
    for (const [name, value] of [
      ['Width', '70'],
      ['Steps', 'many'],
      ['Steps', '2'],
      ['Seed', '7'],
    ] as const) {
      await page.getByRole('textbox', { name, exact: true }).fill(value)
      await page.keyboard.press('Enter')
    }
    await button(page, '− Without, size, seed and more').click()
    await page.getByText('Without: text · 72 × 72 · 2 steps · seed 7').waitFor()
    await imprint(page, 'a fish')
    await shot(page.locator('.panel'), 'details-closed')
  }))

test('the prompt grows to four lines, and earlier prompts are there again after a reload', () =>
  withStudio(async (page) => {
    await takeFox(page)
    const height = async (): Promise<number> => (await prompt(page).boundingBox())?.height ?? 0
    const [empty, lines] = [await height(), [] as number[]]
    for (const count of [3, 4, 12]) {
      await prompt(page).fill(Array(count).fill('a line').join('\n'))
      lines.push(await height())
    }
    assert.ok(lines[0]! > empty && lines[1]! > lines[0]! && lines[2] === lines[1], `${empty}: ${lines.join()}`)
    await imprint(page, 'a red boat')
    await imprint(page, 'a lamp')
    await page.reload()
    await page.getByText('Ready · CPU').waitFor()
    await button(page, '+ Earlier prompts').click()
    await shot(page.locator('.panel'), 'earlier-prompts')
    await page.getByRole('menuitem').first().focus()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    assert.equal(await prompt(page).inputValue(), 'a red boat')
    assert.equal(await page.getByRole('menuitem').count(), 0)
  }))

test('a closed document starts nothing; undo takes the weight’s layer away and redo brings it back', () =>
  withStudio(async (page) => {
    await takeFox(page)
    await imprint(page, 'a house')
    await button(page, 'Undo').click()
    await page.getByText('Its layer is gone. Imprint makes another.').waitFor()
    await button(page, 'Redo').click()
    await page.getByText('The weight changes this layer.').waitFor()
    await button(page, 'Close').click()
    await page.getByRole('button', { name: 'Close without saving' }).click()
    await button(page, 'Imprint').click()
    await page.getByText('No document is open').waitFor()
    assert.equal(await button(page, 'Cancel').count(), 0)
  }))
