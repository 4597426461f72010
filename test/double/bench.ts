import { AsyncLocalStorage } from 'node:async_hooks'
import { WebSocket } from 'ws'
import { createHost, type HostOptions, type StudioHost } from '../../plugin/studio/double/host.ts'
import type { PlatformSocketClass } from '../../plugin/studio/double/websocket.ts'

/** The `ws` package's class as the double wants it. */
export const PLATFORM = WebSocket as unknown as PlatformSocketClass

/** A Photoshop that follows calls across `await`, as the real one does. */
export function photoshopWith(options: HostOptions = {}): StudioHost {
  const scopes = new AsyncLocalStorage<object>()
  return createHost({
    callChain: { run: (scope, body) => scopes.run(scope, body), current: () => scopes.getStore() },
    ...options,
  })
}

/** One with a document of 64 x 48: a white Background and a layer "fox", red, at 8, 4 of 20 x 10, which is selected. */
export function photoshopWithFox(options: HostOptions & { readonly depth?: 8 | 16 } = {}) {
  const host = photoshopWith(options)
  const { controls } = host
  const documentID = controls.newDocument({ width: 64, height: 48, depth: options.depth ?? 8, title: 'fox.psd' })
  const layerID = controls.addLayer('fox')
  controls.paint(layerID, FOX, [200, 30, 20, 255])
  return { ...host, documentID, layerID }
}

export const FOX = { left: 8, top: 4, right: 28, bottom: 14 }

/** Runs a target as one modal scope. */
export const modally = <T>({ photoshop }: Pick<StudioHost, 'photoshop'>, target: () => T | Promise<T>): Promise<T> =>
  photoshop.core.executeAsModal(target, { commandName: 'test' })

/** Lets all promises that can settle do so. */
export const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
