import assert from 'node:assert/strict'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import { WebSocketServer } from 'ws'
import { PLATFORM, photoshopWith, settled } from './bench.ts'

let server: WebSocketServer
let url = ''
before(async () => {
  server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
  await new Promise((resolve) => server.once('listening', resolve))
  url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`
  server.on('connection', (socket) => socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary })))
})
after(() => {
  for (const client of server.clients) client.terminate()
  return new Promise((resolve) => server.close(resolve))
})

type Uxp = InstanceType<NonNullable<ReturnType<typeof photoshopWith>['WebSocket']>>

function opened(options: { readonly bufferCapBytes?: number } = {}) {
  const host = photoshopWith({ WebSocket: PLATFORM, domains: [url], ...options })
  const socket = new host.WebSocket!(url)
  return { host, socket, open: next(socket, 'open') }
}

const next = (socket: Uxp, type: 'open' | 'message' | 'close' | 'error') =>
  new Promise<{ data?: unknown; code?: number; wasClean?: boolean }>((resolve) =>
    socket.addEventListener(type, resolve),
  )

test('texts come back as texts and bytes as an ArrayBuffer, when asked for', async () => {
  const { socket, open } = opened()
  socket.binaryType = 'arraybuffer'
  assert.equal(socket.readyState, socket.CONNECTING)
  await open
  socket.send('hello')
  assert.equal((await next(socket, 'message')).data, 'hello')
  socket.send(Uint8Array.of(1, 2, 3))
  assert.deepEqual(new Uint8Array((await next(socket, 'message')).data as ArrayBuffer), Uint8Array.of(1, 2, 3))
  socket.close()
  assert.deepEqual([(await next(socket, 'close')).code, socket.readyState], [1000, socket.CLOSED])
})

test('nobody there: an error that tells nothing, then a close', async () => {
  const nowhere = 'ws://127.0.0.1:1'
  const { WebSocket } = photoshopWith({ WebSocket: PLATFORM, domains: [nowhere] })
  const socket = new WebSocket!(nowhere)
  const [error, { code, wasClean }] = await Promise.all([next(socket, 'error'), next(socket, 'close')])
  assert.deepEqual(Object.keys(error).sort(), ['target', 'type'])
  assert.deepEqual([code, wasClean], [1006, false])
})

test('what is sent must be a text or bytes; a close code must be a plugin’s', async () => {
  const { socket, open } = opened()
  await open
  assert.throws(() => socket.send(new Blob(['x']) as unknown as string), TypeError)
  assert.throws(() => socket.close(1001), /close code/)
  socket.close(4000, 'bye')
  assert.equal((await next(socket, 'close')).code, 4000)
})

test('a full buffer closes the socket', async () => {
  const { socket, open } = opened({ bufferCapBytes: 10 })
  await open
  socket.send('x'.repeat(10))
  await next(socket, 'message')
  socket.send('x'.repeat(11))
  await next(socket, 'close')
})

test('while Photoshop holds the script thread events wait, and come in order after it', async () => {
  const { host, socket, open } = opened()
  await open
  const seen: unknown[] = []
  socket.onmessage = ({ data }) => seen.push(data)
  const release = host.controls.holdSockets()
  const [peer] = server.clients
  await new Promise<void>((resolve) => {
    const echo = new PLATFORM(url)
    echo.addEventListener('message', () => {
      echo.close()
      resolve()
    })
    for (const text of ['a', 'b']) peer!.send(text)
    echo.addEventListener('open', () => echo.send('c'))
  })
  await settled()
  assert.deepEqual(seen, [])
  release()
  await settled()
  assert.deepEqual(seen, ['a', 'b'])
  const closed = next(socket, 'close')
  socket.close()
  await closed
})

test('a listener that is removed hears nothing more', async () => {
  const { socket, open } = opened()
  await open
  let heard = 0
  const listener = (): number => heard++
  socket.addEventListener('message', listener)
  socket.removeEventListener('message', listener)
  socket.send('x')
  await next(socket, 'message')
  assert.equal(heard, 0)
  socket.close()
  await next(socket, 'close')
})
