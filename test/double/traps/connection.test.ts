import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isAllowed } from '../../../plugin/studio/double/allow-list.ts'
import type { PlatformSocketClass } from '../../../plugin/studio/double/websocket.ts'
import { photoshopWith } from '../bench.ts'

/** A platform's socket that never gets anywhere: whether it is made at all is the question here. */
const Silent = class {
  binaryType = ''
  readonly readyState = 0
  readonly bufferedAmount = 0
  readonly protocol = ''
  addEventListener(): void {
    return
  }
} as unknown as PlatformSocketClass

const dial = (domains: 'all' | string[], url: string, numericLoopbackRefused = false): unknown => {
  const { WebSocket } = photoshopWith({ WebSocket: Silent, domains, switches: { numericLoopbackRefused } })
  return new WebSocket!(url)
}

test('trap 1: the allow list is taken at its word: scheme, name and port, no wildcards, no "all" in a list', () => {
  const url = 'ws://localhost:8765'
  for (const right of [['http://localhost:8765', url], [url], 'all' as const]) assert.ok(dial(right, url))
  for (const wrong of [
    'all',
    '*',
    'localhost:8765',
    'ws://localhost',
    'ws://localhost:*',
    'ws://127.0.0.1:8765',
    'http://localhost:8765',
  ])
    assert.throws(() => dial([wrong], url), {
      message: `Permission denied to the url ${url}. Manifest entry not found.`,
    })
})

test('trap 1: a host may refuse numeric loopback though it is listed, the name gets through', () => {
  const domains = ['ws://localhost:8765', 'ws://127.0.0.1:8765']
  assert.ok(dial(domains, 'ws://127.0.0.1:8765'))
  assert.throws(() => dial(domains, 'ws://127.0.0.1:8765', true), /Permission denied/)
  assert.ok(dial(domains, 'ws://localhost:8765', true))
})

test('trap 1: a bad URL throws while the socket is made', () => {
  for (const bad of ['', 'localhost:8765', 'http://localhost:8765'])
    assert.throws(() => dial('all', bad), /Invalid url/)
  assert.ok(isAllowed(new URL('wss://example.com'), ['wss://example.com:443'], false))
})

test('trap 2: a manifest changed after loading changes nothing until the plugin is loaded again', () => {
  const domains = ['ws://localhost:1']
  const { WebSocket } = photoshopWith({ WebSocket: Silent, domains })
  domains.push('ws://localhost:2')
  assert.throws(() => new WebSocket!('ws://localhost:2'), /Permission denied/)
  assert.ok(dial(domains, 'ws://localhost:2'))
})
