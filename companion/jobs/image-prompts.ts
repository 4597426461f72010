import type { Raster } from '../../shared/raster.ts'
import type { Checkpoint } from '../models/checkpoint.ts'
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
  readonly weight: number
  readonly layers: readonly number[]
  readonly start: number
  readonly end: number
  /** Where it acts; undefined for everywhere. */
  readonly mask: Mask | undefined
}

/** The recipe's references, each through its adapter; throws `picture-unknown` for a picture that was not given. */
export async function encodeReferences(
  shop: Workshop,
  checkpoint: Checkpoint,
  recipe: CompleteRecipe,
  pictures: Readonly<Record<string, Raster>>,
): Promise<ImagePrompt[]> {
  const encoded: ImagePrompt[] = []
  const size = { width: recipe.size[0], height: recipe.size[1] }
  for (const reference of recipe.references) {
    const from = { ...shop.library.adapter(reference.adapter, checkpoint), checkpoint }
    const given = (reference.images ?? [reference.image!]).map((name) => pictureNamed(name, pictures))
    encoded.push({
      tokens: given.length * from.adapter.config.tokens,
      prompt: await pictureKeysValues(shop, from, given, reference.fit),
      none: recipe.guidance > 1 ? await noPictureKeysValues(shop, from, given.length) : {},
      weight: reference.weight,
      layers: layerWeights(checkpoint.unet.config, reference.mode ?? 'all', reference.layers),
      start: reference.start,
      end: reference.end,
      mask: reference.mask === undefined ? undefined : maskOf(pictureNamed(reference.mask, pictures), size),
    })
  }
  return encoded
}

/**
 * The image prompts' inputs of the UNet for step i of n; a prompt acts when the whole step lies within its part.
 * `positions` are the numbers of positions at which the UNet attends, for the masks.
 */
export function imagePromptInputs(
  prompts: readonly ImagePrompt[],
  branch: 'prompt' | 'none',
  { i, n, positions }: { i: number; n: number; positions: readonly number[] },
): Tensors {
  const inputs: Record<string, Tensor> = {}
  prompts.forEach(({ layers, start, end, weight, mask, ...keysValues }, r) => {
    const acts = i / n >= start && (i + 1) / n <= end
    Object.assign(inputs, prefixed(`image.${r}`, keysValues[branch]))
    inputs[`image.${r}.weight`] = { shape: [1], data: Float32Array.of(acts ? weight : 0) }
    inputs[`image.${r}.layers`] = { shape: [layers.length], data: Float32Array.from(layers) }
    if (!mask) return
    for (const n of positions) inputs[`image.${r}.mask.${n}`] = { shape: [n, 1], data: maskAt(mask, n) }
  })
  return inputs
}
