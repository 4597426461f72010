import { createWriteStream } from 'node:fs'
import { once } from 'node:events'

/** Writes float tensors as a safetensors file (F32). */
export async function writeSafetensors(
  path: string,
  tensors: Readonly<Record<string, { readonly shape: readonly number[]; readonly data: Float32Array }>>,
): Promise<void> {
  let at = 0
  const entries = Object.entries(tensors).map(([name, { shape, data }]) => {
    const begin = at
    at += data.byteLength
    return [name, { dtype: 'F32', shape, data_offsets: [begin, at] }] as const
  })
  const header = Buffer.from(JSON.stringify(Object.fromEntries(entries)))
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(header.length))
  const file = createWriteStream(path)
  file.write(length)
  file.write(header)
  for (const { data } of Object.values(tensors)) {
    file.write(Buffer.from(data.buffer, data.byteOffset, data.byteLength))
  }
  file.end()
  await once(file, 'finish')
}
