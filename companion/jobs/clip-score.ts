import type { Raster } from '../../shared/raster.ts'
import type { Fit } from '../../shared/recipe.ts'
import type { Checkpoint } from '../models/checkpoint.ts'
import type { ImageEncoder } from '../models/image-encoder.ts'
import type { Keep } from './keep.ts'
import type { Networks } from './networks.ts'
import { textStates } from './prompt.ts'
import { clipFeatures } from './references.ts'

/** How near a result is, in CLIP's eyes, to what was asked for: cosines in -1..1. */
export interface ClipScore {
  readonly reference?: number
  /** Absent where no text tower of the model shares a space with the image encoder. */
  readonly prompt?: number
}

/** What a result is held against, encoded as it was for making it, so that nothing is encoded twice. */
export interface Asked {
  readonly reference?: { readonly picture: Raster; readonly fit: Fit }
  readonly prompt?: string
  readonly clipSkip: number
}

/** Scores a result; the vision tower runs once for it, and whatever else was encoded before is taken from what is kept. */
export async function clipScore(
  kept: { readonly networks: Networks; readonly keep: Keep },
  { checkpoint, encoder }: { readonly checkpoint: Checkpoint; readonly encoder: ImageEncoder },
  result: Raster,
  { reference, prompt, clipSkip }: Asked,
): Promise<ClipScore> {
  const seen = async (picture: Raster, fit: Fit) =>
    (await clipFeatures(kept, encoder, picture, fit))['image_embeds']!.data
  const made = await seen(result, 'crop')
  const tower = checkpoint.towers.find(({ config }) => config.projectionSize === encoder.config.projectionSize)
  const penultimate = checkpoint.family === 'sdxl'
  return {
    ...(reference && { reference: cosine(made, await seen(reference.picture, reference.fit)) }),
    ...(prompt !== undefined &&
      tower && {
        prompt: cosine(made, (await textStates(kept, tower, prompt, { clipSkip, penultimate }))['embeds']!.data),
      }),
  }
}

/** Cosine of the angle between two vectors of one length; 0 where one of them is zero. */
export function cosine(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) throw new RangeError(`vectors of ${a.length} and ${b.length} numbers`)
  const dot = (x: Float32Array, y: Float32Array) => x.reduce((sum, value, i) => sum + value * y[i]!, 0)
  const lengths = Math.sqrt(dot(a, a) * dot(b, b))
  return lengths === 0 ? 0 : dot(a, b) / lengths
}
