import { execFileSync, type ChildProcess } from 'node:child_process'
import diagnostics from 'node:diagnostics_channel'
import { readdirSync, readFileSync } from 'node:fs'
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

/** The processes that a process has started and still has, once there is one; not on Windows. */
export async function processesBelow(parent: number): Promise<readonly number[]> {
  for (;;) {
    const below = processTable().filter((row) => row.parent === parent)
    if (below.length > 0) return below.map(({ pid }) => pid)
    await setTimeout(50)
  }
}

/** Every process and who started it. A bare Linux has no `ps`. */
function processTable(): readonly { readonly pid: number; readonly parent: number }[] {
  if (process.platform === 'linux') {
    const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
    return pids.map((pid) => ({ pid: Number(pid), parent: parentOf(pid) }))
  }
  const rows = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n')
  return rows.map((row) => {
    const [pid, parent] = row.trim().split(/ +/).map(Number)
    return { pid: pid!, parent: parent! }
  })
}

function parentOf(pid: string): number {
  try {
    return Number(/^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])
  } catch {
    // It ended after it was listed.
    return NaN
  }
}

/** Resolves when the process of that id is no more; the test's own timeout ends a wait in vain. */
export async function untilGone(pid: number): Promise<void> {
  while (isRunning(pid)) await setTimeout(20)
}
