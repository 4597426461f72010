import assert from 'node:assert/strict'
import { connect as connectTcp } from 'node:net'
import { describe, it } from 'node:test'
import { LIMITS } from '../../shared/limits.ts'
import { partName } from '../../shared/recipe-pictures.ts'
import { fakeEngine } from '../support/fake-engine.ts'
import { ANNOUNCED, HELLO, openPaired, part, PICTURE } from '../support/raw-panel.ts'
import { serve } from '../support/wire.ts'

const announce = (over: object) => ({ type: 'picture', picture: { ...ANNOUNCED, ...over } })
const generate = (recipe: unknown, job = 1) => ({ type: 'generate', job, recipe })
const half = PICTURE.data.length / 2
const withReference = { prompt: '', references: [{ image: partName(ANNOUNCED.sha256) }] }

describe('a paired client that breaks the protocol is closed', () => {
  for (const [what, messages, code, error] of [
    ['text that is not JSON', ['{'], 4400, 'message-invalid'],
    ['JSON that is no message', ['[1]'], 4400, 'message-invalid'],
    ['an unknown type', [{ type: 'format-disk' }], 4400, 'message-invalid'],
    ['an unknown key', [{ type: 'ping', now: 1 }], 4400, 'message-invalid'],
    ['a key of the prototype', ['{"type":"ping","__proto__":{"a":1}}'], 4400, 'message-invalid'],
    ['a second hello', [HELLO], 4400, 'message-invalid'],
    ['a message over the limit', [' '.repeat(LIMITS.message + 1)], 4413, 'too-large'],
    ['a job number used before', [generate({ prompt: '' }), generate({ prompt: '' })], 4400, 'message-invalid'],
    ['a job number that shrinks', [generate({ prompt: '' }, 5), generate({ prompt: '' }, 4)], 4400, 'message-invalid'],
    ['a job without a recipe', [{ type: 'generate', job: 1 }], 4400, 'message-invalid'],
    ['a job number that is none', [generate({ prompt: '' }, 0.5)], 4400, 'message-invalid'],
    ['an order of what are no jobs', [{ type: 'order', jobs: [1, '2'] }], 4400, 'message-invalid'],
    [
      'an order of more jobs than may wait',
      [{ type: 'order', jobs: Array(LIMITS.waitingJobs + 1).fill(1) }],
      4400,
      'message-invalid',
    ],
    [
      'a prompt to count that no recipe may have',
      [{ type: 'tokens', ask: 1, prompt: 'a'.repeat(10_001) }],
      4400,
      'message-invalid',
    ],
    [
      'a notation to count in that there is not',
      [{ type: 'tokens', ask: 1, prompt: '', notation: 'klingon' }],
      4400,
      'message-invalid',
    ],
    [
      'a picture over the limit',
      [announce({ bytes: 4 * 8192 * 4096, width: 8192, height: 4096, format: 'rgba8' })],
      4413,
      'too-large',
    ],
    ['a side over the limit', [announce({ bytes: 3 * 16385, width: 16385, height: 1 })], 4400, 'message-invalid'],
    ['bytes that are not width x height', [announce({ bytes: ANNOUNCED.bytes + 1 })], 4422, 'picture-invalid'],
    ['a hash that is none', [announce({ sha256: 'x'.repeat(64) })], 4400, 'message-invalid'],
    ['an unknown format', [announce({ format: 'png' })], 4400, 'message-invalid'],
    ['a stream used twice', [announce({}), announce({})], 4400, 'message-invalid'],
    ['too many streams', [0, 1, 2, 3, 4].map((stream) => announce({ stream })), 4413, 'too-large'],
    ['a part nobody announced', [part(0, 0, PICTURE.data)], 4400, 'message-invalid'],
    ['a part of another stream', [announce({}), part(1, 0, PICTURE.data)], 4400, 'message-invalid'],
    ['parts out of order', [announce({}), part(0, 1, PICTURE.data)], 4400, 'message-invalid'],
    [
      'a part left out',
      [announce({}), part(0, 0, PICTURE.data.subarray(0, half)), part(0, 2, PICTURE.data.subarray(half))],
      4400,
      'message-invalid',
    ],
    [
      'a part twice',
      [announce({}), part(0, 0, PICTURE.data.subarray(0, half)), part(0, 0, PICTURE.data.subarray(half))],
      4400,
      'message-invalid',
    ],
    [
      'more pixels than announced',
      [announce({}), part(0, 0, new Uint8Array(ANNOUNCED.bytes + 1))],
      4400,
      'message-invalid',
    ],
    ['a part without pixels', [announce({}), part(0, 0, new Uint8Array())], 4400, 'message-invalid'],
    ['a binary message without a header', [new Uint8Array(3)], 4400, 'message-invalid'],
    [
      'other pixels than announced',
      [announce({}), part(0, 0, new Uint8Array(ANNOUNCED.bytes))],
      4422,
      'picture-invalid',
    ],
    [
      'the right pixels in another shape',
      [announce({ width: 2, height: 4 }), part(0, 0, PICTURE.data)],
      4422,
      'picture-invalid',
    ],
  ] as const) {
    it(`${what}: ${code} and "${error}"`, async (t) => {
      const server = await serve()
      t.after(() => server.close())
      const panel = await openPaired(server.port)
      panel.send(...messages)
      const farewell = await panel.closed()
      assert.equal(farewell.error?.code, error, farewell.error?.message)
      assert.equal(farewell.code, code)
    })
  }

  it('a binary message over 1 MiB and its header: 1009, before it is read', async (t) => {
    const server = await serve()
    t.after(() => server.close())
    const panel = await openPaired(server.port)
    panel.send(
      announce({ bytes: 3 * 2048 * 2048, width: 2048, height: 2048 }),
      part(0, 0, new Uint8Array(LIMITS.part + 1)),
    )
    assert.equal((await panel.closed()).code, 1009)
  })

  it('bytes that are no WebSocket frame: the connection ends, the companion goes on', async (t) => {
    const server = await serve()
    t.after(() => server.close())
    const key = 'dGhlIHNhbXBsZSBub25jZQ=='
    const upgrade = [
      'GET / HTTP/1.1',
      `Host: 127.0.0.1:${server.port}`,
      'Upgrade: websocket',
      'Connection: Upgrade',
      `Sec-WebSocket-Key: ${key}`,
      'Sec-WebSocket-Version: 13',
      '\r\n',
    ].join('\r\n')
    for (const garbage of [
      [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
      // An unmasked text frame, a text frame that is not UTF-8, a length of 2^63 - 1, a control frame in pieces.
      [0x81, 0x02, 0x7b, 0x7d],
      [0x81, 0x82, 0x00, 0x00, 0x00, 0x00, 0xc3, 0x28],
      [0x82, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00],
      [0x09, 0x80, 0x00, 0x00, 0x00, 0x00],
    ]) {
      await new Promise<void>((resolve, reject) => {
        const socket = connectTcp(server.port, '127.0.0.1', () => {
          socket.write(upgrade)
          socket.write(Uint8Array.from(garbage))
        })
        socket.on('close', () => resolve()).on('error', reject)
        socket.resume()
      })
    }
    const panel = await openPaired(server.port)
    panel.send({ type: 'ping' })
    await panel.next('pong')
    panel.socket.close()
  })
})

describe('a bad request fails its job and leaves the connection open', () => {
  for (const [what, recipe, code, message] of [
    [
      'a value out of range',
      { prompt: '', references: [{ image: 'part:0', weight: 9 }] },
      'recipe-invalid',
      /^recipe\.references\.0\.weight: /,
    ],
    ['an unknown key', { prompt: '', colour: 1 }, 'recipe-invalid', /^recipe: .*colour/],
    ['no prompt', {}, 'recipe-invalid', /^recipe\.prompt: /],
    ['no recipe at all', null, 'recipe-invalid', /^recipe: /],
    ['a picture that was not sent', withReference, 'picture-unknown', /"part:[0-9a-f]{64}"/],
    ['a picture by path', { prompt: '', references: [{ image: '/etc/passwd' }] }, 'picture-unknown', /"\/etc\/passwd"/],
    [
      'a picture named like a property',
      { prompt: '', references: [{ image: 'part:__proto__' }] },
      'picture-unknown',
      /__proto__/,
    ],
  ] as const) {
    it(`${what}: "${code}"`, async (t) => {
      const engine = fakeEngine()
      const server = await serve({ engine })
      t.after(() => server.close())
      const panel = await openPaired(server.port)
      panel.send(generate(recipe))
      const failed = await panel.next('failed')
      assert.equal(failed.code, code)
      assert.match(failed.message, message)
      assert.equal(engine.requests.length, 0)

      panel.send(generate({ prompt: 'a house' }, 2))
      assert.equal((await panel.next('result')).job, 2)
      panel.socket.close()
    })
  }

  it('a picture of which a part is still missing is unknown', async (t) => {
    const server = await serve()
    t.after(() => server.close())
    const panel = await openPaired(server.port)
    panel.send(announce({}), part(0, 0, PICTURE.data.subarray(0, half)), generate(withReference))
    assert.equal((await panel.next('failed')).code, 'picture-unknown')
    panel.send(part(0, 1, PICTURE.data.subarray(half)), generate(withReference, 2))
    assert.equal((await panel.next('result')).job, 2)
    panel.socket.close()
  })

  it('cancelling a job that never was is nothing', async (t) => {
    const server = await serve()
    t.after(() => server.close())
    const panel = await openPaired(server.port)
    panel.send({ type: 'cancel', job: 7 }, { type: 'ping' })
    await panel.next('pong')
    panel.socket.close()
  })
})
