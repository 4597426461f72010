import { ImprintError } from '../../shared/errors.ts'
import type { Raster } from '../../shared/raster.ts'
import type { Checkpoint } from '../models/checkpoint.ts'
import type { Fit } from '../../shared/recipe.ts'
import type { ImageEncoder } from '../models/image-encoder.ts'
import type { AdapterWithEncoder } from '../models/library.ts'
import { adapterReads } from '../networks/ip-adapter/config.ts'
import { attendedPositions } from '../networks/unet-layout.ts'
import { prefixed, type Tensor, type Tensors } from '../runtime/tensor.ts'
import { clipSquares } from '../vision/preprocess.ts'
import { maskAt, maskOf, type Mask } from '../vision/mask.ts'
import type { CompleteRecipe } from './defaults.ts'
import { layerWeights } from './layer-weights.ts'
import { acts } from './part-of-steps.ts'
import { pictureNamed } from './pictures.ts'
import { noPictureKeysValues, pictureKeysValues } from './references.ts'
import type { Workshop } from './workshop.ts'

/** A reference ready for the UNet: keys and values with it and, for guidance, without, and how much it counts when. */
export interface ImagePrompt {
  readonly tokens: number
  readonly prompt: Tensors
  readonly none: Tensors
  /** What each layer takes, and where it acts: the same at every step. */
  readonly shares: Tensors
  /** Whether it acts in a region alone. */
  readonly masked: boolean
  readonly weight: number
  readonly start: number
  readonly end: number
}

/** The recipe's references, each through its adapter, for latents of the given size; throws `picture-unknown` for a picture that was not given. */
export async function encodeReferences(
  shop: Workshop,
  checkpoint: Checkpoint,
  recipe: CompleteRecipe,
  pictures: Readonly<Record<string, Raster>>,
  size: { readonly width: number; readonly height: number },
): Promise<ImagePrompt[]> {
  const encoded: ImagePrompt[] = []
  const { config } = checkpoint.unet
  const whole = { width: recipe.size[0], height: recipe.size[1] }
  for (const reference of recipe.references) {
    const from = { ...shop.library.adapter(reference.adapter, checkpoint), checkpoint }
    refuseFaces(from)
    const { seen, fit } = squaresOf(
      (reference.images ?? [reference.image!]).map((name) => pictureNamed(name, pictures)),
      reference.fit,
      from.encoder,
    )
    const negative = reference.negative === undefined ? undefined : pictureNamed(reference.negative, pictures)
    encoded.push({
      tokens: seen.length * from.adapter.config.tokens,
      prompt: await pictureKeysValues(shop, from, seen, fit),
      none:
        recipe.guidance <= 1
          ? {}
          : negative
            ? await pictureKeysValues(shop, from, Array<Raster>(seen.length).fill(negative), 'crop')
            : await noPictureKeysValues(shop, from, seen.length),
      shares: {
        layers: vector(layerWeights(config, reference.mode ?? 'all', reference.layers)),
        ...(reference.mask !== undefined &&
          masks(maskOf(pictureNamed(reference.mask, pictures), whole), attendedPositions(config, size))),
      },
      masked: reference.mask !== undefined,
      weight: reference.weight,
      start: reference.start,
      end: reference.end,
    })
  }
  return encoded
}

/** The pictures an encoder looks at: those given, or for the fit "tile" the squares along them. */
function squaresOf(
  given: readonly Raster[],
  fit: Fit,
  encoder: ImageEncoder,
): { readonly seen: readonly Raster[]; readonly fit: Fit } {
  if (fit !== 'tile') return { seen: given, fit }
  const seen = given.flatMap((picture) => clipSquares(picture, fit, encoder.config.imageSize))
  if (seen.length <= MAX_SQUARES) return { seen, fit: 'crop' }
  throw new ImprintError(
    'recipe-invalid',
    `recipe.references: the pictures of one reference make ${seen.length} tiles; give fewer, so that there are at most ${MAX_SQUARES}.`,
  )
}

/** As many as a reference may have pictures. */
const MAX_SQUARES = 16

/** Faces are found and told apart, but no job looks for them yet. */
function refuseFaces(
  from: AdapterWithEncoder,
): asserts from is AdapterWithEncoder & { readonly encoder: ImageEncoder } {
  if (from.encoder && !adapterReads(from.adapter.config).face) return
  throw new ImprintError(
    'model-unsupported',
    `The adapter "${from.name}" reads faces, which Imprint cannot give it yet. Choose one that reads pictures.`,
  )
}

const vector = (values: readonly number[]): Tensor => ({ shape: [values.length], data: Float32Array.from(values) })

/** The mask for each number of positions at which the UNet attends: `mask.N` [N, 1]. */
const masks = (mask: Mask, positions: readonly number[]): Tensors =>
  Object.fromEntries(positions.map((n) => [`mask.${n}`, { shape: [n, 1], data: maskAt(mask, n) }]))

/** The image prompts' inputs of the UNet for step i of n; a prompt acts when the whole step lies within its part. */
export function imagePromptInputs(
  prompts: readonly ImagePrompt[],
  branch: 'prompt' | 'none',
  step: { i: number; n: number },
): Tensors {
  const inputs: Record<string, Tensor> = {}
  prompts.forEach(({ start, end, weight, shares, ...keysValues }, r) => {
    const given = { ...keysValues[branch], ...shares, weight: vector([acts({ start, end }, step) ? weight : 0]) }
    Object.assign(inputs, prefixed(`image.${r}`, given))
  })
  return inputs
}
