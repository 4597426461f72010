import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { Connection, type Link } from '../../plugin/client/connection.ts'
import { pairingToken, tokenMatches } from '../../companion/server/pairing.ts'

/** A socket that does what the test tells it to, as Photoshop's does. */
class ScriptedSocket {
  static opened: ScriptedSocket[] = []
  /** Addresses that the manifest does not allow. */
  static forbidden: string[] = []
  binaryType = 'blob'
  readyState = 0
  bufferedAmount = 0
  readonly sent: unknown[] = []
  closedWith: number | undefined
  onopen: (() => void) | null = null
  onmessage: ((event: { data: unknown }) => void) | null = null
  onclose: ((event: { code: number }) => void) | null = null
  onerror: (() => void) | null = null
  readonly address: string

  constructor(address: string) {
    if (ScriptedSocket.forbidden.includes(address)) throw new Error('Permission denied')
    this.address = address
    ScriptedSocket.opened.push(this)
  }

  open(): void {
    this.readyState = 1
    this.onopen?.()
  }

  /** An error that says nothing and a close, as of a port where nobody listens. */
  fail(code = 1006): void {
    this.readyState = 3
    this.onerror?.()
    this.onclose?.({ code })
  }

  send(data: unknown): void {
    this.sent.push(data)
    if (typeof data !== 'string') this.bufferedAmount += (data as Uint8Array).length
  }

  close(code?: number): void {
    this.closedWith = code
    this.readyState = 2
  }
}

/** A connection over scripted sockets whose pauses pass when the test says so. */
function scripted(t: it.TestContext, answer: 'retry' | 'watch' = 'retry') {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  ScriptedSocket.opened = []
  ScriptedSocket.forbidden = []
  const log: unknown[] = []
  let link: Link | undefined
  const connection = new Connection(
    {
      WebSocket: ScriptedSocket as unknown as typeof globalThis.WebSocket,
      addresses: ['ws://localhost:1', 'ws://127.0.0.1:1'],
      retryMs: [100, 200],
      beatMs: 1000,
      openMs: 5000,
      watchMs: 300,
    },
    {
      opened: (opened) => {
        link = opened
        log.push('opened')
      },
      text: (text) => log.push(text),
      binary: (bytes) => log.push([...bytes]),
      ended: ({ code, opened }) => {
        log.push(`ended ${code} ${opened ? 'open' : 'unopened'}`)
        return answer
      },
      beat: () => log.push('beat'),
    },
  )
  return { connection, log, tick: (ms: number) => t.mock.timers.tick(ms), link: () => link! }
}

const addresses = (): string[] => ScriptedSocket.opened.map(({ address }) => address)
const last = (): ScriptedSocket => ScriptedSocket.opened.at(-1)!

describe('the connection', () => {
  it('tries the name, then the number, then again after pauses that grow', (t) => {
    const { connection, log, tick } = scripted(t)
    connection.connect()
    last().fail()
    last().fail()
    assert.deepEqual(log, ['ended 1006 unopened'])
    tick(99)
    assert.equal(ScriptedSocket.opened.length, 2)
    tick(1)
    last().fail()
    last().fail()
    tick(199)
    assert.equal(ScriptedSocket.opened.length, 4)
    tick(1)
    assert.deepEqual(addresses(), [...addresses().slice(0, 2), ...addresses().slice(0, 2), 'ws://localhost:1'])
    assert.deepEqual(addresses().slice(0, 2), ['ws://localhost:1', 'ws://127.0.0.1:1'])
  })

  it('takes an address that the manifest forbids for one where nobody listens', (t) => {
    const { connection, log } = scripted(t)
    ScriptedSocket.forbidden = ['ws://localhost:1']
    connection.connect()
    assert.deepEqual(addresses(), ['ws://127.0.0.1:1'])
    ScriptedSocket.forbidden = ['ws://localhost:1', 'ws://127.0.0.1:1']
    last().fail()
    assert.deepEqual(log, ['ended 1006 unopened'])
  })

  it('asks for array buffers before anything can arrive', (t) => {
    const { connection, log } = scripted(t)
    connection.connect()
    assert.equal(last().binaryType, 'arraybuffer')
    last().open()
    last().onmessage?.({ data: Uint8Array.of(1, 2).buffer })
    last().onmessage?.({ data: 'text' })
    assert.deepEqual(log, ['opened', [1, 2], 'text'])
  })

  it('is never there twice', (t) => {
    const { connection, tick } = scripted(t)
    connection.connect()
    connection.connect()
    last().open()
    connection.connect()
    assert.equal(ScriptedSocket.opened.length, 1)
    last().fail()
    connection.connect()
    tick(1000)
    assert.equal(ScriptedSocket.opened.length, 2)
  })

  it('ends once, whatever events come, and looks again after the same pause each time when told to', (t) => {
    const { connection, log, tick } = scripted(t, 'watch')
    connection.connect()
    const socket = last()
    socket.open()
    socket.fail(4401)
    socket.fail(4401)
    tick(299)
    assert.deepEqual(log, ['opened', 'ended 4401 open'])
    assert.equal(ScriptedSocket.opened.length, 1)
    for (const count of [2, 3, 4]) {
      tick(count === 2 ? 1 : 300)
      assert.equal(ScriptedSocket.opened.length, count)
      last().open()
      last().fail(4401)
    }
  })

  it('waits while the socket is full, and goes on when it has drained', async (t) => {
    const { connection, link, tick } = scripted(t)
    connection.connect()
    const socket = last()
    socket.open()
    const parts = Array.from({ length: 4 }, () => new Uint8Array(1024 * 1024))
    const sent = link().sendAll(parts)
    const settle = () => new Promise((resolve) => setImmediate(resolve))
    await settle()
    assert.equal(socket.sent.length, 2)
    tick(5)
    await settle()
    assert.equal(socket.sent.length, 2)
    socket.bufferedAmount = 0
    tick(5)
    await settle()
    assert.equal(socket.sent.length, 4)
    assert.equal(await sent, true)
  })

  it('gives up sending when the socket ends', async (t) => {
    const { connection, link, tick } = scripted(t)
    connection.connect()
    const socket = last()
    socket.open()
    const sent = link().sendAll(Array.from({ length: 4 }, () => new Uint8Array(1024 * 1024)))
    await new Promise((resolve) => setImmediate(resolve))
    // What could not leave stays counted, as the standard has it.
    assert.ok(socket.bufferedAmount > 0)
    socket.fail()
    tick(5)
    let outcome: boolean | undefined
    void sent.then((arrived) => (outcome = arrived))
    await new Promise((resolve) => setImmediate(resolve))
    assert.equal(outcome, false)
    assert.equal(socket.sent.length, 2)
  })

  it('beats while open, and is dropped only after several beats without an answer', (t) => {
    const { connection, log, tick } = scripted(t)
    connection.connect()
    const socket = last()
    socket.open()
    connection.settle()
    for (let beat = 0; beat < 10; beat++) {
      tick(1000)
      socket.onmessage?.({ data: 'pong' })
    }
    assert.equal(socket.closedWith, undefined)
    assert.equal(log.filter((entry) => entry === 'beat').length, 10)
    for (let beat = 0; beat < 4; beat++) tick(1000)
    assert.equal(socket.closedWith, 4408)
  })

  it('drops what opens and never answers', (t) => {
    const { connection, tick } = scripted(t)
    connection.connect()
    const socket = last()
    socket.open()
    tick(5000)
    assert.equal(socket.readyState, 2)
  })

  it('is silent after it was closed for good', (t) => {
    const { connection, log, tick } = scripted(t)
    connection.connect()
    const socket = last()
    socket.open()
    connection.close()
    socket.fail()
    tick(60_000)
    assert.deepEqual(log, ['opened'])
    assert.equal(ScriptedSocket.opened.length, 1)
  })
})

describe('the pairing code', () => {
  it('is made once, for this person only, and read back afterwards', async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'imprint-'))
    t.after(() => rm(folder, { recursive: true }))
    const inner = join(folder, 'not', 'there', 'yet')
    const token = await pairingToken(inner)
    assert.match(token, /^([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}$/)
    assert.equal(await pairingToken(inner), token)
    assert.notEqual(await pairingToken(folder), token)
    const file = join(inner, 'pairing-code')
    assert.equal(await readFile(file, 'utf8'), `${token}\n`)
    if (process.platform !== 'win32') assert.equal((await stat(file)).mode & 0o777, 0o600)
  })

  it('that was damaged is made anew', async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'imprint-'))
    t.after(() => rm(folder, { recursive: true }))
    await writeFile(join(folder, 'pairing-code'), 'AB')
    const token = await pairingToken(folder)
    assert.equal(token.length, 19)
    assert.equal(await pairingToken(folder), token)
  })

  it('matches itself however it is typed, and nothing else', () => {
    assert.ok(tokenMatches('abcd efgh-jkmn 01oi', 'ABCD-EFGH-JKMN-0101'))
    assert.ok(!tokenMatches('ABCD-EFGH-JKMN-0102', 'ABCD-EFGH-JKMN-0101'))
    assert.ok(!tokenMatches('', 'ABCD-EFGH-JKMN-0101'))
    assert.ok(!tokenMatches('ABCD-EFGH-JKMN-01011', 'ABCD-EFGH-JKMN-0101'))
  })
})
