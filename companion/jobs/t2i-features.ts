import { ImprintError } from '../../shared/errors.ts'
import type { Raster } from '../../shared/raster.ts'
import type { Checkpoint } from '../models/checkpoint.ts'
import type { T2iAdapter } from '../models/t2i-adapter.ts'
import { firstFeatureSize, t2iAdapterGraph } from '../networks/t2i-adapter.ts'
import { addedOnWayDown, type UNetConfig } from '../networks/unet-layout.ts'
import { prefixed, type Tensor, type Tensors } from '../runtime/tensor.ts'
import { controlPixels } from './control-picture.ts'
import type { CompleteControl, CompleteRecipe } from './defaults.ts'
import { pictureKey } from './keep.ts'
import { acts, type PartOfSteps } from './part-of-steps.ts'
import { pictureNamed } from './pictures.ts'
import type { Workshop } from './workshop.ts'

type Size = { readonly width: number; readonly height: number }
type Step = { readonly i: number; readonly n: number }

/** What a T2I-Adapter makes of a control's picture, once for all steps and both sides of guidance. */
export interface T2iFeatures extends PartOfSteps {
  /** Equal keys stand for equal features. */
  readonly key: string
  /** `feature.N`, in the order of the places they are added to. */
  readonly features: Tensors
  readonly weight: number
}

/**
 * The features of those of the recipe's controls that are T2I-Adapters, for latents of the given size. Throws
 * `picture-unknown`, and `recipe-invalid` for a control without picture or with what T2I-Adapters do not know.
 */
export async function encodeT2iAdapters(
  shop: Workshop,
  checkpoint: Checkpoint,
  { controls }: CompleteRecipe,
  pictures: Readonly<Record<string, Raster>>,
  size: Size,
): Promise<T2iFeatures[]> {
  const encoded: T2iFeatures[] = []
  for (const [i, control] of controls.entries()) {
    const adapter = shop.library.controlnet(control.controlnet, checkpoint)
    if (adapter.kind !== 't2i-adapter') continue
    refuseUnknown(adapter, control, i)
    const picture = pictureNamed(control.image!, pictures)
    const key = `features of ${pictureKey(picture)} ${control.preprocess} ${size.width}x${size.height} of ${adapter.identity}`
    const features = await shop.keep.get(key, () => featuresOf(shop, adapter, picture, control.preprocess, size))
    encoded.push({ key, features, weight: control.weight, start: control.start, end: control.end })
  }
  return encoded
}

function refuseUnknown({ name }: T2iAdapter, { image, guess, reads }: CompleteControl, i: number): void {
  const refuse = (field: string, why: string) => {
    throw new ImprintError('recipe-invalid', `recipe.controls.${i}.${field}: ${why}.`)
  }
  if (image === undefined) refuse('image', 'the picture is missing. Give one')
  if (reads === 'face') refuse('reads', `the T2I-Adapter "${name}" reads no face. Leave the field out`)
  if (guess) refuse('guess', `the T2I-Adapter "${name}" does not guess. Leave the field out`)
}

function featuresOf(
  { networks }: Workshop,
  { config, ledger, identity }: T2iAdapter,
  picture: Raster,
  preprocess: CompleteControl['preprocess'],
  size: Size,
): Promise<Tensors> {
  const { width, height } = firstFeatureSize(config, size)
  const pixels = { width: config.square * width, height: config.square * height }
  const hint = controlPixels(picture, preprocess, pixels, config.channels === 1 ? 'grey' : 'rgb')
  const build = () => t2iAdapterGraph(ledger.weights, config, size, networks.options)
  return networks.run(`t2i-adapter ${size.width}x${size.height} of ${identity}`, build, { hint })
}

/** What all T2I-Adapters together add to the UNet's way down at step i of n: zeros where none acts. */
export function t2iInputs(all: readonly T2iFeatures[], config: UNetConfig, size: Size, step: Step): Tensors {
  if (all.length === 0) return {}
  const sums = addedOnWayDown(config, size).map(({ name, shape }, i) => {
    const data = new Float32Array(shape.reduce((product, side) => product * side, 1))
    for (const { features, weight, ...part } of all) {
      const feature = acts(part, step) ? features[`feature.${i}`] : undefined
      feature?.data.forEach((value, at) => (data[at]! += weight * value))
    }
    return [name, { shape, data }] as const
  })
  return prefixed('t2i', Object.fromEntries<Tensor>(sums))
}

/** A name for what each adds at a step; those that rest have none. */
export const t2iKeys = (all: readonly T2iFeatures[], step: Step): string[] =>
  all.map(({ key, weight, ...part }) => (acts(part, step) && weight !== 0 ? `${key} at ${weight}` : 'features rest'))
