import { ImprintError } from '../../shared/errors.ts'

/** Number formats met in weight files, as safetensors spells them, with their size in bytes. */
export const BYTES_PER_ELEMENT = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  F8_E4M3: 1,
  F8_E5M2: 1,
  I64: 8,
  I32: 4,
  I16: 2,
  I8: 1,
  U64: 8,
  U32: 4,
  U16: 2,
  U8: 1,
  BOOL: 1,
} as const

export type WeightDType = keyof typeof BYTES_PER_ELEMENT

export const isWeightDType = (name: unknown): name is WeightDType =>
  typeof name === 'string' && Object.hasOwn(BYTES_PER_ELEMENT, name)

/** Formats that networks compute with; written as people say them. */
export const COMPUTED: ReadonlySet<WeightDType> = new Set(['F32', 'F16', 'BF16'])
export const COMPUTED_IN_WORDS = 'F32, F16 or BF16'

/** How a tensor of any other format is refused. */
export const notComputed = (file: string, name: string, dtype: WeightDType): ImprintError =>
  new ImprintError('model-unsupported', `${file} stores "${name}" as ${dtype}. Use a version in ${COMPUTED_IN_WORDS}.`)

/** IEEE 754 half precision bits as a number. */
function half(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 31
  const mantissa = bits & 1023
  if (exponent === 0) return sign * mantissa * 2 ** -24
  if (exponent === 31) return mantissa ? NaN : sign * Infinity
  return sign * (1 + mantissa / 1024) * 2 ** (exponent - 15)
}

/** Little-endian F32, F16 or BF16 bytes as floats; undefined for any other format. */
export function toFloat32(bytes: Uint8Array, dtype: WeightDType): Float32Array<ArrayBuffer> | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const floats = new Float32Array(bytes.byteLength / BYTES_PER_ELEMENT[dtype])
  if (dtype === 'F32') return floats.map((_, i) => view.getFloat32(4 * i, true))
  if (dtype === 'F16') return floats.map((_, i) => half(view.getUint16(2 * i, true)))
  if (dtype !== 'BF16') return undefined
  const bits = new Uint32Array(floats.buffer)
  for (let i = 0; i < bits.length; i++) bits[i] = view.getUint16(2 * i, true) << 16
  return floats
}
