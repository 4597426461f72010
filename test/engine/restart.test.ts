/** Does an engine that is to work otherwise finish what it makes, and is nobody told of a process that made room? */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createChildEngine } from '../../companion/engine/child-engine.ts'
import { modelFolders } from '../../companion/cli/folders.ts'
import { watchChildren } from '../support/child-processes.ts'
import { collect, isStep, PATIENT, QUICK, resultOf } from '../support/run-engine.ts'

const options = { roots: modelFolders(undefined), device: 'cpu' } as const

test('a picture that is being made is finished by the process that began it; the next one is made by another', async (t) => {
  const { started, stop } = watchChildren()
  const engine = createChildEngine(options, PATIENT)
  t.after(async () => {
    await engine.close()
    stop()
  })
  let restart: ReturnType<typeof engine.restart> | undefined
  const events = await collect(engine, QUICK, {
    on(event) {
      if (!isStep(event)) return
      restart ??= engine.restart(options)
      assert.equal(started.length, 1)
      assert.equal(started[0]!.signalCode, null)
    },
  })
  assert.equal(events.at(-1)?.type, 'result')
  assert.deepEqual(await restart, { device: 'cpu', reason: 'as asked' })
  // All is loaded anew, and the picture is the same.
  const again = await resultOf(engine, QUICK)
  assert.equal(again.runs['clip-text'], 2)
  const [first] = events.filter((event) => event.type === 'result')
  assert.deepEqual(again.picture.data, first?.picture.data)
  assert.equal(started.length, 2)
})

test('whoever waits for the device while it starts anew hears of the new one', async (t) => {
  const engine = createChildEngine({ ...options, device: 'auto' }, PATIENT)
  t.after(() => engine.close())
  const [waiting, restarted] = [engine.device(), engine.restart(options)]
  assert.deepEqual(await Promise.all([waiting, restarted]), Array(2).fill({ device: 'cpu', reason: 'as asked' }))
})
