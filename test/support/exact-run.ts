import { closeSync, openSync } from 'node:fs'
import protobuf from 'protobufjs'
import type { Graph } from '../../companion/graph/graph.ts'
import type { Tensors } from '../../companion/runtime/tensor.ts'
import { toFloat32 } from '../../companion/weights/dtype.ts'
import { readExactly } from '../../companion/weights/read-exactly.ts'

/**
 * Runs a graph number by number in float64, to tell what a network computes from how float32 rounds it. It reads the bytes that
 * onnxruntime reads, and knows the operators of UNets and ControlNets without fused attention.
 */

/** Numbers in rows, with their shape. */
interface Exact {
  readonly shape: readonly number[]
  readonly data: Float64Array
}

const MODEL = protobuf
  .parse(
    `
  syntax = "proto3";
  message Model { Graph graph = 7; }
  message Graph { repeated Node node = 1; repeated Tensor initializer = 5; repeated Named output = 12; }
  message Node { repeated string input = 1; repeated string output = 2; string op = 4; repeated Attribute attribute = 5; }
  message Attribute { string name = 1; float f = 2; int32 i = 3; repeated int32 ints = 8; }
  message Entry { string key = 1; string value = 2; }
  message Tensor { repeated int32 dims = 1; int32 type = 2; string name = 8; bytes raw = 9; repeated Entry external = 13; }
  message Named { string name = 1; }
`,
  )
  .root.lookupType('Model')

interface Attribute {
  readonly name: string
  readonly f: number
  readonly i: number
  readonly ints: readonly number[]
}
interface Stored {
  readonly dims: readonly number[]
  readonly type: number
  readonly name: string
  readonly raw: Uint8Array
  readonly external: readonly { readonly key: string; readonly value: string }[]
}
interface Model {
  readonly graph: {
    readonly node: readonly {
      readonly input: readonly string[]
      readonly output: readonly string[]
      readonly op: string
      readonly attribute: readonly Attribute[]
    }[]
    readonly initializer: readonly Stored[]
    readonly output: readonly { readonly name: string }[]
  }
}

/** What each output of a graph is for these inputs; only the results are rounded to float32. */
export function runExactly(graph: Graph, inputs: Tensors): Tensors {
  const model = MODEL.decode(graph.model((file) => file)) as unknown as Model
  const known = new Map<string, Exact>()
  for (const [name, { shape, data }] of Object.entries(inputs))
    known.set(name, { shape, data: Float64Array.from(data) })
  for (const stored of model.graph.initializer) known.set(stored.name, initial(stored))
  for (const { op, input, output, attribute } of model.graph.node) {
    const compute = OPERATORS[op]
    if (!compute) throw new Error(`${op} is not computed exactly`)
    const made = compute(
      input.map((name) => known.get(name)!),
      Object.fromEntries(attribute.map((one) => [one.name, one])),
    )
    output.forEach((name, i) => known.set(name, made[i]!))
  }
  return Object.fromEntries(
    model.graph.output.map(({ name }) => {
      const { shape, data } = known.get(name)!
      return [name, { shape, data: Float32Array.from(data) }]
    }),
  )
}

const INT64 = 7

function initial({ dims, type, raw, external }: Stored): Exact {
  const at = Object.fromEntries(external.map(({ key, value }) => [key, value]))
  const bytes = external.length > 0 ? part(at['location']!, Number(at['offset']), Number(at['length'])) : raw
  const copy = Uint8Array.from(bytes)
  const data = type === INT64 ? [...new BigInt64Array(copy.buffer)].map(Number) : toFloat32(copy, 'F32')!
  return { shape: dims, data: Float64Array.from(data) }
}

function part(file: string, offset: number, length: number): Uint8Array {
  const descriptor = openSync(file, 'r')
  try {
    return readExactly(descriptor, offset, length, () => new Error(`${file} ends before its weights do`))
  } finally {
    closeSync(descriptor)
  }
}

type Attributes = Readonly<Record<string, Attribute>>
type Operator = (inputs: readonly Exact[], attributes: Attributes) => readonly Exact[]

const count = (shape: readonly number[]): number => shape.reduce((product, side) => product * side, 1)
const filled = (shape: readonly number[], of: (i: number) => number): Exact => ({
  shape,
  data: Float64Array.from({ length: count(shape) }, (_, i) => of(i)),
})
const each =
  (of: (x: number, attributes: Attributes) => number): Operator =>
  ([x], attributes) => [filled(x!.shape, (i) => of(x!.data[i]!, attributes))]

/** Where an element lies in rows, axis by axis. */
function places(i: number, shape: readonly number[]): number[] {
  const at: number[] = []
  let rest = i
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    at[axis] = rest % shape[axis]!
    rest = Math.floor(rest / shape[axis]!)
  }
  return at
}
/** The element there; of a shorter shape, or of sides of one, the same for all. */
function element({ shape, data }: Exact, at: readonly number[]): number {
  const skipped = at.length - shape.length
  return data[shape.reduce((sum, side, axis) => sum * side + (side === 1 ? 0 : at[axis + skipped]!), 0)]!
}

const broadcast =
  (of: (a: number, b: number) => number): Operator =>
  ([a, b]) => {
    const rank = Math.max(a!.shape.length, b!.shape.length)
    const side = ({ shape }: Exact, axis: number) => shape[axis - rank + shape.length] ?? 1
    const shape = Array.from({ length: rank }, (_, axis) => Math.max(side(a!, axis), side(b!, axis)))
    return [
      filled(shape, (i) => {
        const at = places(i, shape)
        return of(element(a!, at), element(b!, at))
      }),
    ]
  }

const same: Operator = ([x]) => [x!]

/** Elements [start, end) along an axis. */
function sliced(x: Exact, axis: number, start: number, end: number): Exact {
  const shape = x.shape.map((side, i) => (i === axis ? end - start : side))
  return filled(shape, (i) =>
    element(
      x,
      places(i, shape).map((at, other) => (other === axis ? at + start : at)),
    ),
  )
}

/** Rows of so many numbers, each with zero mean and unit variance. */
function normalised({ shape, data }: Exact, length: number, epsilon: number): Exact {
  const made = Float64Array.from(data)
  for (let from = 0; from < made.length; from += length) {
    const row = made.subarray(from, from + length)
    const mean = row.reduce((sum, value) => sum + value, 0) / length
    const variance = row.reduce((sum, value) => sum + (value - mean) ** 2, 0) / length
    row.forEach((value, i) => (row[i] = (value - mean) / Math.sqrt(variance + epsilon)))
  }
  return { shape, data: made }
}

/** The error function by its series, which converges everywhere. */
function erf(x: number): number {
  if (Math.abs(x) > 6) return Math.sign(x)
  let [term, sum] = [x, x]
  for (let n = 1; Math.abs(term) > 1e-18 * Math.abs(sum); n++) {
    term *= (2 * x * x) / (2 * n + 1)
    sum += term
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum
}

const OPERATORS: Readonly<Record<string, Operator>> = {
  Identity: same,
  Add: broadcast((a, b) => a + b),
  Mul: broadcast((a, b) => a * b),
  QuickGelu: each((x, { alpha }) => x / (1 + Math.exp(-alpha!.f * x))),
  Gelu: each((x) => 0.5 * x * (1 + erf(x / Math.SQRT2))),
  Reshape: ([x, shape]) => [{ shape: [...shape!.data], data: x!.data }],
  Transpose([x], { perm }) {
    const shape = perm!.ints.map((axis) => x!.shape[axis]!)
    const back = shape.map((_, axis) => perm!.ints.indexOf(axis))
    return [
      filled(shape, (i) =>
        element(
          x!,
          back.map((axis) => places(i, shape)[axis]!),
        ),
      ),
    ]
  },
  Split([x, sizes], { axis }) {
    let from = 0
    return [...sizes!.data].map((size) => sliced(x!, axis!.i, from, (from += size)))
  },
  Slice: ([x, start, end, axis]) => [sliced(x!, axis!.data[0]!, start!.data[0]!, end!.data[0]!)],
  MatMul([a, b]) {
    const [n, k, m] = [a!.shape.at(-2)!, a!.shape.at(-1)!, b!.shape.at(-1)!]
    const shape = [...a!.shape.slice(0, -1), m]
    return [
      filled(shape, (i) => {
        const [batch, row, column] = [Math.floor(i / (n * m)), Math.floor(i / m) % n, i % m]
        let sum = 0
        for (let j = 0; j < k; j++) sum += a!.data[(batch * n + row) * k + j]! * b!.data[(batch * k + j) * m + column]!
        return sum
      }),
    ]
  },
  Gemm([x, w, b]) {
    const [k, out] = [x!.shape[1]!, w!.shape[0]!]
    return [
      filled([x!.shape[0]!, out], (i) => {
        let sum = b?.data[i % out] ?? 0
        for (let j = 0; j < k; j++) sum += x!.data[Math.floor(i / out) * k + j]! * w!.data[(i % out) * k + j]!
        return sum
      }),
    ]
  },
  Softmax([x]) {
    const length = x!.shape.at(-1)!
    const data = x!.data.map(Math.exp)
    for (let from = 0; from < data.length; from += length) {
      const row = data.subarray(from, from + length)
      const sum = row.reduce((a, b) => a + b, 0)
      row.forEach((value, i) => (row[i] = value / sum))
    }
    return [{ shape: x!.shape, data }]
  },
  InstanceNormalization: ([x], { epsilon }) => [normalised(x!, count(x!.shape.slice(2)), epsilon!.f)],
  LayerNormalization([x, weight, bias], { epsilon }) {
    const length = weight!.data.length
    const { shape, data } = normalised(x!, length, epsilon!.f)
    return [filled(shape, (i) => data[i]! * weight!.data[i % length]! + bias!.data[i % length]!)]
  },
  Conv([x, w, b], { strides, pads }) {
    const [, cin, h, width] = x!.shape as [number, number, number, number]
    const [cout, , kernel] = w!.shape as [number, number, number, number]
    const [stride, [top, left, bottom, right]] = [strides!.ints[0]!, pads!.ints as [number, number, number, number]]
    const along = (side: number, padding: number) => Math.floor((side + padding - kernel) / stride) + 1
    const shape = [1, cout, along(h, top + bottom), along(width, left + right)]
    return [
      filled(shape, (i) => {
        const [, o, y, column] = places(i, shape) as [number, number, number, number]
        let sum = b?.data[o] ?? 0
        for (let c = 0; c < cin; c++)
          for (let dy = 0; dy < kernel; dy++)
            for (let dx = 0; dx < kernel; dx++) {
              const [row, at] = [y * stride + dy - top, column * stride + dx - left]
              if (row < 0 || row >= h || at < 0 || at >= width) continue
              sum += x!.data[(c * h + row) * width + at]! * w!.data[((o * cin + c) * kernel + dy) * kernel + dx]!
            }
        return sum
      }),
    ]
  },
}
