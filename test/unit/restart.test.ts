/** An engine that goes on with other options: what is tried before, and what holds when it does not work. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deviceOrUsual, needsEngine, restarted } from '../../companion/cli/restart.ts'
import type { ChildEngine } from '../../companion/engine/child-engine.ts'
import type { EngineOptions } from '../../companion/engine/messages.ts'
import type { SettingsNow } from '../../shared/companion-settings.ts'
import { ImprintError } from '../../shared/errors.ts'
import { fakeEngine } from '../support/fake-engine.ts'

const NOW: SettingsNow = { device: 'auto', quota: 1, memory: 2, fixed: [] }
const optionsFor = ({ device }: { device: EngineOptions['device'] }): EngineOptions => ({ roots: [], device })

/** An engine that runs nowhere but on a device of `usable`, and the devices it was asked for. */
function pickyEngine(usable: readonly EngineOptions['device'][], first: EngineOptions['device']) {
  const asked: EngineOptions['device'][] = []
  const on = (device: EngineOptions['device']) =>
    usable.includes(device)
      ? Promise.resolve({ device: 'cpu' as const, reason: `${device} was asked for` })
      : Promise.reject(new ImprintError('device-unavailable', `No ${device} here.`))
  const engine: ChildEngine = {
    ...fakeEngine(),
    device: () => on(first),
    restart({ device }) {
      asked.push(device)
      return on(device)
    },
  }
  return { engine, asked }
}

test('the quota alone needs no other engine; device, memory and folder do', () => {
  assert.equal(needsEngine({ ...NOW, quota: 5 }, NOW), false)
  for (const change of [{ device: 'cpu' }, { memory: 5 }, { folder: '/more' }] as const) {
    assert.equal(needsEngine({ ...NOW, ...change }, NOW), true)
  }
})

test('an engine that cannot go on as wanted goes on as before, and says why', async () => {
  const { engine, asked } = pickyEngine(['auto'], 'auto')
  const wanted = restarted(engine, optionsFor({ device: 'cpu' }), optionsFor({ device: 'auto' }))
  await assert.rejects(wanted, { code: 'device-unavailable', message: 'No cpu here.' })
  assert.deepEqual(asked, ['cpu', 'auto'])
})

test('a device set in a panel that is no longer there is chosen anew; one of the start line is refused', async () => {
  const { engine, asked } = pickyEngine(['auto'], 'webgpu')
  const set: SettingsNow = { ...NOW, device: 'webgpu' }
  assert.equal((await deviceOrUsual(engine, set, optionsFor)).reason, 'auto was asked for')
  await assert.rejects(deviceOrUsual(engine, { ...set, fixed: ['device'] }, optionsFor), { message: 'No webgpu here.' })
  assert.deepEqual(asked, ['auto'])
})
