import protobuf from 'protobufjs/light.js'

/**
 * The part of ONNX's protobuf schema that Imprint writes (onnx/onnx.proto, IR version 10): a model is a graph of named
 * operators over named tensors. Field numbers are the format's own.
 */
const { Field, Root, Type } = protobuf

const message = (name: string, fields: Record<string, [id: number, type: string, rule?: 'repeated']>) => {
  const type = new Type(name)
  for (const [field, [id, fieldType, rule]] of Object.entries(fields)) type.add(new Field(field, id, fieldType, rule))
  return type
}

const ModelProto = message('ModelProto', {
  irVersion: [1, 'int64'],
  producerName: [2, 'string'],
  graph: [7, 'GraphProto'],
  opsetImport: [8, 'OperatorSetIdProto', 'repeated'],
})

new Root()
  .define('onnx')
  .add(ModelProto)
  .add(message('OperatorSetIdProto', { domain: [1, 'string'], version: [2, 'int64'] }))
  .add(
    message('GraphProto', {
      node: [1, 'NodeProto', 'repeated'],
      name: [2, 'string'],
      initializer: [5, 'TensorProto', 'repeated'],
      input: [11, 'ValueInfoProto', 'repeated'],
      output: [12, 'ValueInfoProto', 'repeated'],
    }),
  )
  .add(
    message('NodeProto', {
      input: [1, 'string', 'repeated'],
      output: [2, 'string', 'repeated'],
      name: [3, 'string'],
      opType: [4, 'string'],
      attribute: [5, 'AttributeProto', 'repeated'],
      domain: [7, 'string'],
    }),
  )
  .add(
    message('AttributeProto', {
      name: [1, 'string'],
      f: [2, 'float'],
      i: [3, 'int64'],
      s: [4, 'bytes'],
      ints: [8, 'int64', 'repeated'],
      type: [20, 'int32'],
    }),
  )
  .add(
    message('TensorProto', {
      dims: [1, 'int64', 'repeated'],
      dataType: [2, 'int32'],
      name: [8, 'string'],
      rawData: [9, 'bytes'],
      externalData: [13, 'StringStringEntryProto', 'repeated'],
      dataLocation: [14, 'int32'],
    }),
  )
  .add(message('StringStringEntryProto', { key: [1, 'string'], value: [2, 'string'] }))
  .add(message('ValueInfoProto', { name: [1, 'string'], type: [2, 'TypeProto'] }))
  .add(message('TypeProto', { tensorType: [1, 'TensorTypeProto'] }))
  .add(message('TensorTypeProto', { elemType: [1, 'int32'], shape: [2, 'TensorShapeProto'] }))
  .add(message('TensorShapeProto', { dim: [1, 'DimensionProto', 'repeated'] }))
  .add(message('DimensionProto', { dimValue: [1, 'int64'] }))

export interface AttributeProto {
  name: string
  type: number
  f?: number
  i?: number
  s?: Uint8Array
  ints?: readonly number[]
}

export interface NodeProto {
  name: string
  opType: string
  domain: string
  input: string[]
  output: string[]
  attribute: AttributeProto[]
}

export interface TensorProto {
  name: string
  dims: readonly number[]
  dataType: number
  rawData?: Uint8Array
  externalData?: { key: string; value: string }[]
  dataLocation?: number
}

export interface ValueInfoProto {
  name: string
  /** A dimension without a value is open. */
  type: { tensorType: { elemType: number; shape: { dim: { dimValue?: number }[] } } }
}

export interface GraphProto {
  name: string
  node: NodeProto[]
  initializer: TensorProto[]
  input: ValueInfoProto[]
  output: ValueInfoProto[]
}

/** ONNX's numbers for the kinds of attribute, the place of a tensor's data, and the versions a model declares. */
export const ATTRIBUTE = { float: 1, int: 2, string: 3, ints: 7 } as const
export const EXTERNAL = 1
const IR_VERSION = 10
/** ai.onnx 17 has LayerNormalization; com.microsoft 1 has MultiHeadAttention, Gelu and QuickGelu. */
const OPSETS = [
  { domain: '', version: 17 },
  { domain: 'com.microsoft', version: 1 },
]

/** A graph as the bytes of an ONNX model. */
export function encodeModel(graph: GraphProto): Uint8Array {
  return ModelProto.encode(
    ModelProto.fromObject({ irVersion: IR_VERSION, producerName: 'imprint', graph, opsetImport: OPSETS }),
  ).finish()
}
