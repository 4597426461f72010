import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { describe, it } from 'node:test'
import { WebSocketServer } from 'ws'
import { ImprintError } from '../../shared/errors.ts'
import { hashPicture } from '../../shared/picture-stream.ts'
import { fakeEngine } from '../support/fake-engine.ts'
import { openPaired, openRaw, HELLO } from '../support/raw-panel.ts'
import {
  collect,
  connect,
  countingSocket,
  gate,
  plain,
  reaches,
  serve,
  temporaryHistory,
  within,
} from '../support/wire.ts'

const never = new AbortController().signal
const request = { recipe: { prompt: 'a house' }, pictures: {} }

describe('a companion that comes and goes', () => {
  it('is found when it starts, lost in the middle of a job with a sentence, and found again', async (t) => {
    const probe = await serve()
    const { port } = probe
    await probe.close()
    const { WebSocket, traffic } = countingSocket()
    const companion = connect(port, { WebSocket })
    t.after(() => companion.close())
    const { message } = await reaches(companion, 'absent')
    assert.match(message, /isn't running/)
    await assert.rejects(companion.models(), { code: 'companion-absent' })

    const first = await serve({ port, engine: fakeEngine({ beforeStep: () => new Promise(() => undefined) }) })
    await reaches(companion, 'ready')
    const fox = plain(8, 8, [200, 0, 0])
    const recipe = { prompt: '', references: [{ image: 'fox' }] }
    const lost = collect(companion.generate({ recipe, pictures: { fox } }, never))
    const waiting = collect(companion.generate(request, never))
    const both = Promise.allSettled([lost, waiting])
    // Its answer comes after everything before it was heard.
    await companion.models()
    await first.close()
    for (const outcome of await both) {
      assert.ok(outcome.status === 'rejected')
      assert.equal((outcome.reason as ImprintError).code, 'companion-absent')
    }

    const second = await serve({ port })
    t.after(() => second.close())
    await reaches(companion, 'ready')
    assert.equal(traffic.binary, 1)
    const again = await collect(companion.generate({ recipe, pictures: { fox } }, never))
    assert.equal(again.at(-1)?.type, 'result')
    // The new companion knows nothing of what the old one was sent.
    assert.equal(traffic.binary, 2)
  })

  it('tells its device a moment after the welcome', async (t) => {
    const server = await serve()
    const companion = connect(server.port)
    t.after(() => (companion.close(), server.close()))
    await reaches(companion, 'ready')
    const known = (): boolean => companion.status.kind === 'ready' && companion.status.device !== undefined
    while (!known()) await new Promise<void>((resolve) => companion.subscribe(resolve))
    assert.deepEqual(companion.status, {
      kind: 'ready',
      version: '0.0.0-test',
      device: { device: 'cpu', reason: 'A fake runs anywhere.' },
    })
  })

  it('that speaks another version is named as such', async (t) => {
    const http = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => http.once('listening', resolve))
    const old = new WebSocketServer({ server: http })
    old.on('connection', (socket) => {
      socket.send(JSON.stringify({ type: 'error', code: 'version-mismatch', message: 'Update the panel.' }))
      socket.close(4426)
    })
    const companion = connect((http.address() as { port: number }).port)
    t.after(() => (companion.close(), old.close(), http.close()))
    assert.equal((await reaches(companion, 'mismatch')).message, 'Update the panel.')
    await assert.rejects(companion.generate(request, never).next(), { code: 'version-mismatch' })
  })

  it('that talks nonsense is left with a sentence', async (t) => {
    const http = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => http.once('listening', resolve))
    const fake = new WebSocketServer({ server: http })
    fake.on('connection', (socket) => socket.send('<html>'))
    const companion = connect((http.address() as { port: number }).port)
    t.after(() => (companion.close(), fake.close(), http.close()))
    assert.match((await reaches(companion, 'mismatch')).message, /not JSON/)
  })

  it('on a port that is taken: one sentence with the port', async (t) => {
    const server = await serve()
    t.after(() => server.close())
    await assert.rejects(serve({ port: server.port }), (thrown) => {
      assert.ok(thrown instanceof ImprintError)
      assert.equal(thrown.code, 'usage-invalid')
      assert.match(thrown.message, new RegExp(`Port ${server.port} `))
      return true
    })
  })

  it('answers a browser that comes by HTTP in words', async (t) => {
    const server = await serve()
    t.after(() => server.close())
    const response = await fetch(`http://127.0.0.1:${server.port}/`)
    assert.equal(response.status, 426)
    assert.match(await response.text(), /WebSocket/)
  })
})

describe('an engine that dies', () => {
  it('fails its job with its sentence, and the next job works', async (t) => {
    const death = new ImprintError('engine-died', 'The engine ran out of memory; choose a smaller size.')
    const engine = fakeEngine({
      beforeStep: (step, run) => {
        if (run === 0 && step === 2) throw death
      },
    })
    const server = await serve({ engine })
    const companion = connect(server.port)
    t.after(() => (companion.close(), server.close()))
    await reaches(companion, 'ready')
    await assert.rejects(collect(companion.generate(request, never)), { code: 'engine-died', message: death.message })
    assert.equal((await collect(companion.generate(request, never))).at(-1)?.type, 'result')
  })

  it('for a reason nobody foresaw is reported with it', async (t) => {
    const engine = fakeEngine({
      beforeStep: () => {
        throw new RangeError('index 7 of 3')
      },
    })
    const server = await serve({ engine })
    const companion = connect(server.port)
    t.after(() => (companion.close(), server.close()))
    await reaches(companion, 'ready')
    await assert.rejects(collect(companion.generate(request, never)), {
      code: 'engine-failed',
      message: /index 7 of 3/,
    })
  })
})

describe('pictures kept for a panel', () => {
  it('that had to go for newer ones are sent again when they are asked for', async (t) => {
    const side = 32
    const bytes = side * side * 3
    const engine = fakeEngine()
    const nothingKept = { ...temporaryHistory(), named: () => Promise.resolve(undefined) }
    const server = await serve({ engine, pictureBytes: 2 * bytes, history: nothingKept })
    const { WebSocket, traffic } = countingSocket()
    const companion = connect(server.port, { WebSocket })
    t.after(() => (companion.close(), server.close()))
    await reaches(companion, 'ready')
    const use = async (colour: number[], sentSoFar: number): Promise<void> => {
      const recipe = { prompt: '', references: [{ image: 'one' }] }
      const events = await collect(companion.generate({ recipe, pictures: { one: plain(side, side, colour) } }, never))
      assert.equal(events.at(-1)?.type, 'result')
      assert.equal(traffic.binary, sentSoFar)
    }
    const [red, green, blue] = [
      [255, 0, 0],
      [0, 255, 0],
      [0, 0, 255],
    ] as const
    await use([...red], 1)
    await use([...green], 2)
    await use([...red], 2)
    await use([...blue], 3)
    // Green was used least recently and went.
    await use([...red], 3)
    await use([...green], 4)
    assert.equal(engine.requests.length, 6)
  })
})

describe('a panel that does not keep up', () => {
  it('misses previews, never its result, and holds nobody back', async (t) => {
    const size = 2048
    const engine = fakeEngine({ size: [size, size], steps: 6 })
    const server = await serve({ engine })
    t.after(() => server.close())
    const slow = await openPaired(server.port)
    slow.socket.pause()
    for (const job of [1, 2, 3]) slow.send({ type: 'generate', job, recipe: { prompt: `slow ${job}` } })

    const quick = connect(server.port)
    t.after(() => quick.close())
    await reaches(quick, 'ready')
    const events = await collect(quick.generate(request, never))
    assert.equal(events.at(-1)?.type, 'result')
    // Its jobs came first, so they are over; what they made waits in the companion.
    assert.equal(engine.requests.length, 4)

    slow.socket.resume()
    const results = [await slow.next('result'), await slow.next('result'), await slow.next('result')]
    const expected = hashPicture(plain(size, size, [128, 128, 128]))
    assert.deepEqual(
      results.map(({ job, picture }) => [job, picture.sha256]),
      [1, 2, 3].map((job) => [job, expected]),
    )
    const previews = slow.heard.filter(({ type }) => type === 'preview').length
    assert.ok(previews < 18, `${previews} of 18 previews were sent`)
    slow.socket.close()
  })

  it('and answers no ping is dropped, and its job with it', async (t) => {
    const stopped = gate()
    const engine = fakeEngine({
      beforeStep: (_, __, signal) => {
        signal.addEventListener('abort', stopped.open)
        return new Promise(() => undefined)
      },
    })
    const server = await serve({ engine, silenceMs: 60 })
    t.after(() => server.close())
    const panel = await openRaw(server.port, { autoPong: false })
    panel.send(HELLO, { type: 'generate', job: 1, recipe: { prompt: '' } })
    await within('The abort', stopped.passed)
    assert.equal((await panel.closed()).code, 1006)
  })

  it('but answers pings stays, however silent', async (t) => {
    const server = await serve({ silenceMs: 600 })
    t.after(() => server.close())
    const panel = await openPaired(server.port)
    for (let pings = 0; pings < 3; pings++)
      await within('A ping', new Promise((resolve) => panel.socket.once('ping', resolve)))
    panel.send({ type: 'ping' })
    await panel.next('pong')
    panel.socket.close()
  })

  it('is not let in beyond the number of connections', async (t) => {
    const server = await serve()
    t.after(() => server.close())
    const panels = await Promise.all(Array.from({ length: 16 }, () => openRaw(server.port)))
    await assert.rejects(openRaw(server.port), /503/)
    panels[0]!.socket.close()
    await panels[0]!.closed()
    await openPaired(server.port)
  })
})
