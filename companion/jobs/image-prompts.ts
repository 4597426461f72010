import type { Raster } from '../../shared/raster.ts'
import type { Checkpoint } from '../models/checkpoint.ts'
import { attendedPositions } from '../networks/unet-layout.ts'
import { prefixed, type Tensor, type Tensors } from '../runtime/tensor.ts'
import { maskAt, maskOf, type Mask } from '../vision/mask.ts'
import type { CompleteRecipe } from './defaults.ts'
import { layerWeights } from './layer-weights.ts'
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
    const given = (reference.images ?? [reference.image!]).map((name) => pictureNamed(name, pictures))
    encoded.push({
      tokens: given.length * from.adapter.config.tokens,
      prompt: await pictureKeysValues(shop, from, given, reference.fit),
      none: recipe.guidance > 1 ? await noPictureKeysValues(shop, from, given.length) : {},
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

const vector = (values: readonly number[]): Tensor => ({ shape: [values.length], data: Float32Array.from(values) })

/** The mask for each number of positions at which the UNet attends: `mask.N` [N, 1]. */
const masks = (mask: Mask, positions: readonly number[]): Tensors =>
  Object.fromEntries(positions.map((n) => [`mask.${n}`, { shape: [n, 1], data: maskAt(mask, n) }]))

/** The image prompts' inputs of the UNet for step i of n; a prompt acts when the whole step lies within its part. */
export function imagePromptInputs(
  prompts: readonly ImagePrompt[],
  branch: 'prompt' | 'none',
  { i, n }: { i: number; n: number },
): Tensors {
  const inputs: Record<string, Tensor> = {}
  prompts.forEach(({ start, end, weight, shares, ...keysValues }, r) => {
    const acts = i / n >= start && (i + 1) / n <= end
    const given = { ...keysValues[branch], ...shares, weight: vector([acts ? weight : 0]) }
    Object.assign(inputs, prefixed(`image.${r}`, given))
  })
  return inputs
}
