import { randomUUID } from 'node:crypto'
import { existsSync, realpathSync } from 'node:fs'
import { rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { ImprintError } from '../../shared/errors.ts'

/** Writes a file whole or not at all: whatever was there stays until the new one is complete. Throws `usage-invalid`. */
export const writeWhole = (path: string, bytes: Uint8Array): Promise<void> =>
  replaceFile(path, (draft) => writeFile(draft, bytes, { flush: true }))

/**
 * Has a file written beside the one it then replaces, so that a crash leaves the old one or the new one.
 * Throws `usage-invalid` when the disk refuses.
 */
export async function replaceFile(path: string, write: (draft: string) => Promise<void>): Promise<void> {
  // What a link leads to is replaced, not the link.
  const target = existsSync(path) ? realpathSync(path) : path
  const draft = join(dirname(target), `.${basename(target)}.${randomUUID()}.part`)
  try {
    await write(draft)
    await rename(draft, target)
  } catch (cause) {
    await rm(draft, { force: true })
    const { code } = cause as NodeJS.ErrnoException
    if (code === undefined) throw cause
    const why = code === 'ENOSPC' ? 'the disk is full' : `the system says ${code}`
    const sentence = `${path} cannot be written: ${why}. Make room, or name another file.`
    throw new ImprintError('usage-invalid', sentence, { cause })
  }
}
