import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { Raster } from '../../shared/raster.ts'
import type { Tensors } from '../runtime/tensor.ts'

/** Results of networks that depend neither on the step nor on the weight, by the content they were made from. */
export interface Keep {
  /** What is kept under the key, or what `make` returns, kept from now on. */
  get(key: string, make: () => Promise<Tensors>): Promise<Tensors>
}

/** Enough for the keys and values of some twenty prompts and pictures of an SDXL model. */
const DEFAULT_LIMIT = 512 * 2 ** 20

export function createKeep(limitBytes = DEFAULT_LIMIT): Keep {
  const kept = new LRUCache<string, Tensors>({
    maxSize: limitBytes,
    sizeCalculation: (tensors) => Object.values(tensors).reduce((sum, { data }) => sum + data.byteLength, 1),
  })
  return {
    async get(key, make) {
      const known = kept.get(key)
      if (known) return known
      const made = await make()
      kept.set(key, made)
      return made
    },
  }
}

/** A name for numbers, equal for equal bytes. */
export const contentKey = (data: NodeJS.ArrayBufferView): string => createHash('sha256').update(data).digest('hex')

/** A name for the pixels of a picture, equal for equal pixels. */
export const pictureKey = ({ width, height, channels, data }: Raster): string =>
  `${width}x${height}x${channels}:${contentKey(data)}`
