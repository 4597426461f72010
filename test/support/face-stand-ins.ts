import {
  ATTRIBUTE,
  encodeModel,
  type AttributeProto,
  type NodeProto,
  type TensorProto,
  type ValueInfoProto,
} from '../../companion/graph/onnx.ts'
import { hashInput } from './hash-weights.ts'

/** Networks of the shapes of InsightFace's, so small and simple that what they put out can be worked out by hand. */

const FLOAT = 1
const INT64 = 7

const floats = (name: string, dims: readonly number[], data: Float32Array): TensorProto => ({
  name,
  dims,
  dataType: FLOAT,
  rawData: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
})

const whole = (name: string, values: readonly number[]): TensorProto => ({
  name,
  dims: [values.length],
  dataType: INT64,
  rawData: new Uint8Array(BigInt64Array.from(values, BigInt).buffer),
})

const node = (
  opType: string,
  input: string[],
  output: string,
  attributes: Readonly<Record<string, readonly number[]>> = {},
): NodeProto => ({
  name: `${opType}_${output}`,
  opType,
  domain: '',
  input,
  output: [output],
  attribute: Object.entries(attributes).map(([name, ints]): AttributeProto => ({ name, type: ATTRIBUTE.ints, ints })),
})

const value = (name: string, shape: readonly (number | undefined)[]): ValueInfoProto => ({
  name,
  type: {
    tensorType: {
      elemType: FLOAT,
      shape: { dim: shape.map((dimValue) => (dimValue === undefined ? {} : { dimValue })) },
    },
  },
})

/** What the detector says of a face it sees: distances to the box's sides and offsets of the points, in strides. */
export interface SeenAs {
  readonly box: readonly [left: number, top: number, right: number, bottom: number]
  readonly points: readonly number[]
}

/** Sigmoid of this is nothing. */
const NEVER = -50

/**
 * A detector that sees a face, with the first anchor, wherever a cell of 8 pixels of its input is white, and one of twice
 * the size where a cell of 16 is. Names and order of its outputs are those of det_10g.onnx. Cells of 32 pixels see none.
 */
export function detectorStandIn({ box, points }: SeenAs, side?: number): Uint8Array {
  const nodes: NodeProto[] = []
  const weights: TensorProto[] = [whole('rows1', [-1, 1]), whole('rows4', [-1, 4]), whole('rows10', [-1, 10])]
  const outputs: ValueInfoProto[] = []
  const head = (name: string, stride: number, width: number, bias: readonly number[], gain: number) => {
    const shape = [2 * width, 3, stride, stride]
    const kernel = new Float32Array(shape.reduce((a, b) => a * b))
    // Pixels reach the network as -1..1: the mean of a white cell is 127.5 / 128.
    kernel.fill(gain / (3 * stride * stride), 0, 3 * stride * stride)
    weights.push(floats(`${name}.w`, shape, kernel), floats(`${name}.b`, [2 * width], Float32Array.from(bias)))
    const steps = { kernel_shape: [stride, stride], strides: [stride, stride] }
    nodes.push(
      node('Conv', ['input.1', `${name}.w`, `${name}.b`], `${name}.conv`, steps),
      node('Transpose', [`${name}.conv`], `${name}.last`, { perm: [0, 2, 3, 1] }),
      node('Reshape', [`${name}.last`, `rows${width}`], width === 1 ? `${name}.flat` : name),
    )
    if (width === 1) nodes.push(node('Sigmoid', [`${name}.flat`], name))
    outputs.push(value(name, [undefined, width]))
  }
  const first = [
    [8, '448', '451', '454'],
    [16, '471', '474', '477'],
    [32, '494', '497', '500'],
  ] as const
  for (const [stride, score] of first) {
    head(score, stride, 1, stride === 32 ? [NEVER, NEVER] : [-15, NEVER], stride === 32 ? 0 : 20)
  }
  for (const [stride, , boxes] of first) head(boxes, stride, 4, [...box, ...box], 0)
  for (const [stride, , , keyPoints] of first) head(keyPoints, stride, 10, [...points, ...points], 0)
  return encodeModel({
    name: 'detector',
    node: nodes,
    initializer: weights,
    input: [value('input.1', [1, 3, side, side])],
    output: outputs,
  })
}

/** The last layer of the stand-in recogniser: 8 filters of 14 x 14 pixels.  -> [8, 3, 14, 14] */
export const recogniserWeights = (): Float32Array => hashInput('recogniser', 8 * 3 * 14 * 14, 0.1)

/**
 * A recogniser with as many convolutions as given, all but the last leaving the pixels as they are. It normalises by
 * itself where `raw`, as those exported from MXNet do; `weightsAsInputs` lists its weights among the inputs, as old files do.
 */
export function recogniserStandIn(convolutions: number, { raw = false, weightsAsInputs = false } = {}): Uint8Array {
  const same = Float32Array.from([1, 0, 0, 0, 1, 0, 0, 0, 1])
  const weights = [
    floats('same', [3, 3, 1, 1], same),
    floats('last', [8, 3, 14, 14], recogniserWeights()),
    whole('vector', [1, 512]),
    ...(raw ? [floats('mean', [], Float32Array.of(127.5)), floats('gain', [], Float32Array.of(1 / 127.5))] : []),
  ]
  const normalise = raw ? [node('Sub', ['data', 'mean'], 'centred'), node('Mul', ['centred', 'gain'], 'x0')] : []
  const inner = Array.from({ length: convolutions - 1 }, (_, i) =>
    node('Conv', [i === 0 && !raw ? 'data' : `x${i}`, 'same'], `x${i + 1}`, { kernel_shape: [1, 1] }),
  )
  const listed = weightsAsInputs ? [value('same', [3, 3, 1, 1]), value('last', [8, 3, 14, 14])] : []
  return encodeModel({
    name: 'recogniser',
    node: [
      ...normalise,
      ...inner,
      node('Conv', [`x${convolutions - 1}`, 'last'], 'grid', { kernel_shape: [14, 14], strides: [14, 14] }),
      node('Reshape', ['grid', 'vector'], '683'),
    ],
    initializer: weights,
    input: [value('data', [undefined, 3, 112, 112]), ...listed],
    output: [value('683', [1, 512])],
  })
}
