import assert from 'node:assert/strict'
import axe, { type AxeResults } from 'axe-core'
import type { Page } from 'playwright-core'

declare global {
  interface Window {
    readonly axe: { run(): Promise<AxeResults> }
    /** What has the keyboard's focus, inside widgets too. */
    focused(): Element | null
  }
}

/** Fails with what axe-core finds in the page as it is. */
export async function assertAccessible(page: Page, where: string): Promise<void> {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe.source)
  const { violations, passes } = await page.evaluate(() => window.axe.run())
  assert.ok(passes.length > 0, `axe looked at nothing: ${where}`)
  const found = violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')} ${failureSummary ?? ''}`),
  )
  assert.deepEqual(found, [], where)
}

/** One place where Tab stops. */
export interface Stop {
  readonly name: string
  readonly role: string
  readonly inPanel: boolean
  readonly box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number }
}

/** Where the keyboard's focus is; undefined for the page itself. */
export async function focusStop(page: Page): Promise<Stop | undefined> {
  const handle = await page.evaluateHandle(() => {
    let at = document.activeElement
    while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement
    return at === document.body ? null : at
  })
  const element = handle.asElement()
  if (element === null) return undefined
  const box = await element.boundingBox()
  const inPanel = await element.evaluate((node) => {
    let outer: Node = node
    for (let root = outer.getRootNode(); root instanceof ShadowRoot; root = outer.getRootNode()) outer = root.host
    return document.querySelector('#panel')?.contains(outer) === true
  })
  const { name, role } = await spoken(page)
  return { name, role, inPanel, box: box ?? { x: 0, y: 0, width: 0, height: 0 } }
}

/** What a screen reader says of what has the focus. */
async function spoken(page: Page): Promise<{ name: string; role: string }> {
  const session = await page.context().newCDPSession(page)
  try {
    const { nodes } = await session.send('Accessibility.getFullAXTree')
    const focused = nodes.filter((node) =>
      node.properties?.some(({ name, value }) => name === 'focused' && value.value === true),
    )
    const node = focused.findLast(({ role }) => role?.value !== 'RootWebArea')
    return { name: String(node?.name?.value ?? ''), role: String(node?.role?.value ?? '') }
  } finally {
    await session.detach()
  }
}

/** Presses Tab until what has this name has the focus. */
export async function tabTo(page: Page, name: string | RegExp): Promise<void> {
  const passed: string[] = []
  for (let presses = 0; presses < 80; presses++) {
    await page.keyboard.press('Tab')
    const stop = await focusStop(page)
    if (stop && (typeof name === 'string' ? stop.name === name : name.test(stop.name))) return
    passed.push(stop?.name ?? '')
  }
  assert.fail(`Tab never came to ${String(name)}, but to ${passed.join(', ')}`)
}
