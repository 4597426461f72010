/** Do stored numbers come out as the numbers they are, and rows of a matrix as those rows? */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { toFloat32, type WeightDType } from '../../companion/weights/dtype.ts'
import { readRows } from '../../companion/weights/read.ts'
import { openSafetensors, type StoredTensor } from '../../companion/weights/safetensors.ts'
import { safetensorsBytes, temporaryFolder } from '../support/craft-safetensors.ts'

const folder = temporaryFolder()
after(() => folder.dispose())

const words = (...values: number[]): Uint8Array => new Uint8Array(Uint16Array.from(values).buffer)

test('half precision', () => {
  const known: [number, number][] = [
    [0x0000, 0],
    [0x8000, -0],
    [0x3c00, 1],
    [0xc000, -2],
    [0x3555, 0.333251953125],
    [0x7bff, 65504],
    [0x0400, 2 ** -14],
    [0x0001, 2 ** -24],
    [0x03ff, 1023 * 2 ** -24],
    [0x8001, -(2 ** -24)],
    [0x7c00, Infinity],
    [0xfc00, -Infinity],
    [0x7c01, NaN],
    [0xfe00, NaN],
  ]
  const floats = toFloat32(words(...known.map(([bits]) => bits)), 'F16')
  assert.deepEqual(
    [...floats!],
    known.map(([, value]) => value),
  )
})

test('brain floats', () => {
  const known: [number, number][] = [
    [0x3f80, 1],
    [0xc040, -3],
    [0x0001, 2 ** -133],
    [0x7f80, Infinity],
    [0x7fc0, NaN],
    [0x8000, -0],
  ]
  const floats = toFloat32(words(...known.map(([bits]) => bits)), 'BF16')
  assert.deepEqual(
    [...floats!],
    known.map(([, value]) => value),
  )
})

test('single precision at an odd place in memory', () => {
  const bytes = new Uint8Array(9)
  bytes.set(new Uint8Array(Float32Array.of(1.5, -7).buffer), 1)
  assert.deepEqual([...toFloat32(bytes.subarray(1), 'F32')!], [1.5, -7])
})

test('other formats are not guessed at', () => {
  for (const dtype of ['F64', 'F8_E4M3', 'I32', 'BOOL'] as const)
    assert.equal(toFloat32(new Uint8Array(8), dtype), undefined)
})

/** A matrix [4, 2] of 0, 1, … 7 in a file of its own, after one odd byte. */
function matrix(dtype: WeightDType): StoredTensor {
  const bits = { F32: (v: number) => new Uint8Array(Float32Array.of(v).buffer), F16: half, BF16: brain } as const
  const write = bits[dtype as keyof typeof bits]
  const data = Buffer.concat([Uint8Array.of(9), ...Array.from({ length: 8 }, (_, i) => write(i))])
  const bytes = data.length - 1
  const header = {
    odd: { dtype: 'U8', shape: [1], data_offsets: [0, 1] },
    w: { dtype, shape: [4, 2], data_offsets: [1, 1 + bytes] },
  }
  return openSafetensors(folder.put(`${dtype}.safetensors`, safetensorsBytes(header, data))).tensors.get('w')!
}
const brain = (value: number): Uint8Array => new Uint8Array(Float32Array.of(value).buffer).slice(2)
const half = (value: number): Uint8Array => words([0, 0x3c00, 0x4000, 0x4200, 0x4400, 0x4500, 0x4600, 0x4700][value]!)

test('rows of a stored matrix, in any order and more than once', () => {
  for (const dtype of ['F32', 'F16', 'BF16'] as const) {
    assert.deepEqual([...readRows(matrix(dtype), [3, 0, 0, 2])], [6, 7, 0, 1, 0, 1, 4, 5], dtype)
    assert.equal(readRows(matrix(dtype), []).length, 0)
  }
})

test('rows that are not there, and formats that cannot be read', () => {
  assert.throws(() => readRows(matrix('F32'), [4]), /row 4 of w, which has 4/)
  assert.throws(() => readRows(matrix('F32'), [-1]), RangeError)
  const eight = { ...matrix('F16'), dtype: 'F8_E4M3' } as const
  assert.throws(() => readRows(eight, [0]), { code: 'model-unsupported', message: /stores "w" as F8_E4M3/ })
})
