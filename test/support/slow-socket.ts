import type { Page } from 'playwright-core'

/** What the companion says to a page, which can be kept back. */
export interface SlowSocket {
  hold(): void
  release(): void
}

/** Lets a test keep back what the companion says, so that a run lasts as long as the test needs it; before the page is opened. */
export async function slowSocket(page: Page): Promise<SlowSocket> {
  let waiting: (() => void)[] | undefined
  await page.routeWebSocket(/./, (near) => {
    const far = near.connectToServer()
    far.onMessage((message) => {
      if (waiting === undefined) near.send(message)
      else waiting.push(() => near.send(message))
    })
  })
  return {
    hold: () => void (waiting = []),
    release() {
      const messages = waiting ?? []
      waiting = undefined
      for (const send of messages) send()
    },
  }
}
