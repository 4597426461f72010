import { statSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { ImprintError } from '../../shared/errors.ts'
import { LIMITS } from '../../shared/limits.ts'
import type { Recipe } from '../../shared/recipe.ts'
import { faceNames } from '../../shared/recipe-faces.ts'
import { readRows } from '../weights/read.ts'
import { openSafetensors, type StoredTensor } from '../weights/safetensors.ts'

/** What a file calls the numbers of its faces. */
const TENSOR = 'face_embedding'

/** Every face a recipe names as numbers, by that name; paths are relative to `folder`. Throws `recipe-invalid` or `model-invalid`. */
export const readFaces = (recipe: Recipe, folder: string): Record<string, readonly Float32Array[]> =>
  Object.fromEntries(faceNames(recipe).map((name) => [name, readFaceFile(resolve(folder, name))]))

/** The faces in a safetensors file, a row each: `face_embedding` [n], [faces, n] or [1, faces, n], as floats of 16 or 32 bits. */
export function readFaceFile(path: string): readonly Float32Array[] {
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) {
    throw new ImprintError('recipe-invalid', `recipe.references.embedding: there is no file ${path}. Check the path.`)
  }
  const tensor = openSafetensors(path).tensors.get(TENSOR)
  if (!tensor) {
    throw new ImprintError(
      'recipe-invalid',
      `recipe.references.embedding: ${basename(path)} holds no tensor "${TENSOR}". Save the face's numbers under that name.`,
    )
  }
  const [faces, numbers] = rowsOf(tensor, path)
  const rows = Array.from({ length: faces }, (_, i) => i)
  const data = readRows({ ...tensor, shape: [faces, numbers] }, rows)
  return rows.map((i) => data.slice(i * numbers, (i + 1) * numbers))
}

function rowsOf({ shape }: StoredTensor, path: string): readonly [faces: number, numbers: number] {
  const [numbers = 0, faces = 1, ones = 1] = shape.toReversed()
  const few = faces >= 1 && faces <= LIMITS.faces && numbers >= 1 && numbers <= LIMITS.faceNumbers
  if (few && shape.length <= 3 && ones === 1) return [faces, numbers]
  throw new ImprintError(
    'recipe-invalid',
    `recipe.references.embedding: "${TENSOR}" of ${basename(path)} is [${shape.join(', ')}]. Give up to ${LIMITS.faces} faces, a row of numbers each.`,
  )
}
