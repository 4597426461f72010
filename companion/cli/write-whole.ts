import { rename, writeFile } from 'node:fs/promises'
import process from 'node:process'

/** Writes a file whole or not at all: whatever was there stays until the new one is complete. */
export async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  const draft = `${path}.${process.pid}.part`
  await writeFile(draft, bytes)
  await rename(draft, path)
}
