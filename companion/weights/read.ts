import { closeSync, openSync } from 'node:fs'
import { basename } from 'node:path'
import { ImprintError } from '../../shared/errors.ts'
import { toFloat32 } from './dtype.ts'
import { readExactly } from './read-exactly.ts'
import type { StoredTensor } from './safetensors.ts'

/**
 * The given rows of a stored matrix [rows, width] as floats [indices.length, width].
 * Only those rows are read: a vocabulary of 49,408 words takes 150 MB, a prompt needs 77 of them.
 */
export function readRows(tensor: StoredTensor, indices: readonly number[]): Float32Array<ArrayBuffer> {
  const [rows = 0, width = 0] = tensor.shape
  if (tensor.transposed)
    throw new ImprintError(
      'model-unsupported',
      `${basename(tensor.file)} stores "${tensor.name}" column by column. Use its .safetensors version.`,
    )
  const rowBytes = tensor.bytes / rows
  const floats = new Float32Array(indices.length * width)
  const short = () =>
    new ImprintError('model-invalid', `${basename(tensor.file)} ends inside "${tensor.name}". Download it again.`)
  const descriptor = openSync(tensor.file, 'r')
  try {
    indices.forEach((row, i) => {
      if (row < 0 || row >= rows) throw new RangeError(`row ${row} of ${tensor.name}, which has ${rows}`)
      const stored = readExactly(descriptor, tensor.offset + row * rowBytes, rowBytes, short)
      const values = toFloat32(stored, tensor.dtype)
      if (!values) {
        const file = basename(tensor.file)
        throw new ImprintError(
          'model-unsupported',
          `${file} stores "${tensor.name}" as ${tensor.dtype}. Use a file in F32, F16 or BF16.`,
        )
      }
      floats.set(values, i * width)
    })
  } finally {
    closeSync(descriptor)
  }
  return floats
}
