import { ImprintError } from '../../shared/errors.ts'
import type { Raster } from '../../shared/raster.ts'
import type { Checkpoint } from '../models/checkpoint.ts'
import type { ControlNet } from '../models/controlnet.ts'
import { controlHintGraph, controlKeysValuesGraph, hintScale, readsStates } from '../networks/controlnet.ts'
import { leftForWayUp } from '../networks/unet-layout.ts'
import type { Tensor, Tensors } from '../runtime/tensor.ts'
import { controlPixels } from './control-picture.ts'
import type { CompleteControl, CompleteRecipe } from './defaults.ts'
import { pictureKey } from './keep.ts'
import { pictureNamed } from './pictures.ts'
import type { KeyedStates } from './prompt.ts'
import type { Workshop } from './workshop.ts'

type Size = { readonly width: number; readonly height: number }
type Branch = 'prompt' | 'none'

/** What cross-attentions read on either side of guidance; without guidance there is one side alone. */
export type BothStates = Readonly<Record<Branch, KeyedStates | undefined>>

/** The face that controls read: its tokens [n, width], and its points drawn where a control has no picture of its own. */
export interface ControlFace {
  readonly tokens: BothStates
  readonly keyPoints: Raster | undefined
}

/** A control ready for its ControlNet: what it is shown, what it reads, and how much of it counts when. */
export interface EncodedControl {
  readonly net: ControlNet
  /** Equal keys stand for equal pictures and weights. */
  readonly key: string
  /** The picture as embedded.  [1, widths[0], h, w] */
  readonly hint: Tensor
  /** What it reads on each side of guidance, which stands in the key of what comes of it. */
  readonly reads: BothStates
  readonly tokens: number
  /** Keys and values on each side of guidance; none on a side where it does not act. */
  readonly keysValues: Readonly<Record<Branch, Tensors | undefined>>
  /** One for each of its results. */
  readonly weights: Tensor
  readonly start: number
  readonly end: number
}

/**
 * Those of the recipe's controls that are ControlNets, for latents of the given size. Throws `picture-unknown`, and
 * `recipe-invalid` for a control without picture or face.
 */
export async function encodeControls(
  shop: Workshop,
  checkpoint: Checkpoint,
  recipe: CompleteRecipe,
  pictures: Readonly<Record<string, Raster>>,
  { size, text, face }: { readonly size: Size; readonly text: BothStates; readonly face: ControlFace | undefined },
): Promise<EncodedControl[]> {
  const encoded: EncodedControl[] = []
  for (const [i, control] of recipe.controls.entries()) {
    const net = shop.library.controlnet(control.controlnet, checkpoint)
    if (net.kind !== 'controlnet') continue
    const { picture, read } = given(control, i, pictures, text, face)
    const weights = resultWeights(control, leftForWayUp(net.config, size).length)
    encoded.push({
      net,
      key: `${net.identity} of ${pictureKey(picture)} ${control.preprocess} at ${weights.data.join()}`,
      reads: read,
      hint: await embeddedHint(shop, net, picture, control.preprocess, size),
      tokens: read.prompt!.states.shape[0]!,
      keysValues: {
        prompt: await keysValues(shop, net, read.prompt!),
        none: read.none && !control.guess ? await keysValues(shop, net, read.none) : undefined,
      },
      weights,
      start: control.start,
      end: control.end,
    })
  }
  return encoded
}

/** The picture a control shows, and what it reads beside it. */
function given(
  control: CompleteControl,
  i: number,
  pictures: Readonly<Record<string, Raster>>,
  text: BothStates,
  face: ControlFace | undefined,
): { readonly picture: Raster; readonly read: BothStates } {
  const shown = control.image === undefined ? undefined : pictureNamed(control.image, pictures)
  if (control.reads === 'face') {
    const picture = shown ?? face?.keyPoints
    if (face && picture) return { picture, read: face.tokens }
    if (face)
      throw new ImprintError(
        'recipe-invalid',
        `recipe.controls.${i}.image: a face that comes as numbers has no pose to draw. Give a picture of the pose.`,
      )
    throw new ImprintError(
      'recipe-invalid',
      `recipe.controls.${i}: it reads a face, and no reference gives one. Add a reference with an InstantID adapter.`,
    )
  }
  if (shown) return { picture: shown, read: text }
  throw new ImprintError('recipe-invalid', `recipe.controls.${i}.image: the picture is missing. Give one.`)
}

/** Equal weights; or, where the network guesses, from a tenth at the first result to the whole at the middle block. */
export function resultWeights({ weight, guess }: Pick<CompleteControl, 'weight' | 'guess'>, results: number): Tensor {
  const share = (i: number) => (guess ? 10 ** (i / (results - 1) - 1) : 1)
  return { shape: [results], data: Float32Array.from({ length: results }, (_, i) => weight * share(i)) }
}

/** A control's picture through the first part of its network, kept for every later run. */
async function embeddedHint(
  { networks, keep }: Workshop,
  { config, ledger, identity }: ControlNet,
  picture: Raster,
  preprocess: CompleteControl['preprocess'],
  size: Size,
): Promise<Tensor> {
  const about = `${size.width}x${size.height} of ${identity}`
  const { embedding } = await keep.get(`hint of ${pictureKey(picture)} ${preprocess} ${about}`, () => {
    const scale = hintScale(config)
    const pixels = { width: scale * size.width, height: scale * size.height }
    const build = () => controlHintGraph(ledger.weights, config, size, networks.options)
    const hint = controlPixels(picture, preprocess, pixels, config.hintOrder)
    return networks.run(`controlnet-hint ${about}`, build, { hint })
  })
  return embedding!
}

async function keysValues(
  { networks, keep }: Workshop,
  { config, ledger, identity }: ControlNet,
  { key, states }: KeyedStates,
): Promise<Tensors> {
  if (!readsStates(config)) return {}
  return keep.get(`${key} for ${identity}`, () => {
    const build = () => controlKeysValuesGraph(ledger.weights, config, states.shape[0]!, networks.options)
    return networks.run(`controlnet-text ${states.shape.join()} of ${identity}`, build, { states })
  })
}
