import { closeSync, openSync } from 'node:fs'
import { ImprintError } from '../../shared/errors.ts'
import { called } from './called.ts'
import { notComputed, toFloat32 } from './dtype.ts'
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
      `${called(tensor.file)} stores "${tensor.name}" column by column. Use its .safetensors version.`,
    )
  const rowBytes = tensor.bytes / rows
  const floats = new Float32Array(indices.length * width)
  const descriptor = openSync(tensor.file, 'r')
  try {
    indices.forEach((row, i) => {
      if (row < 0 || row >= rows) throw new RangeError(`row ${row} of ${tensor.name}, which has ${rows}`)
      const stored = readExactly(descriptor, tensor.offset + row * rowBytes, rowBytes, endsInside(tensor))
      const values = toFloat32(stored, tensor.dtype)
      if (!values) throw notComputed(called(tensor.file), tensor.name, tensor.dtype)
      floats.set(values, i * width)
    })
  } finally {
    closeSync(descriptor)
  }
  return floats
}

const endsInside =
  ({ file, name }: StoredTensor) =>
  (): ImprintError =>
    new ImprintError('model-invalid', `${called(file)} ends inside "${name}". Download it again.`)

/** The number in a stored tensor of one element, of any shape; throws `model-invalid` where it holds anything else. */
export function readNumber(tensor: StoredTensor): number {
  const number = tensor.shape.every((dim) => dim === 1) ? numberIn(tensor) : undefined
  if (number !== undefined) return number
  throw new ImprintError(
    'model-invalid',
    `In ${called(tensor.file)} the tensor "${tensor.name}" should be a single number. Download the file again.`,
  )
}

function numberIn(tensor: StoredTensor): number | undefined {
  const descriptor = openSync(tensor.file, 'r')
  try {
    const bytes = readExactly(descriptor, tensor.offset, tensor.bytes, endsInside(tensor))
    return toFloat32(bytes, tensor.dtype)?.[0] ?? exactNumber(bytes, tensor.dtype)
  } finally {
    closeSync(descriptor)
  }
}

/** Numbers that trainers write where a float would do. */
function exactNumber(bytes: Buffer, dtype: StoredTensor['dtype']): number | undefined {
  if (dtype === 'F64') return bytes.readDoubleLE()
  if (dtype === 'I64') return Number(bytes.readBigInt64LE())
  return dtype === 'I32' ? bytes.readInt32LE() : undefined
}
