/** Numbers with a shape, row-major. */
export interface Tensor {
  readonly shape: readonly number[]
  readonly data: Float32Array
}

export type Tensors = Readonly<Record<string, Tensor>>

/** The same tensors under longer names. */
export const prefixed = (name: string, tensors: Tensors): Tensors =>
  Object.fromEntries(Object.entries(tensors).map(([key, tensor]) => [`${name}.${key}`, tensor]))

/** A loaded graph. One run at a time. */
export interface Network {
  /** Runs the graph once; every input of the graph must be given in its shape. */
  run(inputs: Tensors): Promise<Tensors>
  /** Gives its memory back; it cannot run again. */
  dispose(): Promise<void>
}
