import { ImprintError } from '../../shared/errors.ts'
import type { Raster } from '../../shared/raster.ts'

/** The picture a recipe names; throws `picture-unknown` when it did not come along. */
export function pictureNamed(name: string, pictures: Readonly<Record<string, Raster>>): Raster {
  const picture = Object.hasOwn(pictures, name) ? pictures[name] : undefined
  if (picture) return picture
  throw new ImprintError(
    'picture-unknown',
    `The recipe names the picture "${name}", which was not given. Send it along.`,
  )
}
