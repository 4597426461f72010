import { count, type Attributes, type DType, type Value } from './graph.ts'

/**
 * ONNX operators as functions on typed values. Shapes are inferred when the operator is called, so a graph that does not
 * fit fails at the line that wrote it. Names and semantics are ONNX's (opset 17) and com.microsoft's.
 */

type Shape = readonly number[]

const show = (value: Value): string => `[${value.shape.join(', ')}]`

/** Throws with the operator and the shapes when a graph does not fit together. */
function require(fits: boolean, op: string, ...values: Value[]): asserts fits {
  if (!fits) throw new Error(`graph ${values[0]!.graph.name}: ${op} cannot take ${values.map(show).join(' and ')}`)
}

function one(
  op: string,
  inputs: readonly Value[],
  shape: Shape,
  attributes: Attributes = {},
  domain: '' | 'com.microsoft' = '',
  dtype: DType = 'float32',
): Value {
  return inputs[0]!.graph.node(op, inputs, attributes, [{ dtype, shape }], domain)[0]!
}

/** NumPy broadcasting of two shapes, or undefined where they do not fit. */
function broadcast(a: Shape, b: Shape): Shape | undefined {
  const rank = Math.max(a.length, b.length)
  const dims: number[] = []
  for (let i = 0; i < rank; i++) {
    const [x, y] = [a[a.length - rank + i] ?? 1, b[b.length - rank + i] ?? 1]
    if (x !== y && x !== 1 && y !== 1) return undefined
    dims.push(Math.max(x, y))
  }
  return dims
}

const binary = (op: string) => (a: Value, b: Value) => {
  const shape = broadcast(a.shape, b.shape)
  require(shape !== undefined, op, a, b)
  return one(op, [a, b], shape)
}

export const add = binary('Add')
export const mul = binary('Mul')

const unary =
  (op: string, attributes: Attributes = {}, domain: '' | 'com.microsoft' = '') =>
  (x: Value) =>
    one(op, [x], x.shape, attributes, domain)

export const exp = unary('Exp')
export const relu = unary('Relu')
export const tanh = unary('Tanh')

/** x · Φ(x) with the error function, not the tanh approximation. */
export const gelu = unary('Gelu', {}, 'com.microsoft')

/** x · sigmoid(1.702 x), OpenAI CLIP's activation. */
export const quickGelu = unary('QuickGelu', { alpha: { float: 1.702 } }, 'com.microsoft')

/** x · sigmoid(x). */
export const silu = unary('QuickGelu', { alpha: { float: 1 } }, 'com.microsoft')

export const softmax = (x: Value): Value => one('Softmax', [x], x.shape, { axis: -1 })

/** Values limited to [low, high]. */
export const clip = (x: Value, low: number, high: number): Value =>
  one('Clip', [x, x.graph.constant([low], [], 'float32'), x.graph.constant([high], [], 'float32')], x.shape)

/** Multiplication by a number that a formula fixes. */
export const scale = (x: Value, factor: number): Value => mul(x, x.graph.constant([factor], [], 'float32'))

/** The same elements in another shape. */
export function reshape(x: Value, shape: Shape): Value {
  require(count(x.shape) === count(shape), `Reshape to [${shape.join(', ')}]`, x)
  return one('Reshape', [x, x.graph.constant(shape, [shape.length], 'int64')], shape)
}

export function transpose(x: Value, perm: readonly number[]): Value {
  require([...perm].sort().every((axis, i) => axis === i) && perm.length === x.shape.length, 'Transpose', x)
  return one(
    'Transpose',
    [x],
    perm.map((axis) => x.shape[axis]!),
    { perm },
  )
}

/** Batched matrix product: [..., m, k] x [..., k, n] -> [..., m, n]. */
export function matMul(a: Value, b: Value): Value {
  const batch = broadcast(a.shape.slice(0, -2), b.shape.slice(0, -2))
  require(batch !== undefined && a.shape.at(-1) === b.shape.at(-2), 'MatMul', a, b)
  return one('MatMul', [a, b], [...batch, a.shape.at(-2)!, b.shape.at(-1)!])
}

/** x · Wᵀ + b on a weight as stored: x [n, in], w [out, in], b [out] -> [n, out]. */
export function gemm(x: Value, w: Value, b?: Value): Value {
  require(x.shape.length === 2 && w.shape.length === 2 && x.shape[1] === w.shape[1], 'Gemm', x, w)
  if (b) require(b.shape.length === 1 && b.shape[0] === w.shape[0], 'Gemm bias', w, b)
  return one('Gemm', b ? [x, w, b] : [x, w], [x.shape[0]!, w.shape[0]!], { transB: 1 })
}

export function concat(values: readonly Value[], axis: number): Value {
  const [first, ...rest] = values
  if (!first) throw new Error('Concat of nothing')
  for (const value of rest) {
    require(value.shape.every((dim, i) => i === axis || dim === first.shape[i]), `Concat on ${axis}`, first, value)
  }
  const along = values.reduce((sum, value) => sum + value.shape[axis]!, 0)
  return one(
    'Concat',
    values,
    first.shape.map((dim, i) => (i === axis ? along : dim)),
    { axis },
  )
}

/** Equal parts along an axis. */
export function split(x: Value, axis: number, parts: number): Value[] {
  const size = x.shape[axis]! / parts
  require(Number.isInteger(size), `Split in ${parts} on ${axis}`, x)
  const sizes = x.graph.constant(Array<number>(parts).fill(size), [parts], 'int64')
  const shape = x.shape.map((dim, i) => (i === axis ? size : dim))
  return x.graph.node(
    'Split',
    [x, sizes],
    { axis },
    Array.from({ length: parts }, () => ({ dtype: 'float32' as const, shape })),
  )
}

/** Elements [start, end) along an axis. */
export function slice(x: Value, axis: number, start: number, end: number): Value {
  require(start >= 0 && start < end && end <= x.shape[axis]!, `Slice ${start} to ${end} on ${axis}`, x)
  const at = (value: number) => x.graph.constant([value], [1], 'int64')
  const shape = x.shape.map((dim, i) => (i === axis ? end - start : dim))
  return one('Slice', [x, at(start), at(end), at(axis)], shape)
}

export interface ConvOptions {
  readonly stride: number
  /** Rows and columns of zeros: top, left, bottom, right. */
  readonly pads: readonly [number, number, number, number]
}

/** 2-D convolution: x [b, cin, h, w], weight [cout, cin, k, k], bias [cout] -> [b, cout, h', w']. */
export function conv(x: Value, weight: Value, bias: Value | undefined, { stride, pads }: ConvOptions): Value {
  const [b, cin, h, w] = x.shape
  const [cout, weightIn, kh, kw] = weight.shape
  require(x.shape.length === 4 && weight.shape.length === 4 && cin === weightIn, 'Conv', x, weight)
  const along = (size: number, kernel: number, padding: number) => Math.floor((size + padding - kernel) / stride) + 1
  const shape = [b!, cout!, along(h!, kh!, pads[0] + pads[2]), along(w!, kw!, pads[1] + pads[3])]
  const attributes = { kernel_shape: [kh!, kw!], strides: [stride, stride], pads, dilations: [1, 1], group: 1 }
  return one('Conv', bias ? [x, weight, bias] : [x, weight], shape, attributes)
}

/** Means of squares of two by two: [b, c, h, w] -> [b, c, h/2, w/2]. */
export function averagePool(x: Value): Value {
  const [b, c, h, w] = x.shape
  require(x.shape.length === 4 && h! % 2 === 0 && w! % 2 === 0, 'AveragePool', x)
  return one('AveragePool', [x], [b!, c!, h! / 2, w! / 2], { kernel_shape: [2, 2], strides: [2, 2] })
}

/** Nearest-neighbour resize to a given height and width: [b, c, h, w] -> [b, c, height, width]. */
export function resizeNearest(x: Value, { height, width }: { height: number; width: number }): Value {
  require(x.shape.length === 4, 'Resize', x)
  const shape = [x.shape[0]!, x.shape[1]!, height, width]
  const none: Value = { graph: x.graph, name: '', dtype: 'float32', shape: [0] }
  const mode = { mode: 'nearest', coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' }
  return one('Resize', [x, none, none, x.graph.constant(shape, [4], 'int64')], shape, mode)
}

/** Zero mean and unit variance over all but the first two axes: [b, c, ...]. */
export function instanceNormalization(x: Value, epsilon: number): Value {
  const channels = x.shape[1]!
  const filled = (value: number) => x.graph.constant(Array<number>(channels).fill(value), [channels], 'float32')
  return one('InstanceNormalization', [x, filled(1), filled(0)], x.shape, { epsilon: { float: epsilon } })
}

/** Normalisation over the last axis with a weight and a bias of its length. */
export function layerNormalization(x: Value, weight: Value, bias: Value, epsilon: number): Value {
  require(weight.shape.length === 1 && weight.shape[0] === x.shape.at(-1), 'LayerNormalization', x, weight)
  return one('LayerNormalization', [x, weight, bias], x.shape, { axis: -1, epsilon: { float: epsilon } })
}

/** com.microsoft.MultiHeadAttention: q [b, n, c], k and v [b, t, c] -> [b, n, c]; logits scaled by 1/√(c/heads). */
export function multiHeadAttention(q: Value, k: Value, v: Value, heads: number, causal: boolean): Value {
  require(q.shape.length === 3 && q.shape[2] === k.shape[2] && k.shape[1] === v.shape[1], 'MultiHeadAttention', q, k, v)
  const attributes = { num_heads: heads, ...(causal && { unidirectional: 1 }) }
  return one('MultiHeadAttention', [q, k, v], q.shape, attributes, 'com.microsoft')
}
