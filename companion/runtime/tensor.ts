/** Numbers with a shape, row-major. */
export interface Tensor {
  readonly shape: readonly number[]
  readonly data: Float32Array
}

export type Tensors = Readonly<Record<string, Tensor>>

/** The same tensors under longer names. */
export const prefixed = (name: string, tensors: Tensors): Tensors =>
  Object.fromEntries(Object.entries(tensors).map(([key, tensor]) => [`${name}.${key}`, tensor]))

/** Matrices of the same width, one below the other.  [n, c] each -> [sum of n, c] */
export function stacked(parts: readonly Tensor[]): Tensor {
  const [first, ...rest] = parts
  if (first && rest.length === 0) return first
  const rows = parts.reduce((sum, { shape }) => sum + shape[0]!, 0)
  const width = first!.shape[1]!
  const data = new Float32Array(rows * width)
  parts.reduce((at, part) => (data.set(part.data, at), at + part.data.length), 0)
  return { shape: [rows, width], data }
}

/** A loaded graph. One run at a time. */
export interface Network {
  /** Runs the graph once; every input of the graph must be given in its shape. */
  run(inputs: Tensors): Promise<Tensors>
  /** Gives its memory back; it cannot run again. */
  dispose(): Promise<void>
}
