import { ImprintError } from '../../shared/errors.ts'
import { text } from './options.ts'

/** The number an option was given, if it was; throws `usage-invalid` for what is none. */
export function number(name: string, given: string | boolean | undefined): number | undefined {
  const written = text(given)
  if (written === undefined) return undefined
  const value = Number(written)
  if (written.trim() === '' || Number.isNaN(value)) {
    throw new ImprintError('usage-invalid', `--${name}: "${written}" is no number. Give a number.`)
  }
  return value
}

/** Width and height of `WxH`; throws `usage-invalid` for anything else. */
export function size(written: string | undefined): [number, number] | undefined {
  if (written === undefined) return undefined
  const match = /^(\d+)x(\d+)$/.exec(written)
  if (!match) throw new ImprintError('usage-invalid', `--size: "${written}" is no size. Write it like 512x768.`)
  return [Number(match[1]), Number(match[2])]
}

/** Only what was given. */
export const withoutUndefined = (fields: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
