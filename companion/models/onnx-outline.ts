import { closeSync, fstatSync, openSync } from 'node:fs'
import { protobufFields, textOf, type Stretch } from './protobuf-fields.ts'

/** A length along one axis; undefined where the file leaves it open. */
export type OpenShape = readonly (number | undefined)[]

/** What an ONNX file says about itself, its weights unread. */
export interface OnnxOutline {
  /** Inputs a caller gives, without the weights that old files list among them. */
  readonly inputs: readonly OpenShape[]
  readonly outputs: readonly OpenShape[]
  /** Operators in the order they are written. */
  readonly operators: readonly string[]
}

/** Field numbers of onnx.proto. */
const MODEL_GRAPH = 7
const GRAPH = { node: 1, initializer: 5, input: 11, output: 12 } as const
const NODE_OPERATOR = 4
const TENSOR_NAME = 8
const VALUE = { name: 1, type: 2 } as const
const TENSOR_TYPE = 1
const TENSOR_SHAPE = 2
const SHAPE_AXIS = 1
const AXIS_LENGTH = 1

/** Far more than any network of a face pack has, which are a few thousand: what goes on longer is not one. */
const MAX_FIELDS = 200_000

/** Reads the outline of an ONNX file. Throws where it is none. */
export function readOnnxOutline(path: string): OnnxOutline {
  const descriptor = openSync(path, 'r')
  try {
    const file = { descriptor, fieldsLeft: MAX_FIELDS }
    const graph = only(MODEL_GRAPH, { file, start: 0, end: fstatSync(descriptor).size })
    if (!graph) throw new Error('there is no graph')
    return outlineOf(graph)
  } finally {
    closeSync(descriptor)
  }
}

function outlineOf(graph: Stretch): OnnxOutline {
  const parts = [...protobufFields(graph)]
  const of = (field: number) => parts.filter((part) => part.field === field).map(({ body }) => body)
  const weights = new Set(of(GRAPH.initializer).map((tensor) => nameIn(tensor, TENSOR_NAME)))
  return {
    inputs: of(GRAPH.input)
      .filter((input) => !weights.has(nameIn(input, VALUE.name)))
      .map(shapeOf),
    outputs: of(GRAPH.output).map(shapeOf),
    operators: of(GRAPH.node).map((node) => nameIn(node, NODE_OPERATOR)),
  }
}

function only(field: number, message: Stretch): Stretch | undefined {
  for (const part of protobufFields(message)) if (part.field === field) return part.body
  return undefined
}

function nameIn(message: Stretch, field: number): string {
  const text = only(field, message)
  return text ? textOf(text) : ''
}

function shapeOf(value: Stretch): OpenShape {
  const path = [VALUE.type, TENSOR_TYPE, TENSOR_SHAPE]
  const shape = path.reduce<Stretch | undefined>((inside, field) => inside && only(field, inside), value)
  if (!shape) return []
  return [...protobufFields(shape)]
    .filter(({ field }) => field === SHAPE_AXIS)
    .map(({ body }) => [...protobufFields(body)].find(({ field }) => field === AXIS_LENGTH)?.value)
    .map((length) => (length === 0 ? undefined : length))
}
