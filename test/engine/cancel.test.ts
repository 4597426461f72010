/** Is a run stopped at once, at the least cost to the next one? */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { createQueue, type JobEvent } from '../../companion/jobs/queue.ts'
import { collect, IMPATIENT, isStep, QUICK, realEngine, resultOf, SLOW } from '../support/run-engine.ts'

const CANCELLED = { code: 'cancelled', message: 'Cancelled. Nothing was changed.' }

test('between steps the process lets go of the run by itself, and keeps what it has made', async (t) => {
  const { engine, processes } = realEngine(t)
  const stop = new AbortController()
  let steps = 0
  const run = collect(
    engine,
    { ...QUICK, steps: 1000 },
    {
      signal: stop.signal,
      on(event) {
        if (isStep(event)) steps++
        if (steps === 2) stop.abort()
      },
    },
  )
  await assert.rejects(run, CANCELLED)
  assert.ok(steps < 1000)
  const { runs } = await resultOf(engine, QUICK)
  // Both begin at the last timestep, of the same noise: that step is not made again.
  assert.deepEqual(runs, { 'unet-time': 2, unet: 4, 'vae-decoder': 1 })
  assert.equal(processes.length, 1)
})

test('inside a step the process is ended, and the next run has a new one', async (t) => {
  const { engine, processes } = realEngine(t, { grace: IMPATIENT })
  const stop = new AbortController()
  const run = collect(engine, SLOW, {
    signal: stop.signal,
    // Well inside the next step, whichever of the two processes the machine prefers just now.
    on: (event) => isStep(event) && setTimeout(() => stop.abort(), 50),
  })
  await assert.rejects(run, CANCELLED)
  const { runs } = await resultOf(engine, QUICK)
  assert.deepEqual(runs, { 'clip-text': 2, 'unet-text': 2, 'unet-time': 3, unet: 6, 'vae-decoder': 1 })
  assert.equal(processes.length, 2)
  assert.equal(processes[0]!.signalCode, 'SIGKILL')
})

test('inside a step of a picture that others follow the process goes on, with all that it has loaded', async (t) => {
  const { engine, processes } = realEngine(t, { grace: IMPATIENT })
  await resultOf(engine, QUICK)
  const stop = new AbortController()
  const request = { recipe: { ...SLOW, checkpoint: 'starter' }, pictures: {}, gentle: true }
  const run = async (): Promise<void> => {
    for await (const event of engine.generate(request, stop.signal))
      if (isStep(event)) setTimeout(() => stop.abort(), 50)
  }
  await assert.rejects(run(), CANCELLED)
  const { runs } = await resultOf(engine, { ...QUICK, seed: 2 })
  assert.deepEqual(runs, { unet: 6, 'vae-decoder': 1 })
  assert.equal(processes.length, 1)
})

test('a process that hears nothing at all is ended too', async (t) => {
  const { engine, processes } = realEngine(t, { grace: 50 })
  const stop = new AbortController()
  const run = collect(
    engine,
    { ...QUICK, steps: 1000 },
    {
      signal: stop.signal,
      on(event) {
        if (!isStep(event) || stop.signal.aborted) return
        processes[0]!.kill('SIGSTOP')
        stop.abort()
      },
    },
  )
  await assert.rejects(run, CANCELLED)
  if (processes[0]!.signalCode === null) await once(processes[0]!, 'exit')
  await resultOf(engine, QUICK)
  assert.equal(processes.length, 2)
})

test('before it begins, and while the process starts, a run is cancelled without a word to the process', async (t) => {
  const { engine, processes } = realEngine(t, { grace: IMPATIENT })
  await assert.rejects(collect(engine, QUICK, { signal: AbortSignal.abort() }), CANCELLED)
  assert.equal(processes.length, 0)

  const stop = new AbortController()
  const run = collect(engine, QUICK, { signal: stop.signal })
  stop.abort()
  await assert.rejects(run, CANCELLED)
  await resultOf(engine, QUICK)
  assert.equal(processes.length, 1)
})

test('an abort after the end changes nothing', async (t) => {
  const { engine, processes } = realEngine(t, { grace: IMPATIENT })
  const stop = new AbortController()
  await resultOf(engine, QUICK, { signal: stop.signal })
  stop.abort()
  await resultOf(engine, QUICK)
  assert.equal(processes.length, 1)
})

test("a slider's newest position takes the place of those that wait, and starts at the first step", async (t) => {
  const { engine } = realEngine(t)
  const queue = createQueue(engine)
  const colour = { width: 1, height: 1, channels: 3, data: Uint8Array.from([200, 90, 0]) } as const
  const told = new Map<number, JobEvent[]>()
  const ended: Promise<void>[] = []
  const at = (weight: number, started?: () => void): void => {
    const events: JobEvent[] = []
    told.set(weight, events)
    ended.push(
      new Promise((resolve) =>
        queue.submit({
          owner: 'panel',
          number: ended.length + 1,
          slot: 'slider',
          request: {
            recipe: { ...QUICK, checkpoint: 'starter', references: [{ image: 'colour', weight }] },
            pictures: { colour },
          },
          signal: new AbortController().signal,
          listener(event) {
            events.push(event)
            if (isStep(event as never) && (event as { step: number }).step === 1) started?.()
            if (event.type === 'result' || event.type === 'failed') resolve()
          },
        }),
      ),
    )
  }
  await new Promise<void>((resolve) =>
    at(0.2, () => {
      at(0.4)
      at(0.6)
      at(0.8)
      resolve()
    }),
  )
  await Promise.all(ended)

  const last = (weight: number) => told.get(weight)!.at(-1)!
  assert.equal(last(0.2).type, 'result')
  for (const weight of [0.4, 0.6]) {
    const event = last(weight)
    assert.equal(event.type === 'failed' && event.error.code, 'superseded')
  }
  const newest = last(0.8)
  assert.ok(newest.type === 'result')
  assert.equal(newest.recipe.references?.[0]?.weight, 0.8)
  assert.deepEqual(newest.runs, { unet: 6, 'vae-decoder': 1 })
})
