/** Are faces read from a file in every shape people save them in, and everything else refused by a sentence? */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { readFaceFile, readFaces } from '../../companion/cli/face-files.ts'
import { facesNamed } from '../../companion/jobs/faces-named.ts'
import { writeSafetensors } from '../../companion/weights/write.ts'
import { LIMITS } from '../../shared/limits.ts'
import { safetensorsBytes, temporaryFolder } from '../support/craft-safetensors.ts'

const folder = temporaryFolder()
after(() => folder.dispose())

const numbers = (length: number) => Float32Array.from({ length }, (_, i) => i / 8)
async function stored(shape: readonly number[], tensor = 'face_embedding'): Promise<string> {
  const path = join(folder.path, `${tensor} ${shape.join('x')}.safetensors`)
  await writeSafetensors(path, { [tensor]: { shape, data: numbers(shape.reduce((a, b) => a * b, 1)) } })
  return path
}

/** A file whose tensor says it has this dtype, of bytes that fit. */
function typed(dtype: string, bytes: Uint8Array<ArrayBuffer>): string {
  const tensor = { dtype, shape: [2], data_offsets: [0, bytes.byteLength] }
  return folder.put(`${dtype}.safetensors`, safetensorsBytes({ face_embedding: tensor }, bytes))
}

describe('faces in a file', () => {
  test('one as a vector, as a row, and as a row of a batch', async () => {
    for (const shape of [[512], [1, 512], [1, 1, 512]]) {
      assert.deepEqual(readFaceFile(await stored(shape)), [numbers(512)])
    }
  })

  test('several, a row each, with and without a batch', async () => {
    const rows = [0, 1, 2].map((row) => numbers(3 * 512).slice(512 * row, 512 * (row + 1)))
    for (const shape of [
      [3, 512],
      [1, 3, 512],
    ]) {
      assert.deepEqual(readFaceFile(await stored(shape)), rows)
    }
  })

  test('as many as there may be', async () => {
    assert.equal(readFaceFile(await stored([LIMITS.faces, LIMITS.faceNumbers])).length, LIMITS.faces)
  })

  test('in half precision', () => {
    // 1.5 and -2, sign, five bits of exponent and ten of fraction.
    const halves = new Uint8Array(Uint16Array.of(0x3e00, 0xc000).buffer)
    assert.deepEqual(readFaceFile(typed('F16', halves)), [Float32Array.of(1.5, -2)])
  })

  test('are found beside the recipe, under the name it gives them', async () => {
    const path = await stored([512])
    const recipe = { prompt: '', references: [{ image: 'a.png' }, { embedding: 'face_embedding 512.safetensors' }] }
    assert.deepEqual(readFaces(recipe, folder.path), { 'face_embedding 512.safetensors': readFaceFile(path) })
  })
})

describe('refused in one sentence', () => {
  const refused = (path: string, code: string, message: RegExp) =>
    assert.throws(() => readFaceFile(path), { code, message })

  test('no file, a folder, and no tensor of that name', async () => {
    refused(
      join(folder.path, 'none.safetensors'),
      'recipe-invalid',
      /^recipe\.references\.embedding: there is no file /,
    )
    refused(folder.path, 'recipe-invalid', /there is no file /)
    refused(
      await stored([512], 'face'),
      'recipe-invalid',
      /face 512\.safetensors holds no tensor "face_embedding"\. Save /,
    )
  })

  test('other shapes, and more than there may be', async () => {
    for (const shape of [[2, 1, 512], [1, 1, 1, 512], [LIMITS.faces + 1, 4], [LIMITS.faceNumbers + 1], [0, 512], []]) {
      const message = new RegExp(`"face_embedding" of .* is \\[${shape.join(', ')}\\]\\. Give up to 16 faces`)
      refused(await stored(shape), 'recipe-invalid', message)
    }
  })

  test('numbers of another type, and a file that is none or ends too early', () => {
    refused(typed('F64', new Uint8Array(16)), 'model-unsupported', /stores "face_embedding" as F64\. Use /)
    refused(folder.put('junk.safetensors', 'no numbers'), 'model-invalid', /junk\.safetensors/)
    const short = { dtype: 'F32', shape: [2], data_offsets: [0, 8] }
    const bytes = safetensorsBytes({ face_embedding: short }, new Uint8Array(4))
    refused(folder.put('short.safetensors', bytes), 'model-invalid', /short\.safetensors/)
  })
})

describe('faces under a name', () => {
  const faces = { ada: [Float32Array.of(1, 2)], bad: [Float32Array.of(1), Float32Array.of(1, NaN)], none: [] }

  test('are the ones that came along', () => assert.deepEqual(facesNamed('ada', faces), faces.ada))

  test('that did not come along, or hold what is no number, are refused by that name', () => {
    for (const name of ['eve', 'toString', '__proto__']) {
      const message = new RegExp(`^recipe\\.references\\.embedding: the face "${name}" was not given\\.`)
      assert.throws(() => facesNamed(name, faces), { code: 'recipe-invalid', message })
    }
    assert.throws(() => facesNamed('bad', faces), { code: 'recipe-invalid', message: /"bad" holds what is no number/ })
    const huge = { ada: [Float32Array.of(1e39)] }
    assert.throws(() => facesNamed('ada', huge), { code: 'recipe-invalid', message: /no number/ })
  })
})
