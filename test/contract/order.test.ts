/** Do waiting jobs run in the order their panel wants, and is a prompt counted as the model reads it? */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { fakeEngine } from '../support/fake-engine.ts'
import { openPaired } from '../support/raw-panel.ts'
import { collect, connect, gate, reaches, serve, within } from '../support/wire.ts'

const never = new AbortController().signal
const generate = (job: number) => ({ type: 'generate', job, recipe: { prompt: `job ${job}` } })

describe('order', () => {
  it('has the waiting jobs of a panel run in another order, those not named behind them', async (t) => {
    const hold = gate()
    const engine = fakeEngine({ beforeStep: () => hold.passed })
    const server = await serve({ engine })
    t.after(() => server.close())
    const panel = await openPaired(server.port)
    panel.send(...[1, 2, 3, 4].map(generate), { type: 'order', jobs: [4, 3] })
    while ((await panel.next('queued')).job !== 4);
    assert.deepEqual([(await panel.next('queued')).job, (await panel.next('queued')).ahead], [4, 3])
    hold.open()
    for (const job of [1, 4, 3, 2]) assert.equal((await panel.next('result')).job, job)
    panel.socket.close()
  })

  it('names what it likes: jobs of others, of the past and of nobody are left alone', async (t) => {
    const hold = gate()
    const engine = fakeEngine({ beforeStep: () => hold.passed })
    const server = await serve({ engine })
    t.after(() => server.close())
    const [panel, other] = [await openPaired(server.port), await openPaired(server.port)]
    panel.send(generate(1), generate(2))
    while ((await panel.next('queued')).job !== 2);
    other.send(generate(1), generate(2), { type: 'order', jobs: [2, 1, 7, 2, 2 ** 53 - 1] })
    while ((await other.next('queued')).job !== 2);
    other.send({ type: 'order', jobs: [] }, { type: 'ping' })
    await other.next('pong')
    hold.open()
    await other.next('result')
    const made = engine.requests.map(({ recipe }) => recipe.prompt)
    assert.deepEqual(made, ['job 1', 'job 2', 'job 2', 'job 1'].slice(0, made.length))
    assert.equal((await panel.next('result')).job, 1)
    panel.socket.close()
    other.socket.close()
  })

  it('is asked for by the names of requests, those included that are not sent yet', async (t) => {
    const hold = gate()
    const engine = fakeEngine({ beforeStep: () => hold.passed })
    const server = await serve({ engine })
    const companion = connect(server.port)
    t.after(() => (companion.close(), server.close()))
    await reaches(companion, 'ready')
    const ask = (name: string) => collect(companion.generate({ recipe: { prompt: name }, pictures: {}, name }, never))
    const first = ask('a')
    companion.order(['c', 'b'])
    const all = [first, ask('b'), ask('c')]
    companion.order(['c', 'b', 'unheard of'])
    // An answer to what was said last means that all of it was heard.
    await companion.models()
    hold.open()
    await within('All pictures', Promise.all(all))
    assert.deepEqual(
      engine.requests.map(({ recipe }) => recipe.prompt),
      ['a', 'c', 'b'],
    )
  })
})

describe('tokens', () => {
  it('are counted without the brackets, in as many parts as the notation makes', async (t) => {
    const server = await serve()
    const companion = connect(server.port)
    t.after(() => (companion.close(), server.close()))
    await reaches(companion, 'ready')
    const prompt = 'a (house:1.2), flat colours'
    assert.deepEqual(await companion.countTokens({ prompt, notation: 'a1111' }), { tokens: 5, room: 75, parts: 1 })
    const long = Array(80).fill('fox').join(' ')
    const [plain, parts] = await Promise.all([
      companion.countTokens({ prompt: long }),
      companion.countTokens({ prompt: long, notation: 'comfy' }),
    ])
    assert.deepEqual(plain, { tokens: 80, room: 75, parts: 1 })
    assert.deepEqual(parts, { tokens: 80, room: 150, parts: 2 })
  })

  it('that are still being waited for fail with the connection', async (t) => {
    const server = await serve()
    const companion = connect(server.port)
    t.after(() => (companion.close(), server.close()))
    await reaches(companion, 'ready')
    const asked = assert.rejects(companion.countTokens({ prompt: 'a house' }), { code: 'cancelled' })
    companion.close()
    await asked
    await assert.rejects(companion.countTokens({ prompt: 'a house' }), { code: 'companion-absent' })
  })
})
