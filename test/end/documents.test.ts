/**
 * Documents of every kind that an artist has, in a real Chromium: the shipped bundle over real PSDs, to the real engine and back. What is
 * not here stands in test/panel/documents.test.ts, over the same double.
 */
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import type { Layer } from 'ag-psd'
import type { Locator, Page } from 'playwright-core'
import { inCmyk, layersIn, maskedAndLocked, patch, psdFile, RED, twoArtboards } from '../support/made-psd.ts'
import { document16 } from '../support/psd16.ts'
import { slowSocket, type SlowSocket } from '../support/slow-socket.ts'
import { button, card, imprint, layer, layers, prompt, shot, useStudio, widen } from '../support/studio-page.ts'

const opened = useStudio()
const { withStudio } = opened

/** Milliseconds that a document of many pixels may take on a machine with much else to do. */
const PATIENCE = 300_000

const said = (page: Page): Locator => page.getByRole('alert')
const where = (page: Page, words: string): Locator => page.getByRole('status').filter({ hasText: words })
const steps = (page: Page): Locator => page.getByRole('list', { name: 'History' }).getByRole('listitem')
const line = (page: Page, name: string): Locator => layer(page, name).locator('.layer-line').first()

/** Opens a file with the studio's own button. */
const open = (page: Page, name: string, file: Uint8Array): Promise<void> =>
  page.locator('#file').setInputFiles({ name, mimeType: 'image/vnd.adobe.photoshop', buffer: Buffer.from(file) })

/** Opens a document and waits until the page shows it. */
async function openDocument(page: Page, name: string, file: Uint8Array): Promise<void> {
  await open(page, name, file)
  await page.getByRole('heading', { name }).waitFor()
}

/** Takes a layer as the reference. */
async function take(page: Page, name: string): Promise<void> {
  await line(page, name).click()
  await button(page, '+ Use selected layer').click()
  await card(page, name).waitFor()
}

/** The document as its file would have it, back layer first. */
async function saved(page: Page): Promise<Layer[]> {
  const [download] = await Promise.all([page.waitForEvent('download'), button(page, 'Save').click()])
  return layersIn(await readFile(await download.path()))
}

const named = (among: readonly Layer[], name: string): Layer => {
  const found = among.find((one) => one.name === name)
  assert.ok(found, `there is no layer “${name}”`)
  return found
}
const names = (among: readonly Layer[] = []): (string | undefined)[] => among.map(({ name }) => name)
const bounds = ({ left, top, right, bottom }: Layer) => [left, top, right, bottom]

interface HostLike {
  readonly app: {
    readonly activeDocument: {
      readonly bitsPerChannel: string
      readonly layers: readonly {
        readonly name: string
        readonly bounds: {
          readonly left: number
          readonly top: number
          readonly right: number
          readonly bottom: number
        }
        delete(): void
      }[]
    }
  }
  readonly core: { executeAsModal(target: () => Promise<void>, options: { commandName: string }): Promise<void> }
}

/** The front layer of the document in front, and the depth of that, as Photoshop's own interface tells them. */
const inFront = (page: Page) =>
  page.evaluate(() => {
    const { app } = (window as unknown as { require(name: 'photoshop'): HostLike }).require('photoshop')
    const { bitsPerChannel, layers: all } = app.activeDocument
    const { name, bounds: at } = all[0]!
    return { name, depth: bitsPerChannel, bounds: [at.left, at.top, at.right, at.bottom] }
  })

/** Deletes a layer at the top of the document, as the person would in Photoshop. */
const deleteLayer = (page: Page, name: string): Promise<void> =>
  page.evaluate(async (wanted) => {
    const { app, core } = (window as unknown as { require(name: 'photoshop'): HostLike }).require('photoshop')
    await core.executeAsModal(
      () => Promise.resolve(app.activeDocument.layers.find((one) => one.name === wanted)?.delete()),
      { commandName: 'Delete Layer' },
    )
  }, name)

/** A fresh studio whose companion can be kept from telling. */
async function withSlowStudio(work: (page: Page, socket: SlowSocket) => Promise<void>): Promise<void> {
  const page = await opened.browser.newPage({ viewport: { width: 1280, height: 800 } })
  try {
    const socket = await slowSocket(page)
    await page.goto(opened.studio.url)
    await page.getByText('Ready · CPU').waitFor()
    await work(page, socket)
  } finally {
    await page.close()
  }
}

test('artboards: with a layer of one selected, the picture is as large as it, lies in it, and one undo takes it away', () =>
  withStudio(async (page) => {
    await openDocument(page, 'boards.psd', psdFile({ width: 240, height: 80 }, twoArtboards(), 11))
    await take(page, 'leaf')
    await where(page, 'The artboard “two”, 100 × 60').waitFor()
    const [layersBefore, stepsBefore] = [await layers(page).count(), await steps(page).count()]
    await imprint(page, 'a boat')
    assert.equal(await steps(page).count(), stepsBefore + 1)
    await shot(page, 'artboards')
    await button(page, 'Light').click()
    await widen(page, 240)
    await shot(page, 'artboards-light-240')
    await button(page, 'Dark').click()

    const after = await saved(page)
    const two = named(after, 'two')
    assert.deepEqual(names(after), ['one', 'two'])
    assert.deepEqual(names(two.children), ['leaf', 'Imprint: a boat'])
    assert.deepEqual(bounds(named(two.children!, 'Imprint: a boat')), [130, 10, 230, 70])
    assert.deepEqual(names(named(after, 'one').children), ['fox'])

    await button(page, 'Undo').click()
    await layer(page, 'Imprint: a boat').waitFor({ state: 'detached' })
    assert.equal(await layers(page).count(), layersBefore)
    const undone = await saved(page)
    assert.deepEqual([names(named(undone, 'one').children), names(named(undone, 'two').children)], [['fox'], ['leaf']])
  }))

test('16 bits: the picture becomes a layer of 16 bits; the studio says that it saves 8 bits alone', () =>
  withStudio(async (page) => {
    await openDocument(page, 'deep.psd', document16('deep', { width: 96, height: 64 }, [65535, 32768, 0]))
    await take(page, 'deep')
    await imprint(page, 'a hat')
    const { name, depth, bounds: at } = await inFront(page)
    assert.deepEqual([name, depth, at], ['Imprint: a hat', 'bitDepth16', [0, 0, 96, 64]])
    await shot(page, 'sixteen-bits')
    await button(page, 'Save').click()
    await said(page).filter({ hasText: 'The studio saves 8-bit RGB documents only' }).waitFor()
  }))

test('CMYK is refused with a sentence, and what was open stays', () =>
  withStudio(async (page) => {
    const count = await layers(page).count()
    await open(page, 'print.psd', inCmyk(psdFile({ width: 8, height: 8 }, [patch('fox', 2, [0, 0, 8, 8], RED)], 2)))
    await said(page)
      .filter({ hasText: /is in CMYK colours.*choose Image > Mode > RGB Color/ })
      .waitFor()
    assert.equal(await layers(page).count(), count)
    await shot(page, 'cmyk')
  }))

test('groups, masks and locked layers: the result lies above them, and they are as they were', () =>
  withStudio(async (page) => {
    const file = psdFile({ width: 120, height: 90 }, maskedAndLocked(), 3)
    await openDocument(page, 'scene.psd', file)
    await page.getByTitle('Locked').waitFor()
    await take(page, 'fox')
    await imprint(page, 'a hat')
    await page.getByRole('combobox', { name: 'Start from' }).selectOption('Start from the selected layer')
    await line(page, 'sky').click()
    await imprint(page, 'clouds')
    await shot(page, 'groups-masks-locked')

    const [then, now] = [layersIn(file), await saved(page)]
    assert.deepEqual(names(now), ['sky', 'Imprint: clouds', 'scene'])
    const scene = named(now, 'scene').children!
    assert.deepEqual(names(scene), ['fox', 'Imprint: a hat'])
    const [sky, clouds, fox] = [named(now, 'sky'), named(now, 'Imprint: clouds'), named(scene, 'fox')]
    assert.deepEqual(sky.imageData?.data, named(then, 'sky').imageData?.data)
    assert.equal(sky.protected?.composite, true)
    assert.notEqual(clouds.protected?.composite, true)
    const masked = named(named(then, 'scene').children!, 'fox')
    assert.deepEqual(fox.imageData?.data, masked.imageData?.data)
    assert.deepEqual(fox.mask?.imageData?.data, masked.mask?.imageData?.data)
    assert.deepEqual(bounds(fox), bounds(masked))
  }))

test('4096 x 4096: the picture is as large as the canvas', { timeout: PATIENCE }, () =>
  withStudio(async (page) => {
    page.setDefaultTimeout(PATIENCE)
    const side = 4096
    const file = psdFile({ width: side, height: side }, [patch('fox', 2, [1000, 1000, 600, 400], RED)], 2)
    await openDocument(page, 'large.psd', file)
    await take(page, 'fox')
    await where(page, 'The whole canvas, 4096 × 4096').waitFor()
    await imprint(page, 'a tree')
    const { name, bounds: at } = await inFront(page)
    assert.deepEqual([name, at], ['Imprint: a tree', [0, 0, side, side]])
    await shot(page, 'large-canvas')
  }),
)

test('a document closed while its picture is made: the picture is kept, and goes into another', () =>
  withSlowStudio(async (page, socket) => {
    await take(page, 'fox')
    await prompt(page).fill('a rocket')
    socket.hold()
    await button(page, 'Imprint').click()
    await button(page, 'Cancel').waitFor()
    await button(page, 'Close').click()
    await page.getByRole('heading', { name: 'No document' }).waitFor()
    socket.release()
    await page.getByText('The document was closed meanwhile.').waitFor()
    await page.getByText('The picture is kept here.').waitFor()
    await shot(page, 'closed-meanwhile')
    await openDocument(page, 'other.psd', psdFile({ width: 80, height: 60 }, [patch('sea', 2, [0, 0, 80, 60], RED)], 2))
    await button(page, 'Insert').click()
    await layer(page, 'Imprint: a rocket').waitFor()
    assert.deepEqual(names(await saved(page)), ['sea', 'Imprint: a rocket'])
    await button(page, 'Insert').waitFor({ state: 'detached' })
  }))

test('the reference’s layer deleted while a picture is made: the picture lies on top', () =>
  withSlowStudio(async (page, socket) => {
    await take(page, 'fox')
    await prompt(page).fill('a rocket')
    const count = await layers(page).count()
    socket.hold()
    await button(page, 'Imprint').click()
    await button(page, 'Cancel').waitFor()
    await deleteLayer(page, 'fox')
    await card(page, 'fox').getByText('Its layer is gone').waitFor()
    socket.release()
    await page.getByText('The weight changes this layer.').waitFor()
    assert.equal(await layers(page).count(), count)
    assert.equal(names(await saved(page)).at(-1), 'Imprint: a rocket')
    await shot(page, 'deleted-meanwhile')
  }))

test('the newest layer deleted while its weight is followed: the picture is kept, and becomes a layer again', () =>
  withSlowStudio(async (page, socket) => {
    await take(page, 'fox')
    await imprint(page, 'a lamp')
    await page.getByRole('slider', { name: 'Weight' }).focus()
    socket.hold()
    await page.keyboard.press('ArrowRight')
    await button(page, 'Cancel').waitFor()
    await deleteLayer(page, 'Imprint: a lamp')
    socket.release()
    await page.getByText('The layer was deleted meanwhile.').waitFor()
    await button(page, 'Insert').click()
    await layer(page, 'Imprint: a lamp').waitFor()
    await page.getByText('The weight changes this layer.').waitFor()
  }))
