import { ImprintError } from '../../shared/errors.ts'

/** The faces a recipe names as numbers, a row each; throws `recipe-invalid` when they did not come along or are no numbers. */
export function facesNamed(
  name: string,
  faces: Readonly<Record<string, readonly Float32Array[]>>,
): readonly Float32Array[] {
  const rows = Object.hasOwn(faces, name) ? faces[name] : undefined
  if (!rows) {
    throw new ImprintError(
      'recipe-invalid',
      `recipe.references.embedding: the face "${name}" was not given. Send its numbers along.`,
    )
  }
  if (rows.every((row) => row.every(Number.isFinite))) return rows
  throw new ImprintError(
    'recipe-invalid',
    `recipe.references.embedding: the face "${name}" holds what is no number. Use another file of it.`,
  )
}
