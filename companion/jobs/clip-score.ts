import type { Raster } from '../../shared/raster.ts'
import { ImprintError } from '../../shared/errors.ts'
import type { Score } from '../../shared/score.ts'
import type { Checkpoint } from '../models/checkpoint.ts'
import type { ImageEncoder } from '../models/image-encoder.ts'
import { wordsOf } from '../text/emphasis.ts'
import type { CompleteRecipe } from './defaults.ts'
import { pictureNamed } from './pictures.ts'
import { textStates } from './text-states.ts'
import { clipFeatures, oneSquare, type OneSquare } from './clip-features.ts'
import type { Kept, Workshop } from './workshop.ts'

/** What a result is held against, encoded as it was for making it, so that nothing but tiles is encoded twice. */
export interface Asked {
  readonly reference?: { readonly picture: Raster; readonly fit: OneSquare; readonly cropAt?: number | undefined }
  readonly prompt?: string
  readonly clipSkip: number
}

/**
 * Scores what a recipe made against its first reference that is a picture, and against its words, through the image encoder
 * of that reference's adapter, or of any that fits; says nothing where there is no encoder.
 */
export async function scoreOf(
  shop: Workshop,
  checkpoint: Checkpoint,
  { references, prompt, notation, clipSkip }: CompleteRecipe,
  pictures: Readonly<Record<string, Raster>>,
  result: Raster,
): Promise<Score> {
  const seen = references.find(({ image, images }) => image ?? images)
  const name = seen?.image ?? seen?.images?.[0]
  const encoder = encoderFor(shop, checkpoint, seen?.adapter)
  if (!encoder) return {}
  const words = wordsOf(prompt, notation)
  return clipScore(shop, { checkpoint, encoder }, result, {
    ...(seen &&
      name !== undefined && {
        reference: { picture: pictureNamed(name, pictures), fit: oneSquare(seen.fit), cropAt: seen.cropAt },
      }),
    ...(words.trim() !== '' && { prompt: words }),
    clipSkip,
  })
}

function encoderFor({ library }: Workshop, checkpoint: Checkpoint, adapter: string | undefined) {
  try {
    return library.adapter(adapter, checkpoint).encoder
  } catch (thrown) {
    // Without an adapter nothing looks at pictures, and words alone make them.
    if (adapter === undefined && thrown instanceof ImprintError && thrown.code === 'model-missing') return undefined
    throw thrown
  }
}

/** Scores a result; the vision tower runs once for it, and whatever else was encoded before is taken from what is kept. */
export async function clipScore(
  kept: Kept,
  { checkpoint, encoder }: { readonly checkpoint: Checkpoint; readonly encoder: ImageEncoder },
  result: Raster,
  { reference, prompt, clipSkip }: Asked,
): Promise<Score> {
  const seen = async (picture: Raster, fit: OneSquare, cropAt?: number) =>
    (await clipFeatures(kept, encoder, picture, fit, cropAt))['image_embeds']!.data
  const made = await seen(result, 'crop')
  const tower = checkpoint.towers.find(({ config }) => config.projectionSize === encoder.config.projectionSize)
  const penultimate = checkpoint.family === 'sdxl'
  return {
    ...(reference && { reference: cosine(made, await seen(reference.picture, reference.fit, reference.cropAt)) }),
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
  // Rounding may leave a vector more than wholly like itself.
  return lengths === 0 ? 0 : Math.min(1, Math.max(-1, dot(a, b) / lengths))
}
