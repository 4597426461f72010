import type { StoredTensor } from '../weights/safetensors.ts'
import { ATTRIBUTE, EXTERNAL, encodeModel, type AttributeProto, type NodeProto, type TensorProto } from './onnx.ts'

/** Element types of ONNX that Imprint uses, with ONNX's numbers for them. */
const ELEMENT = { float32: 1, int64: 7, float16: 10, bfloat16: 16 } as const
export type DType = keyof typeof ELEMENT

/** A tensor inside a graph: known shape, known type, no data yet. */
export interface Value {
  readonly graph: Graph
  readonly name: string
  readonly dtype: DType
  readonly shape: readonly number[]
}

/** Choices that depend on where the graph will run, not on what it computes. */
export interface GraphOptions {
  /** `fused`: com.microsoft.MultiHeadAttention; `decomposed`: MatMul, Softmax, MatMul, right on every driver. */
  readonly attention: 'fused' | 'decomposed'
}

export type Attributes = Readonly<Record<string, number | readonly number[] | string | { readonly float: number }>>

const STORED: Partial<Record<StoredTensor['dtype'], DType>> = { F32: 'float32', F16: 'float16', BF16: 'bfloat16' }

/**
 * An ONNX graph under construction. Operators (ops.ts) add nodes and return values; `model()` ends it.
 * Inputs, outputs and arithmetic are float32; weights are cast where they enter.
 */
export class Graph {
  readonly name: string
  readonly options: GraphOptions
  readonly #nodes: NodeProto[] = []
  readonly #initializers = new Map<string, TensorProto>()
  readonly #weights = new Map<string, Value>()
  readonly #inputs = new Map<string, Value>()
  readonly #outputs = new Map<string, Value>()

  constructor(name: string, options: GraphOptions) {
    this.name = name
    this.options = options
  }

  /** A float32 tensor given at every run. */
  input(name: string, shape: readonly number[]): Value {
    if (this.#inputs.has(name)) throw new Error(`graph ${this.name}: two inputs named ${name}`)
    const value: Value = { graph: this, name, dtype: 'float32', shape }
    this.#inputs.set(name, value)
    return value
  }

  /** Names a value as a result of every run. */
  output(name: string, value: Value): void {
    if (this.#outputs.has(name)) throw new Error(`graph ${this.name}: two outputs named ${name}`)
    this.#nodes.push({ name, opType: 'Identity', domain: '', input: [value.name], output: [name], attribute: [] })
    this.#outputs.set(name, { ...value, name })
  }

  /** A stored tensor as float32, read in place from its file; `as` declares another shape over the same bytes. */
  weight(tensor: StoredTensor, as: readonly number[] = tensor.shape): Value {
    const name = `${tensor.file}#${tensor.name}[${as.join(',')}]`
    const known = this.#weights.get(name)
    if (known) return known
    const dtype = STORED[tensor.dtype]
    if (!dtype) throw new Error(`graph ${this.name}: cannot compute with ${tensor.name} stored as ${tensor.dtype}`)
    if (count(as) !== count(tensor.shape))
      throw new Error(`graph ${this.name}: ${tensor.name} is no [${as.join(', ')}]`)
    const dims = tensor.transposed ? [...tensor.shape].reverse() : as
    this.#initializers.set(name, {
      name,
      dims,
      dataType: ELEMENT[dtype],
      dataLocation: EXTERNAL,
      externalData: Object.entries({ location: tensor.file, offset: tensor.offset, length: tensor.bytes }).map(
        ([key, value]) => ({ key, value: String(value) }),
      ),
    })
    let value: Value = { graph: this, name, dtype, shape: dims }
    if (dtype !== 'float32')
      value = this.node('Cast', [value], { to: ELEMENT.float32 }, [{ dtype: 'float32', shape: dims }])[0]!
    if (tensor.transposed)
      value = this.node('Transpose', [value], { perm: [1, 0] }, [{ dtype: 'float32', shape: tensor.shape }])[0]!
    this.#weights.set(name, value)
    return value
  }

  /** A constant written into the graph itself. */
  constant(data: readonly number[], shape: readonly number[], dtype: 'float32' | 'int64'): Value {
    const name = `${dtype}[${shape.join(',')}]:${data.join(',')}`
    if (!this.#initializers.has(name)) {
      const array = dtype === 'int64' ? BigInt64Array.from(data, BigInt) : Float32Array.from(data)
      this.#initializers.set(name, {
        name,
        dims: shape,
        dataType: ELEMENT[dtype],
        rawData: new Uint8Array(array.buffer),
      })
    }
    return { graph: this, name, dtype, shape }
  }

  /** Adds one operator; `results` are the types and shapes of what it makes. */
  node(
    opType: string,
    inputs: readonly Value[],
    attributes: Attributes,
    results: readonly { dtype: DType; shape: readonly number[] }[],
    domain: '' | 'com.microsoft' = '',
  ): Value[] {
    const index = this.#nodes.length
    const outputs = results.map((result, i): Value => ({ graph: this, name: `${index}:${opType}:${i}`, ...result }))
    this.#nodes.push({
      name: `${index}:${opType}`,
      opType,
      domain,
      input: inputs.map((value) => value.name),
      output: outputs.map((value) => value.name),
      attribute: Object.entries(attributes).map(([name, value]) => attribute(name, value)),
    })
    return outputs
  }

  /** The inputs by name, with the shape each run must give them. */
  get inputs(): ReadonlyMap<string, Value> {
    return this.#inputs
  }

  get outputs(): ReadonlyMap<string, Value> {
    return this.#outputs
  }

  /** The files its weights lie in. */
  get files(): readonly string[] {
    const locations = [...this.#initializers.values()].flatMap((tensor) => tensor.externalData ?? [])
    return [...new Set(locations.filter(({ key }) => key === 'location').map(({ value }) => value))]
  }

  /** Bytes its weights take once they are float32 in memory. */
  get weightBytes(): number {
    return [...this.#weights.values()].reduce((sum, value) => sum + 4 * count(value.shape), 0)
  }

  /** The finished graph as the bytes of an ONNX model, weights by reference; `locate` writes a path as ORT wants it. */
  model(locate: (file: string) => string): Uint8Array {
    const located = [...this.#initializers.values()].map((tensor) =>
      tensor.externalData
        ? {
            ...tensor,
            externalData: tensor.externalData.map((e) => (e.key === 'location' ? { ...e, value: locate(e.value) } : e)),
          }
        : tensor,
    )
    return encodeModel({
      name: this.name,
      node: this.#nodes,
      initializer: located,
      input: [...this.#inputs.values()].map(valueInfo),
      output: [...this.#outputs.values()].map(valueInfo),
    })
  }
}

/** Number of elements of a shape. */
export const count = (shape: readonly number[]): number => shape.reduce((product, dim) => product * dim, 1)

const valueInfo = ({ name, dtype, shape }: Value) => ({
  name,
  type: { tensorType: { elemType: ELEMENT[dtype], shape: { dim: shape.map((dimValue) => ({ dimValue })) } } },
})

function attribute(name: string, value: Attributes[string]): AttributeProto {
  if (typeof value === 'number') return { name, type: ATTRIBUTE.int, i: value }
  if (typeof value === 'string') return { name, type: ATTRIBUTE.string, s: new TextEncoder().encode(value) }
  if ('float' in value) return { name, type: ATTRIBUTE.float, f: value.float }
  return { name, type: ATTRIBUTE.ints, ints: value }
}
