/** Is a process that dies, whenever and however it dies, one sentence and no more? */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import process from 'node:process'
import { test } from 'node:test'
import { createChildEngine } from '../../companion/engine/child-engine.ts'
import { isRunning, untilGone } from '../support/child-processes.ts'
import { collect, isStep, QUICK, realEngine, resultOf, SLOW } from '../support/run-engine.ts'

const DIED = {
  code: 'engine-died',
  message: 'The engine stopped unexpectedly (SIGKILL). Try again, or choose a smaller size or another device.',
}

test('killed in the middle of a run, it fails that run, and the next one works', async (t) => {
  const { engine, processes } = realEngine(t)
  const run = collect(engine, SLOW, { on: (event) => isStep(event) && processes[0]!.kill('SIGKILL') })
  await assert.rejects(run, DIED)
  const { runs } = await resultOf(engine, QUICK)
  assert.equal(runs['clip-text'], 2)
  assert.equal(processes.length, 2)
})

test('killed between two runs, it is replaced without a word', async (t) => {
  const { engine, processes } = realEngine(t)
  await resultOf(engine, QUICK)
  processes[0]!.kill('SIGKILL')
  await once(processes[0]!, 'exit')
  await resultOf(engine, QUICK)
  assert.equal(processes.length, 2)
})

test('killed while it starts, it fails whoever waits for it, and the next run works', async (t) => {
  const { engine, processes } = realEngine(t)
  const [device, run] = [engine.device(), collect(engine, QUICK)]
  processes[0]!.kill('SIGKILL')
  await Promise.all([assert.rejects(device, DIED), assert.rejects(run, DIED)])
  await resultOf(engine, QUICK)
  assert.equal(processes.length, 2)
})

test('killed by what it tries on the GPU, it is started once more without', async (t) => {
  const { engine, processes } = realEngine(t, { device: 'auto' })
  const [device, run] = [engine.device(), resultOf(engine, QUICK)]
  processes[0]!.kill('SIGSEGV')
  assert.deepEqual(await device, {
    device: 'cpu',
    reason: 'the engine stopped while it tried the GPU, so the CPU is used',
  })
  assert.equal((await run).picture.width, 64)
  assert.equal(processes.length, 2)

  processes[1]!.kill('SIGKILL')
  await once(processes[1]!, 'exit')
  assert.equal((await engine.device()).device, 'cpu')
})

test('where no process can be started, that is said, and tried again later', async (t) => {
  const { engine } = realEngine(t, { device: 'auto' })
  const { execPath } = process
  t.after(() => (process.execPath = execPath))
  // The first is found out later, the second at once.
  for (const path of ['absent', execPath].map((folder) => join(folder, 'node'))) {
    process.execPath = path
    const failure = {
      code: 'engine-died',
      message: /^The engine could not be started: spawn .+\. Close other programs and try again\.$/,
    }
    await assert.rejects(engine.device(), failure)
    await assert.rejects(collect(engine, QUICK), failure)
  }
  process.execPath = execPath
  await resultOf(engine, QUICK)
})

test('closing leaves no process behind, and tells a run that it was cancelled', async (t) => {
  const { engine, processes } = realEngine(t)
  const run = collect(engine, SLOW, { on: (event) => isStep(event) && void engine.close() })
  await assert.rejects(run, { code: 'cancelled', message: 'The companion is closing.' })
  await engine.close()
  assert.equal(isRunning(processes[0]!.pid!), false)
  await assert.rejects(collect(engine, QUICK), { code: 'cancelled' })
  await assert.rejects(engine.device(), { code: 'cancelled' })
  assert.equal(processes.length, 1)
})

test('an engine that nobody used is closed without having been', async () => {
  await createChildEngine({ roots: [], device: 'cpu' }).close()
})

test('the process ends when its owner is killed in the middle of a step', { timeout: 60_000 }, async (t) => {
  const owner = spawn(process.execPath, [
    '--import',
    import.meta.resolve('tsx'),
    join(import.meta.dirname, '../support/engine-owner.ts'),
  ])
  t.after(() => owner.kill('SIGKILL'))
  const [said] = (await once(owner.stdout, 'data')) as [Buffer]
  const engine = Number(said.toString())
  assert.ok(isRunning(engine))
  owner.kill('SIGKILL')
  await untilGone(engine)
})
