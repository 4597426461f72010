import type { Raster } from '../../shared/raster.ts'
import type { Fit } from '../../shared/recipe.ts'
import { clipVisionGraph } from '../networks/clip-vision.ts'
import { ipAdapterGraph } from '../networks/ip-adapter.ts'
import { crossAttentions, unetLayout } from '../networks/unet-layout.ts'
import type { Checkpoint } from '../models/checkpoint.ts'
import type { ImageEncoder } from '../models/image-encoder.ts'
import type { AdapterWithEncoder } from '../models/library.ts'
import type { Tensor, Tensors } from '../runtime/tensor.ts'
import { clipPixels, clipSquares } from '../vision/preprocess.ts'
import { pictureKey, type Keep } from './keep.ts'
import type { Networks } from './networks.ts'

type Kept = { readonly networks: Networks; readonly keep: Keep }

/** CLIP's features of a picture: `image_embeds` [1, p], `penultimate` [tokens, d]. */
export function clipFeatures(kept: Kept, encoder: ImageEncoder, picture: Raster, fit: Fit): Promise<Tensors> {
  return features(kept, encoder, `${pictureKey(picture)} ${fit}`, () =>
    clipPixels(clipSquares(picture, fit, encoder.preprocessing.size)[0]!, encoder.preprocessing),
  )
}

function features(
  { networks, keep }: Kept,
  { config, ledger, identity }: ImageEncoder,
  key: string,
  pixels: () => Float32Array,
): Promise<Tensors> {
  return keep.get(`features of ${key} by ${identity}`, () =>
    networks.run(`clip-vision of ${identity}`, () => clipVisionGraph(ledger.weights, config, networks.options), {
      pixels: { shape: [1, 3, config.imageSize, config.imageSize], data: pixels() },
    }),
  )
}

/**
 * Image tokens of pictures and their keys and values for every cross-attention: `k.PATH`, `v.PATH` [t, c].
 * Tokens of several pictures stand one behind the other, so that one softmax weighs them all.
 */
export async function pictureKeysValues(
  kept: Kept,
  from: AdapterWithEncoder & { checkpoint: Checkpoint },
  pictures: readonly Raster[],
  fit: Fit,
): Promise<Tensors> {
  const each: Tensors[] = []
  for (const picture of pictures) {
    const made = await clipFeatures(kept, from.encoder!, picture, fit)
    const { kind } = from.adapter.config
    each.push(
      await imageTokens(
        kept,
        from,
        `${pictureKey(picture)} ${fit}`,
        kind === 'base' ? made['image_embeds']! : made['penultimate']!,
      ),
    )
  }
  return concatenated(each)
}

/**
 * The same for guidance's run without a picture: the base adapter reads an embedding of zeros, Plus the states of a picture
 * of zeros after normalisation.
 */
export async function noPictureKeysValues(
  kept: Kept,
  from: AdapterWithEncoder & { checkpoint: Checkpoint },
  pictures: number,
): Promise<Tensors> {
  const { encoder, adapter } = from
  const { config } = adapter
  const { imageSize } = encoder!.config
  const zeros =
    config.kind === 'base'
      ? { shape: [1, config.features], data: new Float32Array(config.features) }
      : (await features(kept, encoder!, 'zeros', () => new Float32Array(3 * imageSize ** 2)))['penultimate']!
  const none = await imageTokens(kept, from, 'zeros', zeros)
  return concatenated(Array<Tensors>(pictures).fill(none))
}

function imageTokens(
  { networks, keep }: Kept,
  { adapter, checkpoint }: AdapterWithEncoder & { checkpoint: Checkpoint },
  key: string,
  given: Tensor,
): Promise<Tensors> {
  const { config, ledger, identity } = adapter
  const { unet } = checkpoint
  const layers = crossAttentions(unetLayout(unet.config))
  return keep.get(`tokens of ${key} by ${identity} for ${unet.identity}`, async () => {
    const build = () => ipAdapterGraph(ledger.weights, config, layers, given.shape[0]!, networks.options)
    const made = await networks.run(`ip-adapter ${given.shape.join()} of ${identity}`, build, { features: given })
    return Object.fromEntries(Object.entries(made).filter(([name]) => name !== 'tokens'))
  })
}

/** Tensors of the same names joined along their first axis. */
function concatenated(parts: readonly Tensors[]): Tensors {
  const [first, ...rest] = parts
  if (!first || rest.length === 0) return first ?? {}
  return Object.fromEntries(
    Object.keys(first).map((name) => {
      const tensors = parts.map((part) => part[name]!)
      const rows = tensors.reduce((sum, { shape }) => sum + shape[0]!, 0)
      const width = tensors[0]!.shape[1]!
      const data = new Float32Array(rows * width)
      tensors.reduce((at, tensor) => (data.set(tensor.data, at), at + tensor.data.length), 0)
      return [name, { shape: [rows, width], data }]
    }),
  )
}
