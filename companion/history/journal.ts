import {
  appendFileSync,
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import type * as z from 'zod'

/** A file that only grows: a line of JSON for everything that happened. What is erased leaves blank lines. */
export interface Journal<T> {
  /** What had happened when it was opened, oldest first. */
  readonly before: readonly T[]
  /** On the disk when it returns; where that fails, as though nothing had happened. */
  append(happened: T): void
  /** Overwrites every line that holds one of these texts with blanks: others may be appending to the file meanwhile. */
  erase(texts: readonly string[]): void
  /** May be called again. */
  close(): void
}

/**
 * Opens a journal, or begins one. A line that a crash left unfinished is cut off; a whole line that is not what `schema` says is
 * passed over, since what comes after it is no worse for it.
 */
export function openJournal<T>(path: string, schema: z.ZodType<T>): Journal<T> {
  mkdirSync(dirname(path), { recursive: true })
  const text = existsSync(path) ? readFileSync(path, 'utf8') : ''
  const whole = text.slice(0, text.lastIndexOf('\n') + 1)
  const file = openSync(path, 'a', 0o600)
  if (whole !== text) ftruncateSync(file, Buffer.byteLength(whole))
  let open = true
  return {
    before: whole.split('\n').flatMap((line) => read(line, schema)),
    append(happened) {
      const { size } = fstatSync(file)
      try {
        appendFileSync(file, `${JSON.stringify(happened)}\n`)
        fsyncSync(file)
      } catch (thrown) {
        // Half a line, as on a full disk, would spoil the next one too.
        ftruncateSync(file, size)
        throw thrown
      }
    },
    erase(texts) {
      if (texts.length === 0) return
      const bytes = readFileSync(path)
      const inPlace = openSync(path, 'r+')
      try {
        for (let from = 0, to = 0; (to = bytes.indexOf('\n', from)) >= 0; from = to + 1) {
          const line = bytes.subarray(from, to)
          if (!texts.some((text) => line.includes(text))) continue
          writeSync(inPlace, Buffer.alloc(line.length, ' '), 0, line.length, from)
        }
        fsyncSync(inPlace)
      } finally {
        closeSync(inPlace)
      }
    },
    close() {
      if (!open) return
      open = false
      closeSync(file)
    },
  }
}

function read<T>(line: string, schema: z.ZodType<T>): T[] {
  try {
    const { success, data } = schema.safeParse(JSON.parse(line))
    return success ? [data] : []
  } catch {
    return []
  }
}
