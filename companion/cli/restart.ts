import type { SettingsNow } from '../../shared/companion-settings.ts'
import { asImprintError } from '../../shared/errors.ts'
import { createChildEngine, type ChildEngine } from '../engine/child-engine.ts'
import type { DeviceReport } from '../engine/engine.ts'
import type { EngineOptions } from '../engine/messages.ts'

/** Whether only a new engine can work as wanted. */
export const needsEngine = (wanted: SettingsNow, before: SettingsNow): boolean =>
  wanted.device !== before.device || wanted.memory !== before.memory || wanted.folder !== before.folder

/**
 * Has the engine go on with other options, between two runs. A GPU is tried in a process of its own first, so that one that cannot be
 * used costs nobody's picture; throws what is wrong with it, and the engine is as before.
 */
export async function restarted(
  engine: ChildEngine,
  wanted: EngineOptions,
  before: EngineOptions,
): Promise<DeviceReport> {
  if (wanted.device === 'webgpu' && before.device !== 'webgpu') await tried(wanted)
  try {
    return await engine.restart(wanted)
  } catch (thrown) {
    // Whoever makes the next picture hears whether that works.
    engine.restart(before).catch(() => undefined)
    throw thrown
  }
}

async function tried(options: EngineOptions): Promise<void> {
  const trial = createChildEngine(options)
  try {
    await trial.device()
  } finally {
    await trial.close()
  }
}

/**
 * The device that the engine chose. One that was set in a panel and cannot be used any more keeps nobody from starting: then it is
 * chosen anew. Throws what is wrong with one that the start line names.
 */
export async function deviceOrUsual(
  engine: ChildEngine,
  now: SettingsNow,
  optionsFor: (settings: SettingsNow) => EngineOptions,
): Promise<DeviceReport> {
  try {
    return await engine.device()
  } catch (thrown) {
    const isUnusable = asImprintError(thrown).code === 'device-unavailable'
    if (!isUnusable || now.device === 'auto' || now.fixed.includes('device')) throw thrown
    return engine.restart(optionsFor({ ...now, device: 'auto' }))
  }
}
