import { existsSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import sharp from 'sharp'
import { asImprintError, ImprintError } from '../../shared/errors.ts'
import { withRecipe } from './recipe-in-png.ts'
import { pngOf } from '../files/png.ts'
import { writeWhole } from '../files/write-whole.ts'
import type { Raster } from '../../shared/raster.ts'
import type { Recipe } from '../../shared/recipe.ts'
import { pictureKeys } from '../../shared/recipe-pictures.ts'

/** Pixels of a picture file Imprint takes at most. */
const MAX_PIXELS = 8192 * 8192

/** A picture file as 8-bit pixels, RGB or with alpha; throws `picture-invalid` naming the file. */
export async function readPicture(path: string): Promise<Raster> {
  if (!existsSync(path)) throw new ImprintError('picture-invalid', `There is no picture ${path}. Check the path.`)
  try {
    const { data, info } = await sharp(path, { limitInputPixels: MAX_PIXELS })
      // Cameras store how they were held; people see pictures upright.
      .autoOrient()
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true })
    const channels = info.channels === 2 || info.channels === 4 ? 4 : 3
    return { width: info.width, height: info.height, channels, data: spread(data, info.channels) }
  } catch (cause) {
    throw new ImprintError(
      'picture-invalid',
      `The picture ${basename(path)} cannot be read. Use a PNG, JPEG or WebP file.`,
      { cause },
    )
  }
}

/** Grey repeated in all three colours. */
function spread(data: Uint8Array, channels: number): Uint8Array {
  if (channels >= 3) return data
  const wide = new Uint8Array((data.length / channels) * (channels + 2))
  for (let i = 0; i < data.length / channels; i++) {
    wide.fill(data[i * channels]!, i * (channels + 2), i * (channels + 2) + 3)
    if (channels === 2) wide[4 * i + 3] = data[2 * i + 1]!
  }
  return wide
}

/**
 * Every picture a recipe names, by that name, `except` some that are no files; paths are relative to `folder`. Throws
 * `picture-invalid` naming the recipe's key and the file.
 */
export async function readPictures(
  recipe: Recipe,
  folder: string,
  except: readonly string[] = [],
): Promise<Record<string, Raster>> {
  const pictures = await Promise.all(
    [...pictureKeys(recipe)]
      .filter(([name]) => !except.includes(name))
      .map(async ([name, key]) => [name, await readNamed(key, resolve(folder, name))] as const),
  )
  return Object.fromEntries(pictures)
}

const readNamed = (key: string, path: string): Promise<Raster> =>
  readPicture(path).catch((thrown: unknown) => {
    const { code, message } = asImprintError(thrown)
    throw new ImprintError(code, `${key}: ${message}`, { cause: thrown })
  })

/** Writes pixels as a PNG file, which says by which recipe they were made where there is one. */
export async function writePng(path: string, picture: Raster, recipe?: Recipe): Promise<void> {
  const png = await pngOf(picture)
  await writeWhole(path, recipe ? withRecipe(png, recipe, path) : png)
}

/** The picture at another size, smoothly. */
export async function resized(
  { width, height, channels, data }: Raster,
  to: { width: number; height: number },
): Promise<Raster> {
  const pixels = await sharp(data, { raw: { width, height, channels } })
    .resize(to.width, to.height, { fit: 'fill', kernel: 'lanczos3' })
    .raw()
    .toBuffer()
  return { ...to, channels, data: pixels }
}
