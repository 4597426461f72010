import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A safetensors header's entry, or whatever a hostile file puts in its place. */
export type Entry = Readonly<Record<string, unknown>>

/** Bytes of a safetensors file with this header, as text or as entries, and these bytes behind it. */
export function safetensorsBytes(header: string | Readonly<Record<string, Entry>>, data = new Uint8Array(0)): Buffer {
  const text = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header))
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(text.length))
  return Buffer.concat([length, text, data])
}

/** A temporary folder that files can be put into. */
export function temporaryFolder(): {
  path: string
  put: (name: string, bytes: Uint8Array | string) => string
  dispose: () => void
} {
  const path = mkdtempSync(join(tmpdir(), 'imprint-files-'))
  return {
    path,
    put(name, bytes) {
      const file = join(path, name)
      writeFileSync(file, bytes)
      return file
    },
    dispose: () => rmSync(path, { recursive: true, force: true }),
  }
}
