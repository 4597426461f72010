import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Engine } from '../../companion/engine/engine.ts'
import { createQueue, type JobEvent } from '../../companion/jobs/queue.ts'
import { ImprintError } from '../../shared/errors.ts'
import { fakeEngine } from '../support/fake-engine.ts'
import { gate } from '../support/wire.ts'

/** A queue over this engine, a log of all its events in short, and jobs that wait for their end. */
function queueOver(engine: Engine, waiting?: number) {
  const queue = createQueue(engine, waiting === undefined ? {} : { waiting })
  const log: string[] = []
  let number = 0
  const submit = (name: string, { owner = 'a', slot }: { owner?: string; slot?: string } = {}) => {
    const abort = new AbortController()
    const over = gate()
    const listener = (event: JobEvent): void => {
      if (event.type === 'queued') log.push(`${name} queued ${event.ahead}`)
      if (event.type === 'result') log.push(`${name} result`)
      if (event.type === 'failed') log.push(`${name} ${event.error.code}`)
      if (event.type === 'result' || event.type === 'failed') over.open()
    }
    const request = { recipe: { prompt: name }, pictures: {} }
    queue.submit({ owner, number: ++number, slot, request, signal: abort.signal, listener })
    return { abort, over: over.passed }
  }
  return { log, submit, order: (owner: string, numbers: readonly number[]) => queue.order(owner, numbers) }
}

describe('queue', () => {
  it('runs one job at a time, first come, first served', async () => {
    let running = 0
    const engine = fakeEngine({
      beforeStep: async (step) => {
        if (step === 0) assert.equal(++running, 1)
        await Promise.resolve()
        if (step === 3) running--
      },
    })
    const { log, submit } = queueOver(engine)
    await Promise.all(['one', 'two', 'three'].map((name) => submit(name).over))
    assert.deepEqual(log, [
      'one queued 0',
      'two queued 1',
      'three queued 2',
      'one result',
      'three queued 1',
      'two result',
      'three result',
    ])
  })

  it('gives a newer job the place of a waiting one of the same owner and slot', async () => {
    const hold = gate()
    const { log, submit } = queueOver(fakeEngine({ beforeStep: () => hold.passed }))
    const running = submit('running', { slot: 's' })
    const old = submit('old', { slot: 's' })
    const behind = submit('behind', { owner: 'b', slot: 's' })
    const latest = submit('latest', { slot: 's' })
    await old.over
    hold.open()
    await Promise.all([running.over, behind.over, latest.over])
    assert.deepEqual(
      log.filter((line) => !line.includes('queued')),
      ['old superseded', 'running result', 'latest result', 'behind result'],
    )
  })

  it('replaces nothing for jobs without a slot', async () => {
    const { log, submit } = queueOver(fakeEngine())
    await Promise.all(['one', 'two', 'three'].map((name) => submit(name).over))
    assert.ok(!log.some((line) => line.includes('superseded')))
  })

  it('is full at its limit, though never for a job that takes the place of another', async () => {
    const hold = gate()
    const { log, submit } = queueOver(fakeEngine({ beforeStep: () => hold.passed }), 1)
    const running = submit('running')
    submit('waiting', { slot: 's' })
    assert.throws(() => submit('too many'), { code: 'queue-full' })
    const latest = submit('latest', { slot: 's' })
    hold.open()
    await Promise.all([running.over, latest.over])
    assert.ok(log.includes('waiting superseded') && !log.some((line) => line.startsWith('too many')))
  })

  it('tells of a cancel at once, and waits for an engine that is slow to stop', async () => {
    const stopping = gate()
    let first = true
    const engine: Engine = {
      ...fakeEngine(),
      async *generate(request, signal) {
        if (!first) {
          yield* fakeEngine().generate(request, signal)
          return
        }
        first = false
        yield { type: 'progress', phase: 'loading', step: 0, steps: 0 }
        await stopping.passed
        yield* fakeEngine().generate(request, new AbortController().signal)
      },
    }
    const { log, submit } = queueOver(engine)
    const one = submit('one')
    const two = submit('two')
    one.abort.abort()
    await one.over
    assert.deepEqual(log.at(-1), 'one cancelled')
    stopping.open()
    await two.over
    // The late result of the first is told to nobody.
    assert.ok(!log.includes('one result') && log.includes('two result'))
  })

  it('moves the others up when a waiting job is cancelled', async () => {
    const hold = gate()
    const { log, submit } = queueOver(fakeEngine({ beforeStep: () => hold.passed }))
    const [, two, three] = ['one', 'two', 'three'].map((name) => submit(name))
    two!.abort.abort()
    await two!.over
    assert.equal(log.at(-1), 'three queued 1')
    hold.open()
    await three!.over
  })

  it('runs waiting jobs in the order their owner wants, in the places they have among others', async () => {
    const hold = gate()
    const { log, submit, order } = queueOver(fakeEngine({ beforeStep: () => hold.passed }))
    const jobs = [
      submit('running 1'),
      submit('two'),
      submit('other 3', { owner: 'b' }),
      submit('four'),
      submit('five'),
      submit('other 6', { owner: 'b' }),
    ]
    log.length = 0
    order('a', [5, 1, 3, 99, 4, 5])
    assert.deepEqual(log, ['five queued 1', 'two queued 4'])
    log.length = 0
    order('a', [5, 4, 2])
    order('nobody', [6, 3])
    assert.equal(log.length, 0)
    order('b', [6])
    hold.open()
    await Promise.all(jobs.map(({ over }) => over))
    assert.deepEqual(
      log.filter((line) => line.endsWith('result')).map((line) => line.split(' ')[0]),
      ['running', 'five', 'other', 'four', 'two', 'other'],
    )
    assert.ok(log.indexOf('other 6 result') < log.indexOf('other 3 result'))
  })

  it('cancels a finished job without a word', async () => {
    const { log, submit } = queueOver(fakeEngine())
    const job = submit('one')
    await job.over
    job.abort.abort()
    assert.deepEqual(log, ['one queued 0', 'one result'])
  })

  for (const [what, broken, code] of [
    [
      'throws before its first event',
      () => {
        throw new Error('no')
      },
      'engine-failed',
    ],
    [
      'dies',
      () => {
        throw new ImprintError('engine-died', 'The engine died.')
      },
      'engine-died',
    ],
    ['ends without a picture', async function* () {}, 'engine-failed'],
  ] as [string, Engine['generate'], string][]) {
    it(`fails the job of an engine that ${what}, and the next one works`, async () => {
      let first = true
      const engine: Engine = {
        ...fakeEngine(),
        generate: (request, signal) => {
          if (!first) return fakeEngine().generate(request, signal)
          first = false
          return broken(request, signal)
        },
      }
      const { log, submit } = queueOver(engine)
      await submit('one').over
      await submit('two').over
      const ends = log.filter((line) => !line.includes('queued'))
      assert.deepEqual(ends, [`one ${code}`, 'two result'])
    })
  }
})
