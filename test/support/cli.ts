import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import process from 'node:process'
import { text } from 'node:stream/consumers'
import './own-home.ts'

const COMMAND = join(import.meta.dirname, '..', '..', 'companion', 'bin', 'imprint.mjs')

/** How a command ended and what it said. */
export interface Ended {
  readonly status: number | null
  readonly signal: string | null
  readonly stdout: string
  readonly stderr: string
}

export interface CommandOptions {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  /** Whether it leads a group of processes, as a command typed into a terminal does. */
  readonly ownGroup?: boolean
}

/** Starts `imprint` as a person would, and what it will have come to. */
export function startImprint(
  args: readonly string[],
  options: CommandOptions = {},
): { readonly child: ChildProcess; readonly ended: Promise<Ended> } {
  return start(process.execPath, [COMMAND, ...args], options)
}

/** Runs `imprint` to its end. */
export const imprint = (args: readonly string[], options?: CommandOptions): Promise<Ended> =>
  startImprint(args, options).ended

/** Starts any program; its output is gathered. */
export function start(
  program: string,
  args: readonly string[],
  { cwd, env = {}, ownGroup = false }: CommandOptions = {},
): { readonly child: ChildProcess; readonly ended: Promise<Ended> } {
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
    detached: ownGroup,
    ...(cwd !== undefined && { cwd }),
  })
  const gather = async (): Promise<Ended> => {
    const exit = once(child, 'exit') as Promise<[number | null, string | null]>
    const [stdout, stderr, [status, signal]] = await Promise.all([text(child.stdout), text(child.stderr), exit])
    return { status, signal, stdout, stderr }
  }
  return { child, ended: gather() }
}
