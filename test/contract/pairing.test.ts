import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, it } from 'node:test'
import { connect, countingSocket, plain, reaches, serve, TOKEN } from '../support/wire.ts'
import { ANNOUNCED, HELLO, openRaw, part, PICTURE } from '../support/raw-panel.ts'

describe('who may talk to the companion', () => {
  for (const [what, first, code, error] of [
    ['a wrong token', { ...HELLO, token: '0000-0000-0000-0000' }, 4401, 'unpaired'],
    ['an empty token', { ...HELLO, token: '' }, 4401, 'unpaired'],
    ['a prefix of the token', { ...HELLO, token: TOKEN.slice(0, -1) }, 4401, 'unpaired'],
    ['no hello', { type: 'models' }, 4401, 'unpaired'],
    ['a picture before the hello', { type: 'picture', picture: ANNOUNCED }, 4401, 'unpaired'],
    ['pixels before the hello', part(0, 0, PICTURE.data), 4401, 'unpaired'],
    ['text that is not JSON', 'hello', 4400, 'message-invalid'],
    ['another version', { ...HELLO, protocol: 2 }, 4426, 'version-mismatch'],
    ['another version with other keys', { type: 'hello', protocol: 99, key: 'x' }, 4426, 'version-mismatch'],
    ['a hello without a token', { ...HELLO, token: undefined }, 4400, 'message-invalid'],
    ['a hello with a key too many', { ...HELLO, admin: true }, 4400, 'message-invalid'],
    ['a hello over 4 KiB', JSON.stringify(HELLO) + ' '.repeat(4096), 4413, 'too-large'],
  ] as const) {
    it(`${what}: closed with ${code} and "${error}"`, async (t) => {
      const server = await serve()
      t.after(() => server.close())
      const panel = await openRaw(server.port)
      panel.send(first)
      const farewell = await panel.closed()
      assert.equal(farewell.code, code)
      assert.equal(farewell.error?.code, error)
      assert.equal(panel.heard.length, 1)
    })
  }

  it('a hello that does not come: closed with 4408 and "too-slow"', async (t) => {
    const server = await serve({ helloMs: 20 })
    t.after(() => server.close())
    const panel = await openRaw(server.port)
    const farewell = await panel.closed()
    assert.equal(farewell.code, 4408)
    assert.equal(farewell.error?.code, 'too-slow')
  })

  it('the token is taken as people type it', async (t) => {
    const server = await serve({ token: '01AB-CDEF-GHJK-MNPQ' })
    t.after(() => server.close())
    const panel = await openRaw(server.port)
    panel.send({ ...HELLO, token: ' oiab cdef-ghjkmnpq ' })
    await panel.next('welcome')
    panel.socket.close()
  })

  for (const [what, origin, host, welcome] of [
    ['a web page', 'https://evil.example', undefined, false],
    ['a web page on this machine', 'http://localhost:3000', undefined, false],
    ['a page whose address begins like ours', 'http://127.0.0.1:5000.evil.example', undefined, false],
    ['the studio', 'http://127.0.0.1:5000', undefined, true],
    ['no origin', undefined, undefined, true],
    ['an origin that is no web page', 'file://', undefined, true],
    ['a name pointed at this machine', undefined, 'evil.example', false],
    ['this machine by its other name', undefined, 'LOCALHOST:port', true],
    ['this machine by IPv6', undefined, '[::1]:port', true],
    ['the right host with another port', undefined, 'localhost:1', false],
  ] as const) {
    it(`${what}: ${welcome ? 'welcome' : 'closed with 4403 and "foreign", whatever it sends'}`, async (t) => {
      const server = await serve({ allowedOrigins: ['http://127.0.0.1:5000'] })
      t.after(() => server.close())
      const headers = {
        ...(origin !== undefined && { Origin: origin }),
        ...(host !== undefined && { Host: host.replace('port', String(server.port)) }),
      }
      const panel = await openRaw(server.port, { headers })
      panel.send(HELLO)
      if (welcome) {
        await panel.next('welcome')
        panel.socket.close()
        return
      }
      const farewell = await panel.closed()
      assert.equal(farewell.code, 4403)
      assert.equal(farewell.error?.code, 'foreign')
      assert.equal(panel.heard.length, 1)
    })
  }
})

/** The numbers a companion shows, oldest first. */
function shownNumbers(): { readonly numbers: string[]; readonly showNumber: (number: string) => void } {
  const numbers: string[] = []
  return { numbers, showNumber: (number) => void numbers.push(number) }
}

const otherThan = (number: string): string => String((Number(number) + 1) % 1e6).padStart(6, '0')

describe('the number that pairs', () => {
  /** What the companion says to a hello with this token. */
  const sayHello = async (port: number, token: string): Promise<string> => {
    const panel = await openRaw(port)
    const answered = once(panel.socket, 'message')
    panel.send({ ...HELLO, token })
    await answered
    panel.socket.close()
    const [answer] = panel.heard
    if (answer?.type === 'welcome') return `welcome ${answer.token ?? ''}`
    return answer?.type === 'error' ? answer.message : 'neither'
  }

  it('lets in one panel, which gets the token to keep; the next one gets another number', async (t) => {
    const { numbers, showNumber } = shownNumbers()
    const server = await serve({ showNumber })
    t.after(() => server.close())
    assert.match(numbers[0]!, /^\d{6}$/)
    assert.equal(await sayHello(server.port, numbers[0]!), `welcome ${TOKEN}`)
    assert.equal(numbers.length, 2)
    assert.match(await sayHello(server.port, numbers[0]!), /is not the number the companion shows/)
    assert.equal(await sayHello(server.port, TOKEN), 'welcome ')
  })

  it('is not heard for longer and longer after wrong ones, over whichever connection, but a token always is', async (t) => {
    const { numbers, showNumber } = shownNumbers()
    let now = 0
    const server = await serve({ showNumber, now: () => now })
    t.after(() => server.close())
    const wrong = otherThan(numbers[0]!)
    for (const seconds of [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]) {
      assert.match(await sayHello(server.port, wrong), /^\d{6} is not the number the companion shows/)
      assert.match(await sayHello(server.port, numbers[0]!), new RegExp(`^Wait ${seconds} s after a wrong number`))
      assert.equal(await sayHello(server.port, TOKEN), 'welcome ')
      now += seconds * 1000 - 1
      assert.match(await sayHello(server.port, numbers[0]!), /^Wait 1 s/)
      now += 1
    }
    assert.equal(await sayHello(server.port, numbers[0]!), `welcome ${TOKEN}`)
    assert.equal(numbers.length, 2)
  })

  it('is another one each time the companion starts', async (t) => {
    const { numbers, showNumber } = shownNumbers()
    const servers = await Promise.all([1, 2, 3, 4].map(() => serve({ showNumber })))
    t.after(() => Promise.all(servers.map((server) => server.close())))
    assert.ok(new Set(numbers).size > 1)
  })
})

describe('the panel, pairing', () => {
  it('says what to do without a code, then connects with it', async (t) => {
    const server = await serve()
    const companion = connect(server.port, { token: undefined })
    t.after(() => (companion.close(), server.close()))
    const { message } = await reaches(companion, 'unpaired')
    assert.equal(message, 'Type the number that the companion shows.')
    const recipe = { prompt: 'a house' }
    await assert.rejects(companion.generate({ recipe, pictures: {} }, new AbortController().signal).next(), {
      code: 'unpaired',
    })
    companion.pair(TOKEN.toLowerCase())
    await reaches(companion, 'ready')
  })

  it('keeps the token it gets for the number, and comes with it from then on', async (t) => {
    const { numbers, showNumber } = shownNumbers()
    const server = await serve({ showNumber })
    const kept: string[] = []
    const companion = connect(server.port, { token: undefined, keepToken: (token) => void kept.push(token) })
    t.after(() => (companion.close(), server.close()))
    await reaches(companion, 'unpaired')
    companion.pair(numbers[0]!.replace(/^.../, '$& '))
    await reaches(companion, 'ready')
    assert.deepEqual(kept, [TOKEN])
    const again = connect(server.port, { token: kept[0], keepToken: (token) => void kept.push(token) })
    t.after(() => again.close())
    await reaches(again, 'ready')
    assert.equal(kept.length, 1)
  })

  it('repeats what the companion says of a token of another one', async (t) => {
    const server = await serve()
    const companion = connect(server.port, { token: 'WRONG' })
    t.after(() => (companion.close(), server.close()))
    const { message } = await reaches(companion, 'unpaired')
    assert.match(message, /not paired yet; type the 6 digits the companion shows/)
  })

  it('tries a wrong number once, and what is said of it stays while it looks whether the companion is still there', async (t) => {
    const { numbers, showNumber } = shownNumbers()
    const server = await serve({ showNumber })
    const { WebSocket, traffic } = countingSocket()
    const companion = connect(server.port, { WebSocket, token: undefined, watchMs: 1 })
    t.after(() => (companion.close(), server.close()))
    await reaches(companion, 'unpaired')
    const wrong = String((Number(numbers[0]) + 1) % 1_000_000).padStart(6, '0')
    companion.pair(wrong)
    await says(companion, `${wrong} is not the number the companion shows; look again and type it anew.`)
    const hellos = traffic.text.length
    const seen = new Set<string>()
    companion.subscribe(() => seen.add(JSON.stringify(companion.status)))
    while (traffic.text.length < hellos + 3) await new Promise((resolve) => setTimeout(resolve, 1))
    assert.deepEqual([...seen], [])
    assert.equal(traffic.text.filter((text) => text.includes(wrong)).length, 1)
  })

  it('notices when the companion stops and another one starts, and is let in by its number', async (t) => {
    const first = shownNumbers()
    const server = await serve({ showNumber: first.showNumber })
    const companion = connect(server.port, { token: undefined, watchMs: 1, retryMs: [1] })
    t.after(() => companion.close())
    await reaches(companion, 'unpaired')
    companion.pair('12')
    await says(companion, 'This panel is not paired yet; type the 6 digits the companion shows.')
    await server.close()
    await reaches(companion, 'absent')
    const second = shownNumbers()
    const again = await serve({ showNumber: second.showNumber, port: server.port })
    t.after(() => again.close())
    await says(companion, 'Type the number that the companion shows.')
    companion.pair(second.numbers[0]!)
    await reaches(companion, 'ready')
  })

  it('sends no pixels before it is welcome', async (t) => {
    const server = await serve()
    const { WebSocket, traffic } = countingSocket()
    const companion = connect(server.port, { WebSocket, token: 'WRONG' })
    t.after(() => (companion.close(), server.close()))
    await reaches(companion, 'unpaired')
    const request = {
      recipe: { prompt: '', references: [{ image: 'fox' }] },
      pictures: { fox: plain(8, 8, [1, 2, 3]) },
    }
    await assert.rejects(companion.generate(request, new AbortController().signal).next(), { code: 'unpaired' })
    assert.equal(traffic.binary, 0)
  })

  it('says so when its page is not allowed', async (t) => {
    const server = await serve()
    const { WebSocket } = countingSocket('http://localhost:3000')
    const companion = connect(server.port, { WebSocket })
    t.after(() => (companion.close(), server.close()))
    const { message } = await reaches(companion, 'refused')
    assert.match(message, /http:\/\/localhost:3000/)
  })
})

/** Resolves once the companion's status is a sentence. */
const says = (companion: Parameters<typeof reaches>[0], sentence: string): Promise<void> =>
  new Promise((resolve) => {
    const look = (): void => {
      if (!('message' in companion.status) || companion.status.message !== sentence) return
      stop()
      resolve()
    }
    const stop = companion.subscribe(look)
    look()
  })
