/** The panel for everyone: first steps, keyboard alone, what axe-core finds, narrow columns and large text, in real Chromium. */
import assert from 'node:assert/strict'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Locator, Page } from 'playwright-core'
import { startCompanion } from '../../plugin/studio/node/companion-process.ts'
import { serveStudio } from '../../plugin/studio/node/serve.ts'
import { assertAccessible, focusStop, type Stop, tabTo } from '../support/accessible.ts'
import { button, imprint, layer, shot, takeFox, useStudio, widen } from '../support/studio-page.ts'

const ROOT = join(import.meta.dirname, '../..')

const opened = useStudio()
const { withStudio } = opened

const LOOKS = ['Dark', 'Light'] as const
const WIDTHS = [240, 480] as const

/** Has every look of the panel in turn: both themes, narrow and wide. */
async function inEveryLook(page: Page, work: (look: string) => Promise<void>): Promise<void> {
  for (const look of LOOKS) {
    if (await button(page, look).isVisible()) await button(page, look).click()
    for (const width of WIDTHS) {
      await widen(page, width)
      await work(`${look.toLowerCase()}-${width}`)
    }
  }
  await button(page, 'Dark').click()
}

/** Opens every disclosure of the panel; of the earlier pictures, which are many and alike, the first. */
async function openAll(page: Page): Promise<void> {
  const ofEarlier = '[aria-label^="More of "]'
  const open = async (shut: Locator): Promise<void> => {
    const opener = await shut.first().elementHandle()
    await opener.focus()
    await page.keyboard.press('Enter')
    await page.waitForFunction((button) => button.getAttribute('aria-expanded') === 'true', opener)
  }
  const shut = page.locator(`#panel [aria-expanded="false"]:not(${ofEarlier})`)
  for (let opened = 0; (await shut.count()) > 0; opened++) {
    assert.ok(opened < 40, 'a disclosure does not stay open')
    await open(shut)
  }
  await open(page.locator(`#panel ${ofEarlier}`))
  await page.getByText('Models folder').waitFor()
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

test('from nothing: the line that starts the companion is copied, it is seen to come, and a number pairs it for good', async (t) => {
  const port = await freePort()
  const site = await serveStudio({
    '/': join(ROOT, 'dist/studio'),
    '/panel/': join(ROOT, 'dist/panel'),
    '/example/': join(ROOT, 'plugin/studio/example'),
  })
  t.after(() => site.close())
  site.configure({ psdUrl: '/example/fox.psd', port, token: '' })
  const page = await opened.browser.newPage({ viewport: { width: 1280, height: 800 } })
  t.after(() => page.close())
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  await page.goto(site.url)
  await page.getByText("Imprint's companion isn't running").waitFor()
  await inEveryLook(page, async (look) => {
    await assertAccessible(page, `no companion, ${look}`)
    await shot(page.locator('.panel'), `first-run-absent-${look}`)
  })
  await button(page, 'Copy line').click()
  await page.getByText('Copied.').waitFor()
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), 'npm run imprint -- serve')

  const origin = site.url.replace(/\/$/, '')
  const companion = await startCompanion(['--origin', origin, '--port', String(port)])
  t.after(() => companion.close())
  await page.getByText('type the 6 digits the companion shows').or(page.getByText('Type the number that')).waitFor()
  await inEveryLook(page, async (look) => {
    await assertAccessible(page, `not paired, ${look}`)
    await shot(page.locator('.panel'), `first-run-pairing-${look}`)
  })
  const number = page.getByRole('textbox', { name: 'Number that the companion shows, six digits' })
  const wrong = companion.number === '000000' ? '000001' : '000000'
  await number.fill(wrong)
  await page.keyboard.press('Enter')
  await page.getByText(`${wrong} is not the number the companion shows`).waitFor()
  await companion.close()
  // Whoever was wrong would have to wait; a companion that was started anew shows another number.
  const another = await startCompanion(['--origin', origin, '--port', String(port)])
  t.after(() => another.close())
  await number.fill(another.number.replace(/^.../, '$& '))
  await button(page, 'Pair').click()
  await page.getByText('Ready · CPU').waitFor()
  assert.equal(await page.evaluate(() => localStorage.getItem('studio.secure.imprint.token')), hexOf(companion.token))
})

const hexOf = (text: string): string => Buffer.from(text).toString('hex')

test('axe-core finds nothing in the studio, dark and light, 240 and 480 pixels wide', () =>
  withStudio(async (page) => {
    await assertAccessible(page, 'empty')
    await takeFox(page)
    await imprint(page, 'a house')
    await openAll(page)
    await page.setViewportSize({ width: 1280, height: 3000 })
    await inEveryLook(page, async (look) => {
      await assertAccessible(page, `in use, ${look}`)
      await shot(page.locator('#panel'), `panel-in-use-${look}`)
    })
  }))

test('with the keyboard alone a picture is made from nothing to a new layer, changed by its slider, and undone', () =>
  withStudio(async (page) => {
    await tabTo(page, 'fox')
    await page.keyboard.press('ArrowDown')
    await layer(page, 'leaf').and(page.locator('[aria-selected="true"]')).waitFor()
    await page.keyboard.press('ArrowUp')
    await layer(page, 'fox').and(page.locator('[aria-selected="true"]')).first().waitFor()
    await tabTo(page, '+ Use selected layer')
    await page.keyboard.press('Enter')
    await page.getByRole('img', { name: 'Reference: fox' }).waitFor()
    await tabTo(page, 'Prompt')
    await page.keyboard.press('Control+A')
    await page.keyboard.type('a kite')
    await tabTo(page, 'Imprint')
    await page.keyboard.press('Enter')
    await layer(page, 'Imprint: a kite').waitFor()
    await page.getByText('The weight changes this layer.').waitFor()
    await tabTo(page, /^Weight \d/)
    await page.keyboard.press('ArrowRight')
    await page.getByText('a kite · 0.65').waitFor()
    await page.getByText('The weight changes this layer.').waitFor()
    await tabTo(page, 'Settings')
    await page.keyboard.press('Enter')
    await tabTo(page, 'Model')
    await tabTo(page, 'Undo')
    await page.keyboard.press('Enter')
    await tabTo(page, 'Undo')
    await page.keyboard.press('Enter')
    await layer(page, 'Imprint: a kite').waitFor({ state: 'detached' })
  }))

test('every stop of Tab in the panel has a name, stands where the eye expects it, and shows that it has the focus', () =>
  withStudio(async (page) => {
    await takeFox(page)
    await imprint(page, 'a boat')
    await button(page, 'Settings').click()
    await page.getByText('Models folder').waitFor()
    await page.setViewportSize({ width: 1280, height: 1600 })
    await page.locator('#edge').focus()
    const stops: Stop[] = []
    for (;;) {
      await page.keyboard.press('Tab')
      const stop = await focusStop(page)
      if (!stop?.inPanel) break
      assert.notEqual(stop.name, '', `a ${stop.role} without a name after ${stops.at(-1)?.name ?? 'nothing'}`)
      stops.push(stop)
      const { x, y, width, height } = stop.box
      const clip = { x: x - 6, y: y - 6, width: width + 12, height: height + 12 }
      const focused = await page.screenshot({ clip, caret: 'initial' })
      await page.evaluate(() => (document.activeElement as HTMLElement).blur())
      const plain = await page.screenshot({ clip, caret: 'initial' })
      assert.notDeepEqual(focused, plain, `nothing shows the focus of ${stop.name}`)
    }
    assert.ok(stops.length > 8, stops.map(({ name }) => name).join(', '))
    for (const [at, { name, box }] of stops.entries()) {
      const before = stops[at - 1]
      if (before) assert.ok(box.y + box.height > before.box.y, `${name} stands above ${before.name}`)
    }
  }))

test('progress and notices are told without taking the focus', () =>
  withStudio(async (page) => {
    const said = await page.evaluateHandle(() => {
      const heard = new Set<string>()
      new MutationObserver(() => {
        for (const region of document.querySelectorAll('#panel [role="status"], #panel [role="alert"]'))
          heard.add(region.textContent)
      }).observe(document.querySelector('#panel')!, { subtree: true, childList: true, characterData: true })
      return heard
    })
    await takeFox(page)
    await imprint(page, 'a star')
    const progress = await said.evaluate((heard) => [...heard])
    assert.ok(
      progress.some((words) => /\d+ of \d+/.test(words)),
      progress.join('; '),
    )
    await button(page, 'Close').click()
    await page.getByRole('button', { name: 'Close without saving' }).click()
    await button(page, 'Imprint').focus()
    await page.keyboard.press('Enter')
    await page.getByRole('alert').getByText('No document is open').waitFor()
    assert.equal((await focusStop(page))?.name, 'Imprint')
  }))

test('a control that goes when it is pressed leaves the focus to what takes its place', () =>
  withStudio(async (page) => {
    const press = async (name: string): Promise<void> => {
      await button(page, name).focus()
      await page.keyboard.press('Enter')
      await button(page, name).waitFor({ state: 'detached' })
    }
    // What takes the place draws itself first.
    const hasFocus = (name: string): Promise<void> => button(page, name).and(page.locator(':focus')).waitFor()
    await takeFox(page)
    await imprint(page, 'a comb')
    await press('Keep the last one')
    await hasFocus('New each time')
    await press('New each time')
    await hasFocus('Keep the last one')
    await button(page, 'Close').click()
    await page.getByRole('button', { name: 'Close without saving' }).click()
    await button(page, 'Imprint').click()
    await page.getByRole('alert').waitFor()
    await press('OK')
    await page.waitForFunction(() => document.activeElement !== document.body)
    const stop = await focusStop(page)
    assert.ok(stop?.inPanel && stop.name !== '', 'the focus left the panel')
  }))

test('with text twice as large nothing is cut off or laid over', () =>
  withStudio(async (page) => {
    await takeFox(page)
    await imprint(page, 'a lamp')
    await openAll(page)
    await page.setViewportSize({ width: 1280, height: 3000 })
    for (const width of WIDTHS) {
      await page.locator('#panel-column').evaluate((column, px) => {
        column.style.width = `${px}px`
        // As in browsers and hosts that enlarge text alone.
        document.documentElement.style.setProperty('--uxp-host-font-size', '24px')
        document.documentElement.style.setProperty('--uxp-host-font-size-smaller', '22px')
      }, width)
      const faults = await page.locator('.panel').evaluate((panel) => {
        const edge = panel.getBoundingClientRect().right + 0.5
        return [...panel.querySelectorAll<HTMLElement>('*')].flatMap((part) => {
          const { right, height } = part.getBoundingClientRect()
          const isText = part.matches('p, h2, span, sp-picker')
          if (height === 0) return []
          const isCut =
            isText &&
            !part.matches('.name, .dot') &&
            (part.scrollHeight > part.clientHeight + 1 || part.scrollWidth > part.clientWidth + 1) &&
            getComputedStyle(part).display !== 'inline'
          return right > edge || isCut ? [`${part.tagName}.${part.className} ${part.textContent.slice(0, 40)}`] : []
        })
      })
      assert.deepEqual(faults, [], `${width} px`)
      await shot(page.locator('#panel'), `panel-large-text-${width}`)
    }
  }))
