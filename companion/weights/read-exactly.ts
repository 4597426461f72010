import { readSync } from 'node:fs'

/** `bytes` bytes of an open file from `offset` on; throws what `short` makes where the file ends before. */
export function readExactly(descriptor: number, offset: number, bytes: number, short: () => Error): Buffer {
  const buffer = Buffer.alloc(bytes)
  let filled = 0
  // One call may bring less than was asked for: on Linux never more than 2 GB.
  while (filled < bytes) {
    const got = readSync(descriptor, buffer, filled, bytes - filled, offset + filled)
    if (got === 0) throw short()
    filled += got
  }
  return buffer
}
