import type { ChildProcess } from 'node:child_process'
import diagnostics from 'node:diagnostics_channel'
import process from 'node:process'
import { setTimeout } from 'node:timers/promises'

/** The child processes this process starts from now on, oldest first, until `stop` is called. */
export function watchChildren(): { readonly started: readonly ChildProcess[]; readonly stop: () => void } {
  const started: ChildProcess[] = []
  const note = (message: unknown): void => void started.push((message as { process: ChildProcess }).process)
  diagnostics.subscribe('child_process', note)
  return { started, stop: () => void diagnostics.unsubscribe('child_process', note) }
}

/** Whether a process of that id is there. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** Resolves when the process of that id is no more; the test's own timeout ends a wait in vain. */
export async function untilGone(pid: number): Promise<void> {
  while (isRunning(pid)) await setTimeout(20)
}
