import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import process from 'node:process'
import { createInterface } from 'node:readline'

const PROGRAM = join(import.meta.dirname, '../../../companion/bin/imprint.mjs')

/** A companion of our own, in a process of its own, on a free port. */
export interface CompanionProcess {
  readonly port: number
  readonly token: string
  /** What a person would type to pair another panel. */
  readonly number: string
  close(): Promise<void>
}

/** Starts a companion with further arguments of `imprint serve`; rejects with a sentence when it does not come up. */
export async function startCompanion(args: readonly string[] = []): Promise<CompanionProcess> {
  const child = spawn(process.execPath, [PROGRAM, 'serve', '--port', '0', '--json', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const leave = (): void => void child.kill()
  process.once('exit', leave)
  const { port, token, number } = await announcement(child)
  return {
    port,
    token,
    number,
    async close() {
      process.off('exit', leave)
      if (child.exitCode !== null || child.signalCode !== null) return
      const gone = once(child, 'exit')
      child.kill()
      await gone
    },
  }
}

async function announcement(child: ChildProcess): Promise<Omit<CompanionProcess, 'close'>> {
  if (child.stdout === null) throw new Error('The companion has no output to read.')
  for await (const line of createInterface({ input: child.stdout })) {
    const said: unknown = parsed(line)
    if (typeof said !== 'object' || said === null) continue
    const { port, token, number } = said as Partial<Record<string, unknown>>
    if (typeof port === 'number' && typeof token === 'string' && typeof number === 'string')
      return { port, token, number }
  }
  throw new Error('The companion ended before it was ready: run "npm run imprint -- doctor" to see why.')
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
