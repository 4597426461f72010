import { accessSync, constants, existsSync, statSync } from 'node:fs'
import { dirname, extname, resolve } from 'node:path'
import { ImprintError } from '../../shared/errors.ts'

/** Refuses, before any work is done, a file that could not be written after it; throws `usage-invalid`. */
export function refuseUnwritable(option: string, path: string, endings: readonly string[]): void {
  const fault = faultOf(path, endings)
  if (fault !== undefined) throw new ImprintError('usage-invalid', `--${option}: cannot write ${path}: ${fault}.`)
}

/** What is wrong with a place for a file, and what to do. */
function faultOf(path: string, endings: readonly string[]): string | undefined {
  const folder = dirname(resolve(path))
  if (!endings.includes(extname(path).toLowerCase())) return `name a file that ends in ${endings.join(' or ')}`
  if (!existsSync(folder)) return `there is no folder ${folder}; make it, or name another`
  // A pipe or a device would be replaced by a file.
  if (existsSync(path) && !statSync(path).isFile()) return 'something that is no file has that name; name another'
  try {
    accessSync(folder, constants.W_OK)
    return undefined
  } catch {
    return `the folder ${folder} may not be changed; name another`
  }
}
