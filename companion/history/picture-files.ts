import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { hashPicture } from '../../shared/picture-stream.ts'
import type { Raster } from '../../shared/raster.ts'
import { pngOf } from '../files/png.ts'
import { writeWhole } from '../files/write-whole.ts'

/** Pictures as PNG files, named by what they show; what is the same is kept once. */
export interface PictureFiles {
  /** On the disk when it resolves, under the hash it resolves to: its own, which need not be taken again where it is known. */
  put(picture: Raster, hash?: string): Promise<string>
  /** The pixels that were put; undefined where the file is gone or is not what its name says. */
  get(hash: string): Promise<Raster | undefined>
  has(hash: string): boolean
  remove(hash: string): void
  /** Those whose files were written longer ago than that. */
  olderThan(ms: number): readonly string[]
  /** Bytes of the files of these pictures. */
  bytes(hashes: Iterable<string>): number
}

const ENDING = '.png'
const HASH = /^[0-9a-f]{64}$/

export function openPictureFiles(folder: string): PictureFiles {
  mkdirSync(folder, { recursive: true })
  const pathOf = (hash: string) => join(folder, hash + ENDING)
  const has = (hash: string) => existsSync(pathOf(hash))
  return {
    has,
    async put(picture, hash = hashPicture(picture)) {
      if (!has(hash)) await writeWhole(pathOf(hash), await pngOf(picture))
      return hash
    },
    async get(hash) {
      // Names come from panels: what is no hash may lead out of the folder.
      if (!HASH.test(hash) || !has(hash)) return undefined
      const decoded = await sharp(pathOf(hash))
        .raw()
        .toBuffer({ resolveWithObject: true })
        .catch(() => undefined)
      if (!decoded || (decoded.info.channels !== 3 && decoded.info.channels !== 4)) return undefined
      const { width, height, channels } = decoded.info
      const picture = { width, height, channels, data: new Uint8Array(decoded.data) }
      return hashPicture(picture) === hash ? picture : undefined
    },
    remove: (hash) => rmSync(pathOf(hash), { force: true }),
    olderThan: (ms) =>
      readdirSync(folder)
        .filter((name) => name.endsWith(ENDING) && statSync(join(folder, name)).mtimeMs < Date.now() - ms)
        .map((name) => name.slice(0, -ENDING.length)),
    bytes(hashes) {
      let sum = 0
      for (const hash of new Set(hashes)) sum += statSync(pathOf(hash), { throwIfNoEntry: false })?.size ?? 0
      return sum
    },
  }
}
