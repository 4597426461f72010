import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { CompanionEvent } from '../../plugin/client/companion.ts'
import type { RemoteCompanion } from '../../plugin/client/remote-companion.ts'
import { ImprintError } from '../../shared/errors.ts'
import { fakeEngine } from '../support/fake-engine.ts'
import { openPaired } from '../support/raw-panel.ts'
import { collect, connect, gate, reaches, serve, within } from '../support/wire.ts'

const never = new AbortController().signal

/** Starts a job at once; its events as they come, and how it ended. */
function start(companion: RemoteCompanion, prompt: string, options: { slot?: string; signal?: AbortSignal } = {}) {
  const { signal = never, ...rest } = options
  const events: CompanionEvent[] = []
  const waiting: [(event: CompanionEvent) => boolean, () => void][] = []
  const done = (async (): Promise<string> => {
    try {
      for await (const event of companion.generate({ recipe: { prompt }, pictures: {}, ...rest }, signal)) {
        events.push(event)
        for (const [wanted, resolve] of waiting) if (wanted(event)) resolve()
      }
      return 'result'
    } catch (thrown) {
      assert.ok(thrown instanceof ImprintError)
      return thrown.code
    }
  })()
  const seen = (wanted: (event: CompanionEvent) => boolean): Promise<void> =>
    events.some(wanted) ? Promise.resolve() : new Promise((resolve) => waiting.push([wanted, resolve]))
  return { events, done: within(`The end of "${prompt}"`, done), seen }
}

describe('cancel', () => {
  it('takes a waiting job out of the queue, and the next one moves up', async (t) => {
    const hold = gate()
    const engine = fakeEngine({ beforeStep: () => hold.passed })
    const server = await serve({ engine })
    const companion = connect(server.port)
    t.after(() => (companion.close(), server.close()))
    await reaches(companion, 'ready')

    const abort = new AbortController()
    const first = start(companion, 'first')
    await first.seen(({ type }) => type === 'progress')
    const second = start(companion, 'second', { signal: abort.signal })
    const third = start(companion, 'third')
    await third.seen((event) => event.type === 'queued' && event.ahead === 2)
    abort.abort()
    assert.equal(await second.done, 'cancelled')
    await third.seen((event) => event.type === 'queued' && event.ahead === 1)
    hold.open()
    assert.equal(await first.done, 'result')
    assert.equal(await third.done, 'result')
    assert.deepEqual(
      engine.requests.map(({ recipe }) => recipe.prompt),
      ['first', 'third'],
    )
  })

  for (const [when, wanted] of [
    ['when it has started', (event: CompanionEvent) => event.type === 'progress'],
    ['between two previews', (event: CompanionEvent) => event.type === 'preview'],
  ] as const) {
    it(`reaches the engine ${when}, and the next job runs`, async (t) => {
      const reached = gate()
      const stopped = gate()
      const engine = fakeEngine({
        beforeStep: (step, run, signal) => {
          if (run > 0 || step === 0) return
          signal.addEventListener('abort', stopped.open)
          reached.open()
          return new Promise(() => undefined)
        },
      })
      const server = await serve({ engine })
      const companion = connect(server.port)
      t.after(() => (companion.close(), server.close()))
      await reaches(companion, 'ready')

      const abort = new AbortController()
      const first = start(companion, 'first', { signal: abort.signal })
      await first.seen(wanted)
      await within('The step', reached.passed)
      abort.abort()
      assert.equal(await first.done, 'cancelled')
      await within('The abort', stopped.passed)
      assert.equal(await start(companion, 'second').done, 'result')
    })
  }

  it('follows from leaving the loop over the events', async (t) => {
    const stopped = gate()
    const engine = fakeEngine({
      beforeStep: (_, __, signal) => {
        signal.addEventListener('abort', stopped.open)
        return new Promise(() => undefined)
      },
    })
    const server = await serve({ engine })
    const companion = connect(server.port)
    t.after(() => (companion.close(), server.close()))
    await reaches(companion, 'ready')
    for await (const { type } of companion.generate({ recipe: { prompt: '' }, pictures: {} }, never)) {
      if (type === 'progress') break
    }
    await within('The abort', stopped.passed)
  })

  it('follows from closing the panel', async (t) => {
    const stopped = gate()
    const engine = fakeEngine({
      beforeStep: (_, run, signal) => {
        if (run > 0) return
        signal.addEventListener('abort', stopped.open)
        return new Promise(() => undefined)
      },
    })
    const server = await serve({ engine })
    const [leaving, staying] = [connect(server.port), connect(server.port)]
    t.after(() => (staying.close(), server.close()))
    await Promise.all([reaches(leaving, 'ready'), reaches(staying, 'ready')])
    const left = start(leaving, 'left')
    await left.seen(({ type }) => type === 'progress')
    leaving.close()
    assert.equal(await left.done, 'cancelled')
    await within('The abort', stopped.passed)
    assert.equal(await start(staying, 'stayed').done, 'result')
  })

  it('before anything was sent sends nothing', async (t) => {
    const engine = fakeEngine()
    const server = await serve({ engine })
    const companion = connect(server.port)
    t.after(() => (companion.close(), server.close()))
    await reaches(companion, 'ready')
    assert.equal(await start(companion, 'no', { signal: AbortSignal.abort() }).done, 'cancelled')
    assert.equal(await start(companion, 'yes').done, 'result')
    assert.equal(engine.requests.length, 1)
  })
})

describe('the slider', () => {
  it('latest wins: a newer position replaces the waiting one, in its place and its own panel only', async (t) => {
    const hold = gate()
    const engine = fakeEngine({ beforeStep: () => hold.passed })
    const server = await serve({ engine })
    const [companion, other] = [connect(server.port), connect(server.port)]
    t.after(() => (companion.close(), other.close(), server.close()))
    await Promise.all([reaches(companion, 'ready'), reaches(other, 'ready')])

    const jobs = [start(companion, '0.1', { slot: 'layer 1' })]
    await jobs[0]!.seen(({ type }) => type === 'progress')
    const elsewhere = start(other, 'other', { slot: 'layer 1' })
    await elsewhere.seen(({ type }) => type === 'queued')
    for (const [prompt, slot] of [
      ['0.2', 'layer 1'],
      ['plain', undefined],
      ['0.3', 'layer 1'],
      ['another', 'layer 2'],
      ['0.4', 'layer 1'],
    ] as const) {
      const job = start(companion, prompt, slot === undefined ? {} : { slot })
      await job.seen(({ type }) => type === 'queued')
      jobs.push(job)
    }
    hold.open()
    assert.deepEqual(await Promise.all(jobs.map(({ done }) => done)), [
      'result',
      'superseded',
      'result',
      'superseded',
      'result',
      'result',
    ])
    assert.equal(await elsewhere.done, 'result')
    assert.deepEqual(
      engine.requests.map(({ recipe }) => recipe.prompt),
      ['0.1', 'other', '0.4', 'plain', 'another'],
    )
  })
})

describe('several panels', () => {
  it('each hears of its own jobs only, though they count alike', async (t) => {
    const server = await serve({ engine: fakeEngine() })
    t.after(() => server.close())
    const [a, b] = [await openPaired(server.port), await openPaired(server.port)]
    a.send({ type: 'generate', job: 1, recipe: { prompt: 'a', steps: 2 } })
    b.send({ type: 'generate', job: 1, recipe: { prompt: 'b', steps: 3 } })
    assert.equal((await a.next('result')).recipe.prompt, 'a')
    assert.equal((await b.next('result')).recipe.prompt, 'b')
    const steps = (panel: typeof a) =>
      panel.heard.flatMap((message) => (message.type === 'progress' ? [message.steps] : []))
    assert.ok(steps(a).every((count) => count === 0 || count === 2))
    assert.ok(steps(b).every((count) => count === 0 || count === 3))
    a.socket.close()
    b.socket.close()
  })

  it('cannot fill the queue without being told', async (t) => {
    const hold = gate()
    const server = await serve({ engine: fakeEngine({ beforeStep: () => hold.passed }), waitingJobs: 2 })
    const companion = connect(server.port)
    t.after(() => (companion.close(), server.close()))
    await reaches(companion, 'ready')
    const jobs = ['1', '2', '3', '4'].map((prompt) => start(companion, prompt))
    assert.equal(await jobs[3]!.done, 'queue-full')
    hold.open()
    assert.deepEqual(await Promise.all(jobs.map(({ done }) => done)), ['result', 'result', 'result', 'queue-full'])
  })
})

describe('models', () => {
  it('are told without what the panel has no use for', async (t) => {
    const model = { name: 'tiny15', role: 'unet', family: 'sd15', bytes: 123, missing: ['an image encoder'] }
    const server = await serve({ models: () => Promise.resolve([{ ...model, path: '/home/someone' }]) })
    const companion = connect(server.port)
    t.after(() => (companion.close(), server.close()))
    await reaches(companion, 'ready')
    assert.deepEqual(await companion.models(), [model])
  })

  it('that cannot be listed are an error, and the connection goes on', async (t) => {
    const failure = new ImprintError('model-missing', 'The folder "models" is not there.')
    const server = await serve({ models: () => Promise.reject(failure) })
    const companion = connect(server.port)
    t.after(() => (companion.close(), server.close()))
    await reaches(companion, 'ready')
    await assert.rejects(companion.models(), { code: 'model-missing', message: failure.message })
    const events = await collect(companion.generate({ recipe: { prompt: '' }, pictures: {} }, never))
    assert.equal(events.at(-1)?.type, 'result')
  })
})
