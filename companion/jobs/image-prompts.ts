import type { GenerateRequest } from '../engine/engine.ts'
import type { Checkpoint } from '../models/checkpoint.ts'
import { attendedPositions } from '../networks/unet-layout.ts'
import { prefixed, type Tensor, type Tensors } from '../runtime/tensor.ts'
import { maskAt, maskOf, type Mask } from '../vision/mask.ts'
import { adapterInputs, type GivenReference } from './adapter-inputs.ts'
import type { CompleteRecipe, CompleteReference } from './defaults.ts'
import { facesNamed } from './faces-named.ts'
import { imageTokens, type ImageTokens } from './image-tokens.ts'
import { contentKey } from './keep.ts'
import { layerWeights } from './layer-weights.ts'
import { acts } from './part-of-steps.ts'
import { pictureNamed } from './pictures.ts'
import type { SeenInPicture } from './reference-faces.ts'
import type { Workshop } from './workshop.ts'

/** A reference ready for the UNet: its tokens and, for guidance, those without it, and how much it counts when. */
export interface ImagePrompt {
  readonly prompt: ImageTokens
  readonly none: ImageTokens | undefined
  /** Whether its tokens are a face's as InstantID makes them, for its IdentityNet to read as well. */
  readonly isInstantId: boolean
  /** The first face that was seen in its pictures. */
  readonly seen: SeenInPicture | undefined
  /** What each layer takes, and where it acts: the same at every step. */
  readonly shares: Tensors
  /** Equal keys stand for equal shares. */
  readonly sharesKey: string
  /** Whether it acts in a region alone. */
  readonly masked: boolean
  readonly weight: number
  readonly start: number
  readonly end: number
}

/**
 * The recipe's references, each through its adapter, for latents of the given size; guided runs also need what stands
 * for no reference. Throws `picture-unknown` or
 * `recipe-invalid` for what was not given or is not read, and what looking for faces throws.
 */
export async function encodeReferences(
  shop: Workshop,
  checkpoint: Checkpoint,
  recipe: CompleteRecipe,
  given: Pick<GenerateRequest, 'pictures' | 'faces'>,
  { size, guided }: { readonly size: { readonly width: number; readonly height: number }; readonly guided: boolean },
): Promise<ImagePrompt[]> {
  const encoded: ImagePrompt[] = []
  const { config } = checkpoint.unet
  const whole = { width: recipe.size[0], height: recipe.size[1] }
  for (const reference of recipe.references) {
    const from = { ...shop.library.adapter(reference.adapter, checkpoint), checkpoint }
    const named = givenOf(reference, given)
    const { prompt, none, seen } = await adapterInputs(shop, from, named, { guided })
    const shares = {
      layers: vector(layerWeights(config, reference.mode ?? 'all', reference.layers)),
      ...(named.mask && masks(maskOf(named.mask, whole), attendedPositions(config, size))),
    }
    encoded.push({
      prompt: await imageTokens(shop, from, prompt),
      none: none.length > 0 ? await imageTokens(shop, from, none) : undefined,
      isInstantId: from.adapter.config.kind === 'instantid',
      seen,
      shares,
      sharesKey: Object.entries<Tensor>(shares)
        .map(([name, { data }]) => `${name} ${contentKey(data)}`)
        .join(' '),
      masked: named.mask !== undefined,
      weight: reference.weight,
      start: reference.start,
      end: reference.end,
    })
  }
  return encoded
}

/** What a reference names, by what was given under those names. */
function givenOf(
  { image, images, embedding, negative, mask, fit, cropAt, shortcut }: CompleteReference,
  { pictures, faces = {} }: Pick<GenerateRequest, 'pictures' | 'faces'>,
): GivenReference {
  const named = (name: string | undefined) => (name === undefined ? undefined : pictureNamed(name, pictures))
  return {
    pictures: (images ?? (image === undefined ? [] : [image])).map((name) => pictureNamed(name, pictures)),
    faces: embedding === undefined ? undefined : facesNamed(embedding, faces),
    negative: named(negative),
    mask: named(mask),
    fit,
    cropAt,
    shortcut,
  }
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
  prompts.forEach(({ shares, ...prompt }, r) => {
    const weight = vector([weightAt(prompt, step)])
    Object.assign(inputs, prefixed(`image.${r}`, { ...prompt[branch]?.keysValues, ...shares, weight }))
  })
  return inputs
}

/** A name for what each prompt adds at a step; those that rest have none. */
export const imagePromptKeys = (
  prompts: readonly ImagePrompt[],
  branch: 'prompt' | 'none',
  step: { i: number; n: number },
): string[] =>
  prompts.map((prompt) => {
    const weight = weightAt(prompt, step)
    if (weight === 0) return 'a reference rests'
    return `${prompt[branch]?.key ?? 'nothing'} at ${weight} by ${prompt.sharesKey}`
  })

const weightAt = (
  { weight, ...part }: Pick<ImagePrompt, 'weight' | 'start' | 'end'>,
  step: { i: number; n: number },
) => (acts(part, step) ? weight : 0)
