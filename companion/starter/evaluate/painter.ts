import { basename } from 'node:path'
import type { Raster } from '../../../shared/raster.ts'
import type { Recipe } from '../../../shared/recipe.ts'
import { ImprintError } from '../../../shared/errors.ts'
import { imprint } from '../../jobs/imprint.ts'
import { createKeep } from '../../jobs/keep.ts'
import { createNetworks } from '../../jobs/networks.ts'
import { openLibrary } from '../../models/library.ts'

/** What is asked of a model; everything else is its own usual setting. */
export interface Wish {
  readonly prompt: string
  readonly seed: number
  readonly reference?: { readonly picture: Raster; readonly weight: number }
}

/** A model folder at work, by the very job that serves the panel. */
export interface Painter {
  readonly folder: string
  readonly megabytes: number
  /** Seconds each picture took so far. */
  readonly seconds: readonly number[]
  paint(wish: Wish): Promise<Raster>
}

/** Opens the first checkpoint of a folder; throws `model-missing` where there is none. */
export function openPainter(folder: string): Painter {
  const library = openLibrary([folder])
  const checkpoint = library.checkpoint(undefined)
  const entry = library.entries().find(({ path }) => path === checkpoint.folder)
  const shop = { library, networks: createNetworks('cpu', { attention: 'fused' }), keep: createKeep() }
  const seconds: number[] = []
  return {
    folder,
    megabytes: (entry?.bytes ?? 0) / 1e6,
    seconds,
    async paint({ prompt, seed, reference }) {
      const recipe: Recipe = {
        prompt,
        seed,
        ...(reference && { references: [{ image: PICTURE, weight: reference.weight }] }),
      }
      for await (const event of imprint(shop, {
        recipe,
        pictures: reference ? { [PICTURE]: reference.picture } : {},
      })) {
        if (event.type !== 'result') continue
        seconds.push(event.seconds)
        return event.picture
      }
      throw new ImprintError('engine-failed', `${basename(folder)} ended without a picture. Try again.`)
    },
  }
}

const PICTURE = 'reference'
