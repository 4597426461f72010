/** Is a weights file nobody has checked refused in one sentence, whatever is wrong with it, and read right when nothing is? */
import assert from 'node:assert/strict'
import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { openSafetensors } from '../../companion/weights/safetensors.ts'
import { writeSafetensors } from '../../companion/weights/write.ts'
import { ImprintError } from '../../shared/errors.ts'
import { safetensorsBytes, temporaryFolder, type Entry } from '../support/craft-safetensors.ts'
import { fixture, readTensors } from '../support/golden.ts'

const folder = temporaryFolder()
after(() => folder.dispose())

/** A tensor of four F32 numbers at the start of the data, with something changed. */
const entry = (changes: Entry = {}): Entry => ({ dtype: 'F32', shape: [4], data_offsets: [0, 16], ...changes })
const DATA = new Uint8Array(16)

const claiming = (bytes: bigint): Buffer => {
  const file = safetensorsBytes({ w: entry() }, DATA)
  file.writeBigUInt64LE(bytes)
  return file
}

describe('refused, naming the file and what is wrong', () => {
  const hostile: [what: string, bytes: Uint8Array, says: RegExp][] = [
    ['an empty file', new Uint8Array(0), /only 0 bytes/],
    ['half a length', new Uint8Array(5), /only 5 bytes/],
    ['a header longer than the file', claiming(1000n), /claims 1000 bytes/],
    ['a header of half the numbers there are', claiming(2n ** 63n), /claims 9223372\d+ bytes/],
    ['a header cut short', claiming(20n), /not JSON/],
    ['a renamed JPEG', Buffer.from('ffd8ffe000104a46494600010100000100010000', 'hex'), /header claims/],
    ['a renamed pickle', Buffer.from('504b0304000008080000000000000000', 'hex'), /header claims/],
    ['no JSON', safetensorsBytes('{"w": '), /not JSON/],
    ['text that is no UTF-8', safetensorsBytes(Buffer.from([0x7b, 0xff, 0x7d]).toString('latin1')), /not JSON/],
    ['a list', safetensorsBytes('[]'), /no object/],
    ['nothing', safetensorsBytes('null'), /no object/],
    ['a number for a tensor', safetensorsBytes('{"w": 7}'), /"w" is malformed/],
    ['no dtype', safetensorsBytes({ w: entry({ dtype: undefined }) }, DATA), /"w" is malformed/],
    ['a field too many', safetensorsBytes({ w: entry({ code: 'x' }) }, DATA), /"w" is malformed/],
    ['an unknown dtype', safetensorsBytes({ w: entry({ dtype: 'F12' }) }, DATA), /"w" has the unknown dtype "F12"/],
    ["a dtype of JavaScript's", safetensorsBytes({ w: entry({ dtype: 'toString' }) }, DATA), /unknown dtype/],
    ['a negative size', safetensorsBytes({ w: entry({ shape: [-4] }) }, DATA), /"w" is malformed/],
    ['half a size', safetensorsBytes({ w: entry({ shape: [3.5] }) }, DATA), /"w" is malformed/],
    ['a size beyond counting', safetensorsBytes({ w: entry({ shape: [2 ** 60] }) }, DATA), /"w" is malformed/],
    [
      'a product beyond counting',
      safetensorsBytes({ w: entry({ shape: Array(8).fill(2 ** 40) }) }, DATA),
      /"w" of shape/,
    ],
    [
      'nine dimensions',
      safetensorsBytes({ w: entry({ shape: [4, 1, 1, 1, 1, 1, 1, 1, 1] }) }, DATA),
      /"w" is malformed/,
    ],
    ['a negative place', safetensorsBytes({ w: entry({ data_offsets: [-16, 0] }) }, DATA), /"w" is malformed/],
    ['an end before the beginning', safetensorsBytes({ w: entry({ data_offsets: [16, 0] }) }, DATA), /should take 16/],
    ['three places', safetensorsBytes({ w: entry({ data_offsets: [0, 8, 16] }) }, DATA), /"w" is malformed/],
    [
      'too few bytes for the shape',
      safetensorsBytes({ w: entry({ shape: [5] }) }, DATA),
      /should take 20 bytes, not 16/,
    ],
    ['too many for the dtype', safetensorsBytes({ w: entry({ dtype: 'F16' }) }, DATA), /should take 8 bytes, not 16/],
    ['a tensor behind the end', safetensorsBytes({ w: entry() }, DATA.subarray(1)), /"w" ends at byte \d+/],
    ['a tensor far away', safetensorsBytes({ w: entry({ data_offsets: [2 ** 50, 2 ** 50 + 16] }) }, DATA), /"w" ends/],
    [
      'one over another',
      safetensorsBytes({ a: entry(), b: entry({ shape: [2], data_offsets: [8, 16] }) }, DATA),
      /"a" and "b" overlap/,
    ],
    [
      'one name twice',
      safetensorsBytes(`{"w": ${JSON.stringify(entry())}, "w": ${JSON.stringify(entry())}}`, DATA),
      /"w" appears twice/,
    ],
    [
      'one name twice, once escaped',
      safetensorsBytes(`{"w": ${JSON.stringify(entry())}, "\\u0077": ${JSON.stringify(entry())}}`, DATA),
      /"w" appears twice/,
    ],
  ]
  for (const [what, bytes, says] of hostile) {
    test(what, () => {
      const path = folder.put('hostile.safetensors', bytes)
      assert.throws(
        () => openSafetensors(path),
        (error) => {
          assert.ok(error instanceof ImprintError, String(error))
          assert.equal(error.code, 'model-invalid')
          assert.match(error.message, says)
          assert.match(
            error.message,
            /^The weights file hostile\.safetensors is damaged: [^\n]+\. Download it again\.$/,
          )
          return true
        },
      )
    })
  }
})

describe('read', () => {
  test('where every tensor lies, and what the file says of itself', () => {
    const header = {
      __metadata__: { format: 'pt' },
      last: { dtype: 'F16', shape: [2, 3], data_offsets: [16, 28] },
      first: entry(),
      nothing: { dtype: 'F32', shape: [0, 4], data_offsets: [16, 16] },
      alone: { dtype: 'I64', shape: [], data_offsets: [28, 36] },
    }
    const path = folder.put('good.safetensors', safetensorsBytes(header, new Uint8Array(40)))
    const start = 8 + Buffer.byteLength(JSON.stringify(header))
    const { tensors, metadata } = openSafetensors(path)
    assert.deepEqual(metadata, { format: 'pt' })
    const expected = [
      { name: 'last', dtype: 'F16', shape: [2, 3], file: path, offset: start + 16, bytes: 12 },
      { name: 'first', dtype: 'F32', shape: [4], file: path, offset: start, bytes: 16 },
      { name: 'nothing', dtype: 'F32', shape: [0, 4], file: path, offset: start + 16, bytes: 0 },
      { name: 'alone', dtype: 'I64', shape: [], file: path, offset: start + 28, bytes: 8 },
    ]
    assert.deepEqual([...tensors.values()], expected)
    assert.deepEqual([...tensors.keys()], ['last', 'first', 'nothing', 'alone'])
  })

  test('names that mean something to JavaScript or to JSON', () => {
    const names = ['__proto__', 'constructor', 'a "quoted" {name}', 'b\\', 'τ₀', '1', 'w.weight']
    const entries = names.map((name, i) => {
      const at = JSON.stringify({ dtype: 'U8', shape: [1], data_offsets: [i, i + 1] })
      return `${JSON.stringify(name)}: ${at}`
    })
    const path = folder.put(
      'names.safetensors',
      safetensorsBytes(`{${entries.join(',')}}`, new Uint8Array(names.length)),
    )
    assert.deepEqual(new Set(openSafetensors(path).tensors.keys()), new Set(names))
  })

  test('one that says megabytes of itself', () => {
    const said = '\\"'.repeat(10 * 2 ** 20)
    const path = folder.put('told.safetensors', safetensorsBytes(`{"__metadata__": {"notes": "${said}"}}`))
    assert.equal(openSafetensors(path).metadata['notes']?.length, 10 * 2 ** 20)
  })

  test('a file without tensors', () => {
    assert.equal(openSafetensors(folder.put('none.safetensors', safetensorsBytes('{}'))).tensors.size, 0)
  })

  test('a link leads to the file itself', () => {
    const target = folder.put('target.safetensors', safetensorsBytes({ w: entry() }, DATA))
    const link = join(folder.path, 'link.safetensors')
    symlinkSync(target, link)
    assert.equal(openSafetensors(link).tensors.get('w')!.file, target)
  })

  test('what was written comes back', async () => {
    const path = join(folder.path, 'written.safetensors')
    const tensors = {
      'a.weight': { shape: [2, 3], data: Float32Array.of(1, -2, 3.5, 0, 1e-30, 6e30) },
      b: { shape: [1], data: Float32Array.of(Number.NaN) },
    }
    await writeSafetensors(path, tensors)
    assert.deepEqual(Object.fromEntries(readTensors(path)), tensors)
  })

  test('the tensors of a file from elsewhere', () => {
    const { tensors } = openSafetensors(
      fixture('models', 'diffusers', 'tiny15', 'unet', 'diffusion_pytorch_model.safetensors'),
    )
    assert.equal(tensors.size, 686)
    assert.deepEqual(tensors.get('conv_in.weight')!.shape, [16, 4, 3, 3])
  })
})
