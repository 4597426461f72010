/** Do weights stay in the user's file, wherever in it they lie and in whatever format, and compute the same? */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import protobuf from 'protobufjs/light.js'
import { Graph } from '../../companion/graph/graph.ts'
import { linear } from '../../companion/graph/nn.ts'
import { openSafetensors, type StoredTensor } from '../../companion/weights/safetensors.ts'
import { openLedger } from '../../companion/weights/weights.ts'
import { assertClose } from '../support/close.ts'
import { safetensorsBytes, temporaryFolder } from '../support/craft-safetensors.ts'
import { runOnce } from '../support/golden-runs.ts'
import { fixture } from '../support/golden.ts'
import { hashInput } from '../support/hash-weights.ts'

const folder = temporaryFolder()
after(() => folder.dispose())

interface Initializer {
  name: string
  dims: number[]
  dataType: number
  dataLocation: number
  rawData: Uint8Array
  externalData: { key: string; value: string }[]
}

/** The initialisers of an ONNX model, read by the format's own field numbers. */
function initializersOf(model: Uint8Array): Initializer[] {
  const { Field, Root, Type } = protobuf
  const message = (name: string, ...fields: [string, number, string, ('repeated' | undefined)?][]) =>
    fields.reduce((type, [field, id, kind, rule]) => type.add(new Field(field, id, kind, rule)), new Type(name))
  const top = message('Model', ['graph', 7, 'Graph'])
  new Root()
    .define('probe')
    .add(top)
    .add(message('Graph', ['initializer', 5, 'Tensor', 'repeated']))
    .add(
      message(
        'Tensor',
        ['dims', 1, 'int32', 'repeated'],
        ['dataType', 2, 'int32'],
        ['name', 8, 'string'],
        ['rawData', 9, 'bytes'],
        ['externalData', 13, 'Entry', 'repeated'],
        ['dataLocation', 14, 'int32'],
      ),
    )
    .add(message('Entry', ['key', 1, 'string'], ['value', 2, 'string']))
  const { graph } = top.toObject(top.decode(model), { defaults: true }) as { graph: { initializer: Initializer[] } }
  return graph.initializer
}

const UNET = fixture('models', 'diffusers', 'tiny15', 'unet', 'diffusion_pytorch_model.safetensors')

test('a weight is a place in its file: nothing of it is in the model', () => {
  const { tensors } = openSafetensors(UNET)
  const g = new Graph('probe', { attention: 'fused' })
  const conv = tensors.get('conv_in.weight')!
  const bias = tensors.get('conv_in.bias')!
  g.weight(conv)
  g.weight(bias, [16, 1, 1])
  g.weight(bias, [16, 1, 1])
  const model = g.model((file) => `located:${file}`)
  const made = initializersOf(model)
  assert.equal(made.length, 2, 'the same weight in the same shape is declared once')
  for (const [i, { tensor, dims }] of [
    { tensor: conv, dims: [16, 4, 3, 3] },
    { tensor: bias, dims: [16, 1, 1] },
  ].entries()) {
    const { externalData, rawData, dataLocation, ...rest } = made[i]!
    assert.deepEqual(rest.dims, dims)
    assert.deepEqual({ dataLocation, bytes: rawData.length }, { dataLocation: 1, bytes: 0 })
    const { location, offset, length } = Object.fromEntries(externalData.map(({ key, value }) => [key, value]))
    assert.equal(location, `located:${tensor.file}`)
    assert.deepEqual([Number(offset), Number(length)], [tensor.offset, tensor.bytes])
  }
  assert.deepEqual(g.files, [conv.file])
  assert.ok(model.length < 2000, `${model.length} bytes for two places`)
})

test('shapes over the same bytes must hold as many numbers, and formats must be ones the graph computes with', () => {
  const g = new Graph('probe', { attention: 'fused' })
  const bias = openSafetensors(UNET).tensors.get('conv_in.bias')!
  assert.throws(() => g.weight(bias, [15]), { message: 'graph probe: conv_in.bias is no [15]' })
  assert.throws(() => g.weight({ ...bias, dtype: 'I64' }), {
    message: 'graph probe: cannot compute with conv_in.bias stored as I64',
  })
})

type Stored = 'F32' | 'F16' | 'BF16'
/** Multiples of an eighth up to 4: every one of the three formats holds them exactly. */
const NUMBERS = hashInput('in:eighths', 6 * 5, 4).map((value) => Math.round(8 * value) / 8)

const bits: Record<Stored, (value: number) => Uint8Array> = {
  F32: (value) => new Uint8Array(Float32Array.of(value).buffer),
  BF16: (value) => new Uint8Array(Float32Array.of(value).buffer).slice(2),
  F16(value) {
    const exponent = value === 0 ? -15 : Math.floor(Math.log2(Math.abs(value)))
    const mantissa = value === 0 ? 0 : Math.abs(value) / 2 ** exponent - 1
    const sign = value < 0 ? 0x8000 : 0
    return new Uint8Array(Uint16Array.of(sign | ((exponent + 15) << 10) | (mantissa * 1024)).buffer)
  },
}

/** The layer's weight [6, 5] in a file, behind so many bytes that are not its own. */
function storedLayer(dtype: Stored, before: number): ReadonlyMap<string, StoredTensor> {
  const data = Buffer.concat([new Uint8Array(before), ...Array.from(NUMBERS, bits[dtype])])
  const header = {
    ...(before > 0 && { before: { dtype: 'U8', shape: [before], data_offsets: [0, before] } }),
    weight: { dtype, shape: [6, 5], data_offsets: [before, data.length] },
  }
  return openSafetensors(folder.put(`${dtype}-${before}.safetensors`, safetensorsBytes(header, data))).tensors
}

test('numbers of a format that is not computed with are refused by tensor and file', () => {
  for (const dtype of ['F8_E4M3', 'F8_E5M2', 'F64', 'I8'] as const) {
    const weight = { ...openSafetensors(UNET).tensors.get('conv_in.bias')!, dtype }
    const { weights } = openLedger(new Map([['conv_in.bias', weight]]), 'eight.safetensors')
    assert.throws(() => weights.get('conv_in.bias', weight.shape), {
      code: 'model-unsupported',
      message: `eight.safetensors stores "conv_in.bias" as ${dtype}. Use a version in F32, F16 or BF16.`,
    })
  }
})

test('F32, F16 and BF16 give the same numbers, at even and at odd places in the file', async () => {
  const x = { shape: [3, 5], data: hashInput('in:x', 3 * 5) }
  const expected = Array.from({ length: 3 * 6 }, (_, i) => {
    const [n, out] = [Math.floor(i / 6), i % 6]
    return Array.from({ length: 5 }, (_, k) => x.data[5 * n + k]! * NUMBERS[5 * out + k]!).reduce((a, b) => a + b)
  })
  const places = new Set<number>()
  for (const dtype of ['F32', 'F16', 'BF16'] as const) {
    for (const before of [0, 1, 2, 3]) {
      const tensors = storedLayer(dtype, before)
      places.add(tensors.get('weight')!.offset % 4)
      const g = new Graph('probe', { attention: 'fused' })
      g.output('y', linear(g.input('x', [3, 5]), openLedger(tensors, 'layer').weights, { out: 6, bias: false }))
      const { y } = await runOnce(g, { x })
      assertClose(`${dtype} behind ${before}`, y!.data, expected, 1e-5)
    }
  }
  assert.equal(places.size, 4, 'offsets of every remainder by four')
})

test('weights of two files in one graph', async () => {
  const [a, b] = [storedLayer('F16', 1), storedLayer('F32', 2)]
  const g = new Graph('probe', { attention: 'fused' })
  const x = g.input('x', [1, 5])
  g.output('a', linear(x, openLedger(a, 'a').weights, { out: 6, bias: false }))
  g.output('b', linear(x, openLedger(b, 'b').weights, { out: 6, bias: false }))
  assert.equal(g.files.length, 2)
  const made = await runOnce(g, { x: { shape: [1, 5], data: hashInput('in:x', 5) } })
  assertClose('both', made['a']!.data, made['b']!.data, 1e-6)
})
