/** Is a file that ends too early noticed wherever its bytes are read? */
import assert from 'node:assert/strict'
import { closeSync, openSync, truncateSync } from 'node:fs'
import { after, test } from 'node:test'
import { readExactly } from '../../companion/weights/read-exactly.ts'
import { readRows } from '../../companion/weights/read.ts'
import { openSafetensors } from '../../companion/weights/safetensors.ts'
import { safetensorsBytes, temporaryFolder } from '../support/craft-safetensors.ts'

const folder = temporaryFolder()
after(() => folder.dispose())

test('the bytes that were asked for, or what the caller makes of their absence', () => {
  const descriptor = openSync(folder.put('six', 'abcdef'), 'r')
  try {
    const read = (offset: number, bytes: number) =>
      readExactly(descriptor, offset, bytes, () => new RangeError('short')).toString()
    assert.equal(read(2, 4), 'cdef')
    assert.throws(() => read(3, 4), RangeError)
  } finally {
    closeSync(descriptor)
  }
})

test('a weights file cut short after it was opened', () => {
  const header = { table: { dtype: 'F32', shape: [2, 1], data_offsets: [0, 8] } }
  const path = folder.put('cut.safetensors', safetensorsBytes(header, new Uint8Array(8)))
  const table = openSafetensors(path).tensors.get('table')!
  assert.deepEqual([...readRows(table, [1])], [0])
  truncateSync(path, table.offset + 6)
  assert.throws(() => readRows(table, [1]), {
    code: 'model-invalid',
    message: 'cut.safetensors ends inside "table". Download it again.',
  })
})
