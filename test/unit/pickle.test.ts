/** Are PyTorch's archives read in place, running nothing, and everything else refused by one sentence? */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, describe, test } from 'node:test'
import { Graph } from '../../companion/graph/graph.ts'
import { matMul } from '../../companion/graph/ops.ts'
import { toFloat32 } from '../../companion/weights/dtype.ts'
import { openPickle } from '../../companion/weights/pickle-file.ts'
import { readRows } from '../../companion/weights/read.ts'
import { openSafetensors } from '../../companion/weights/safetensors.ts'
import { openWeightFile } from '../../companion/weights/weight-file.ts'
import { archive, dictStream, stream, tensorStream, word, zipBytes } from '../support/craft-pickle.ts'
import { temporaryFolder } from '../support/craft-safetensors.ts'
import { runOnce } from '../support/golden-runs.ts'
import { fixture } from '../support/golden.ts'

const folder = temporaryFolder()
after(() => folder.dispose())

const floats = (...values: number[]): Uint8Array => new Uint8Array(Float32Array.from(values).buffer)
const SIX = floats(0, 1, 2, 3, 4, 5)
const SIX_STORED = { key: '0', elements: 6, shape: [2, 3], strides: [3, 1] }

/** The numbers of a file's tensors, as they lie there. */
function numbers(path: string): Record<string, number[]> {
  const bytes = readFileSync(path)
  return Object.fromEntries(
    [...openWeightFile(path).tensors].map(([name, { offset, bytes: length, dtype }]) => [
      name,
      [...toFloat32(bytes.subarray(offset, offset + length), dtype)!],
    ]),
  )
}

const write = (bytes: Uint8Array, name = 'model.bin'): string => folder.put(name, bytes)

describe('read', () => {
  test('an adapter PyTorch wrote is the one its safetensors twin holds', () => {
    const pickle = fixture('models', 'ipadapter', 'ip-adapter-plus_tiny15.bin')
    const twin = fixture('models', 'ipadapter', 'ip-adapter-plus_tiny15.safetensors')
    assert.deepEqual(numbers(pickle), numbers(twin))
    const shapes = (path: string) =>
      Object.fromEntries([...openWeightFile(path).tensors].map(([name, { shape, dtype }]) => [name, [dtype, ...shape]]))
    assert.deepEqual(shapes(pickle), shapes(twin))
    assert.ok(openSafetensors(twin).tensors.has('ip_adapter.1.to_k_ip.weight'))
  })

  test('nested dictionaries as names with dots, a wrapper taken off', () => {
    const inner = dictStream({ a: dictStream({ b: tensorStream(SIX_STORED) }), step: stream('K', 7) })
    const path = write(archive(dictStream({ state_dict: inner, epoch: stream('K', 1) }), { 0: SIX }))
    assert.deepEqual(numbers(path), { 'a.b': [0, 1, 2, 3, 4, 5] })
  })

  test('views of one storage, each where it lies', () => {
    const rows = dictStream({
      first: tensorStream({ ...SIX_STORED, shape: [1, 3] }),
      second: tensorStream({ ...SIX_STORED, offset: 3, shape: [3], strides: [1] }),
    })
    assert.deepEqual(numbers(write(archive(rows, { 0: SIX }))), { first: [0, 1, 2], second: [3, 4, 5] })
  })

  test('a transposed matrix with its own shape, marked', () => {
    const path = write(
      archive(dictStream({ m: tensorStream({ ...SIX_STORED, shape: [3, 2], strides: [1, 3] }) }), { 0: SIX }),
    )
    const { shape, transposed } = openPickle(path).tensors.get('m')!
    assert.deepEqual([shape, transposed], [[3, 2], true])
    const plain = write(archive(dictStream({ m: tensorStream(SIX_STORED) }), { 0: SIX }))
    assert.equal(openPickle(plain).tensors.get('m')!.transposed, undefined)
  })

  test('a transposed matrix computes as the one it stands for, but gives no rows', async () => {
    const path = write(
      archive(dictStream({ m: tensorStream({ ...SIX_STORED, shape: [3, 2], strides: [1, 3] }) }), { 0: SIX }),
    )
    const matrix = openPickle(path).tensors.get('m')!
    const g = new Graph('probe', { attention: 'fused' })
    g.output('y', matMul(g.input('x', [1, 3]), g.weight(matrix)))
    const { y } = await runOnce(g, { x: { shape: [1, 3], data: Float32Array.of(1, 10, 100) } })
    // Rows (0, 3), (1, 4), (2, 5).
    assert.deepEqual([...y!.data], [210, 543])
    assert.throws(() => readRows(matrix, [0]), { code: 'model-unsupported', message: /column by column/ })
  })

  test('archives that note their sizes as those beyond 4 GB do', () => {
    const path = write(archive(dictStream({ m: tensorStream(SIX_STORED) }), { 0: SIX }, [], true))
    assert.deepEqual(numbers(path), { m: [0, 1, 2, 3, 4, 5] })
  })

  test('by its first bytes under any name', () => {
    const path = write(archive(dictStream({ m: tensorStream(SIX_STORED) }), { 0: SIX }), 'x.safetensors')
    assert.deepEqual(numbers(path), { m: [0, 1, 2, 3, 4, 5] })
  })
})

describe('refused', () => {
  const good = dictStream({ m: tensorStream(SIX_STORED) })
  const changed = (change: Partial<typeof SIX_STORED & { format: string; offset: number }>) =>
    archive(dictStream({ m: tensorStream({ ...SIX_STORED, ...change }) }), { 0: SIX })
  const endless = stream('}', ...Array.from({ length: 9 }, () => stream(word('a'), '}')), ...Array<string>(9).fill('s'))

  const cases: Record<string, [bytes: Uint8Array, code: string, message: RegExp]> = {
    'a function that would be run': [
      archive(stream('cos\nsystem\n(', word('echo'), 'tR')),
      'model-unsupported',
      /asks for "os\.system", which Imprint never runs/,
    ],
    'a function by its other opcode': [
      archive(stream(word('os'), word('system'), 0x93)),
      'model-unsupported',
      /forbidden opcode 0x93/,
    ],
    'an opcode that makes objects': [archive(stream('(ios\nsystem\n')), 'model-unsupported', /forbidden opcode 0x69/],
    'a known function with other arguments': [
      archive(stream('ccollections\nOrderedDict\n(K', 1, 'tR')),
      'model-unsupported',
      /calls "collections\.OrderedDict" in a way/,
    ],
    'a changed object that is no dictionary': [archive(stream(']}b')), 'model-unsupported', /more than it has|changes/],
    'a compressed file': [
      zipBytes([{ name: 'archive/data.pkl', data: stream(0x80, 2, good, '.'), method: 8 }]),
      'model-unsupported',
      /"archive\/data\.pkl" compressed/,
    ],
    'numbers of the other byte order': [
      archive(good, { 0: SIX }, [{ name: 'archive/byteorder', data: Buffer.from('big') }]),
      'model-unsupported',
      /big-endian/,
    ],
    'a zip of something else': [zipBytes([{ name: 'a.txt', data: SIX }]), 'model-unsupported', /without weights/],
    'a pickle of old without an archive': [stream(0x80, 2, good, '.'), 'model-unsupported', /before 2020/],
    'a tensor beyond its storage': [changed({ offset: 1 }), 'model-invalid', /"m" lies outside its 24 bytes/],
    'a storage beyond its file': [changed({ elements: 600 }), 'model-invalid', /"m" lies outside/],
    'a tensor without its numbers': [archive(good), 'model-invalid', /numbers of tensor "m" are missing/],
    'a view with gaps': [changed({ shape: [2, 2] }), 'model-unsupported', /"m" is a view with gaps/],
    'a tensor of unequal ranks': [changed({ strides: [1] }), 'model-invalid', /tensor that cannot be/],
    'a negative size': [changed({ shape: [-1, 3] }), 'model-invalid', /tensor that cannot be/],
    'a number format of no weights': [
      changed({ format: 'ComplexFloatStorage' }),
      'model-unsupported',
      /asks for "torch\.ComplexFloatStorage"/,
    ],
    'an archive cut short': [archive(good, { 0: SIX }).subarray(0, 200), 'model-invalid', /cut short/],
    'a pickle cut short': [
      zipBytes([{ name: 'a/data.pkl', data: stream(0x80, 2, '}(') }]),
      'model-invalid',
      /cut short/,
    ],
    'an entry it never stored': [archive(stream('h', 9)), 'model-invalid', /recalls entry 9/],
    'dictionaries nested beyond use': [archive(endless), 'model-unsupported', /nested beyond all use/],
    'an empty file': [new Uint8Array(0), 'model-invalid', /model\.bin is empty/],
    'a picture': [Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16]), 'model-unsupported', /it is a JPEG picture/],
  }
  for (const [name, [bytes, code, message]] of Object.entries(cases)) {
    test(name, () => {
      const path = write(bytes)
      assert.throws(() => openWeightFile(path), { code, message })
      assert.throws(() => openWeightFile(path), { message: /^[^\n]*model\.bin[^\n]*\.$/ })
    })
  }

  test('a dictionary that stands in itself', () => {
    const path = write(archive(stream('}q', 0, word('again'), 'h', 0, 's')))
    assert.throws(() => openWeightFile(path), { message: /nested beyond all use/ })
  })
})
