import { ImprintError } from '../../shared/errors.ts'
import type { Raster } from '../../shared/raster.ts'
import { pictureOf, previewOf, SD15_LATENT_TO_RGB, SDXL_LATENT_TO_RGB } from '../diffusion/picture.ts'
import { latentScale, type Checkpoint } from '../models/checkpoint.ts'
import { taesdDecoderGraph } from '../networks/taesd.ts'
import type { Tensor } from '../runtime/tensor.ts'
import type { CompleteRecipe } from './defaults.ts'
import { decodeLatents } from './tiled-decode.ts'
import type { Workshop } from './workshop.ts'

/** Latents to a picture in -1..1.  [1, 4, h, w] -> [1, 3, H, W]; throws `engine-failed` where the numbers broke down. */
export async function decode(
  shop: Workshop,
  checkpoint: Checkpoint,
  decoder: CompleteRecipe['decoder'],
  latents: Tensor,
): Promise<Tensor> {
  const picture = await (decoder === 'taesd' ? byTaesd : byVae)(shop, checkpoint, latents)
  if (!picture.data.every(Number.isFinite)) {
    throw new ImprintError(
      'engine-failed',
      'The picture came out as not-a-number on this device. Try the device "cpu", or another model.',
    )
  }
  return picture
}

function byVae({ networks }: Workshop, { vae }: Checkpoint, latents: Tensor): Promise<Tensor> {
  const scaled = { shape: latents.shape, data: latents.data.map((value) => value / vae.config.scalingFactor) }
  return decodeLatents(networks, vae, scaled)
}

/** Pixels per latent, a side, of every TAESD. */
const TAESD_SCALE = 8

/** It takes latents as the diffusion has them. */
async function byTaesd({ networks, library }: Workshop, checkpoint: Checkpoint, latents: Tensor): Promise<Tensor> {
  const scale = latentScale(checkpoint.vae.config)
  if (scale !== TAESD_SCALE) {
    throw new ImprintError(
      'model-unsupported',
      `A TAESD makes ${TAESD_SCALE} pixels of a latent, and "${checkpoint.name}" has ${scale}. Use the decoder "vae".`,
    )
  }
  const { config, ledger, identity } = library.taesd(checkpoint)
  const [, , height, width] = latents.shape as [number, number, number, number]
  const build = () => taesdDecoderGraph(ledger.weights, config, { height, width }, networks.options)
  const { picture } = await networks.run(`taesd ${width}x${height} of ${identity}`, build, { latents })
  return picture!
}

const LATENT_TO_RGB = { sd15: SD15_LATENT_TO_RGB, sdxl: SDXL_LATENT_TO_RGB }

/** What an unfinished picture looks like: at the latents' size by a formula, or whole by a tiny decoder. */
export async function preview(
  shop: Workshop,
  checkpoint: Checkpoint,
  denoised: Float32Array,
  size: { readonly width: number; readonly height: number },
): Promise<Raster> {
  if (shop.preview !== 'taesd') {
    return previewOf(denoised, size, checkpoint.extras.latentToRgb ?? LATENT_TO_RGB[checkpoint.family])
  }
  const { data } = await byTaesd(shop, checkpoint, { shape: [1, 4, size.height, size.width], data: denoised })
  return pictureOf(data, { width: TAESD_SCALE * size.width, height: TAESD_SCALE * size.height })
}

/** Latents of so few positions are decoded in about the time of a step. */
const SMALL = 32 * 32

/** A quick run's picture: decoded where that is quick, else as unfinished ones are shown.  [1, 4, h, w] -> RGB */
export async function roughPicture(
  shop: Workshop,
  checkpoint: Checkpoint,
  { decoder, size: [width, height] }: CompleteRecipe,
  latents: Tensor,
): Promise<Raster> {
  const [, , rows, columns] = latents.shape as [number, number, number, number]
  if (rows * columns > SMALL) return preview(shop, checkpoint, latents.data, { width: columns, height: rows })
  return pictureOf((await decode(shop, checkpoint, decoder, latents)).data, { width, height })
}
