import process from 'node:process'
import { parseArgs, type ParseArgsConfig } from 'node:util'
import { ImprintError } from '../../shared/errors.ts'
import type { EngineOptions } from '../engine/messages.ts'
import { dataFolder, modelFolders } from './folders.ts'

/** One option of a command, with the words its help shows. */
export interface Option {
  readonly type: 'string' | 'boolean'
  /** What stands for the value in the help. */
  readonly value?: string
  readonly does: string
}

export type Options<Names extends string> = Readonly<Record<Names, Option>>
export type Given<Names extends string> = Partial<Record<Names, string | boolean>>

/** Options of every command that runs the engine. */
export const ENGINE_OPTIONS: Options<'models' | 'device'> = {
  models: { type: 'string', value: 'DIR', does: `folder with models (default: ${dataFolder('models')})` },
  device: { type: 'string', value: 'cpu|webgpu|auto', does: 'where to run (default: auto)' },
}

/**
 * The options a command was given; undefined when it was only asked for help, which is then printed.
 * Throws `usage-invalid` for an option the command does not have.
 */
export function readOptions<Names extends string>(
  command: string,
  options: Options<Names>,
  args: readonly string[],
): Given<Names> | undefined {
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(help(command, options))
    return undefined
  }
  try {
    const config: ParseArgsConfig = { args: [...args], options: { ...options }, allowPositionals: false }
    const { values, tokens } = parseArgs({ ...config, tokens: true })
    refuseTwice(tokens.flatMap((token) => (token.kind === 'option' ? [token.name] : [])))
    return values
  } catch (cause) {
    if (cause instanceof ImprintError) throw cause
    const what = (cause as Error).message.split(/\.\s/, 1)[0]!
    // A value that begins with a dash looks like an option.
    const option = /'(--[\w-]+)/.exec(what)?.[1] ?? '--option'
    const remedy = what.endsWith('ambiguous') ? `Write it like ${option}=-1` : `Run "imprint ${command} --help"`
    throw new ImprintError('usage-invalid', `${what}. ${remedy}.`, { cause })
  }
}

/** Options of which people expect several to add up; of any other the last one counts, as everywhere. */
const ONCE: Readonly<Record<string, string>> = {
  lora: 'Write several LoRAs as one: a:0.7,b',
  reference: 'Several references go into a recipe',
}

function refuseTwice(names: readonly string[]): void {
  const twice = names.find((name, i) => Object.hasOwn(ONCE, name) && names.indexOf(name) < i)
  if (twice !== undefined) throw new ImprintError('usage-invalid', `--${twice} is given twice. ${ONCE[twice]!}.`)
}

function help(command: string, options: Options<string>): string {
  const rows = Object.entries(options).map(([name, { value, does }]) => {
    const flag = `--${name}${value === undefined ? '' : ` ${value}`}`
    return `  ${flag.padEnd(30)} ${does}`
  })
  return `Usage: imprint ${command} [options]\n\n${rows.join('\n')}\n`
}

/** The value of a text option. */
export const text = (value: string | boolean | undefined): string | undefined =>
  typeof value === 'string' ? value : undefined

/** Where to look for models and where to run them; throws `usage-invalid` for a device that does not exist. */
export function engineOptions(given: Given<'models' | 'device'>): EngineOptions {
  const device = text(given.device) ?? 'auto'
  if (device !== 'cpu' && device !== 'webgpu' && device !== 'auto') {
    throw new ImprintError('usage-invalid', `--device: there is no device "${device}". Use cpu, webgpu or auto.`)
  }
  return { roots: modelFolders(text(given.models)), device }
}
