import { ImprintError } from '../../shared/errors.ts'
import type { Raster } from '../../shared/raster.ts'
import { denoiser } from '../diffusion/denoiser.ts'
import { torchNoise } from '../diffusion/noise.ts'
import { pictureOf, previewOf, unitRange } from '../diffusion/picture.ts'
import { SAMPLE } from '../diffusion/samplers.ts'
import { schedule } from '../diffusion/schedule.ts'
import { sinusoid } from '../diffusion/time-embedding.ts'
import type { EngineEvent, GenerateRequest } from '../engine/engine.ts'
import { latentScale, type Checkpoint } from '../models/checkpoint.ts'
import type { Library } from '../models/library.ts'
import { timeGraph } from '../networks/unet-conditioning.ts'
import { unetGraph } from '../networks/unet.ts'
import { vaeDecoderGraph } from '../networks/vae.ts'
import type { Tensor, Tensors } from '../runtime/tensor.ts'
import { completeRecipe, type CompleteRecipe } from './defaults.ts'
import type { Keep } from './keep.ts'
import { layerWeights } from './layer-weights.ts'
import type { Networks } from './networks.ts'
import { promptKeysValues } from './prompt.ts'
import { noPictureKeysValues, pictureKeysValues } from './references.ts'

/** What a job works with; it outlives the job, so that the next one finds what this one made. */
export interface Workshop {
  readonly library: Library
  readonly networks: Networks
  readonly keep: Keep
}

/**
 * The use case, top to bottom: recipe and pictures in, events out, a picture last.
 * What neither step nor weight changes is computed once and kept, so a second run with another weight starts at the first
 * step. The caller may stop between any two events. Throws ImprintError.
 */
export async function* imprint(shop: Workshop, request: GenerateRequest): AsyncGenerator<EngineEvent> {
  const started = performance.now()
  shop.networks.takeCounts()
  yield { type: 'progress', phase: 'loading', step: 0, steps: 0 }
  const checkpoint = shop.library.checkpoint(request.recipe.checkpoint)
  const recipe = completeRecipe(request.recipe, checkpoint, (name) => shop.library.adapter(name, checkpoint).name)

  yield { type: 'progress', phase: 'encoding', step: 0, steps: recipe.steps }
  const guided = recipe.guidance > 1
  const references = await encodeReferences(shop, checkpoint, recipe, request.pictures, guided)
  const text = {
    prompt: await promptKeysValues(shop, checkpoint, recipe.prompt, recipe.clipSkip),
    // Clip skip is for the prompt alone, as in diffusers.
    none: guided ? await promptKeysValues(shop, checkpoint, recipe.negativePrompt, 0) : {},
  }

  yield { type: 'progress', phase: 'denoising', step: 0, steps: recipe.steps }
  const { unet, vae, extras } = checkpoint
  const scale = latentScale(vae.config)
  const size = { width: recipe.size[0] / scale, height: recipe.size[1] / scale }
  const latentShape = [1, vae.config.latentChannels, size.height, size.width]
  const steps = schedule(recipe.steps, recipe, checkpoint.scheduler)
  const textTokens = checkpoint.text.config.positions
  const imageTokens = references.map(({ tokens }) => tokens)
  const key = `unet ${size.width}x${size.height} ${textTokens}+${imageTokens.join('+')} of ${unet.identity}`
  const build = () =>
    unetGraph(unet.ledger.weights, unet.config, { ...size, textTokens, imageTokens }, shop.networks.options)

  const denoise = denoiser(
    async (x, i, branch) => {
      const { prediction } = await shop.networks.run(key, build, {
        sample: { shape: latentShape, data: x },
        ...(await timeShifts(shop, checkpoint, steps.timesteps[i]!)),
        ...prefixed('text', text[branch]),
        ...Object.assign(
          {},
          ...references.map((reference, r) =>
            referenceInputs(reference, r, branch, i / recipe.steps, (i + 1) / recipe.steps),
          ),
        ),
      })
      return prediction!.data
    },
    recipe.guidance,
    steps,
  )
  const noise = torchNoise(recipe.seed)
  const initial = noise.normal(latentShape.reduce((a, b) => a * b))
  const sampling = SAMPLE[recipe.sampler](denoise, initial, steps, noise)
  let sampled = await sampling.next()
  while (!sampled.done) {
    const { i, denoised } = sampled.value
    yield { type: 'preview', step: i + 1, picture: previewOf(denoised, size, extras.latentToRgb) }
    yield { type: 'progress', phase: 'denoising', step: i + 1, steps: recipe.steps }
    sampled = await sampling.next()
  }
  const latents = sampled.value

  yield { type: 'progress', phase: 'decoding', step: recipe.steps, steps: recipe.steps }
  const decoded = await decode(shop, checkpoint, { shape: latentShape, data: latents }, size)
  if (!decoded.data.every(Number.isFinite)) {
    throw new ImprintError(
      'engine-failed',
      'The picture came out as not-a-number on this device. Try the CPU, or another model.',
    )
  }
  const pixels = { width: recipe.size[0], height: recipe.size[1] }
  yield {
    type: 'result',
    recipe: { ...recipe, references: [...recipe.references] },
    picture: pictureOf(decoded.data, pixels),
    runs: shop.networks.takeCounts(),
    seconds: (performance.now() - started) / 1000,
    ...(request.dump && {
      dump: {
        latents: { shape: latentShape, data: latents },
        image: { shape: decoded.shape, data: unitRange(decoded.data) },
      },
    }),
  }
}

/** A reference ready for the UNet. */
interface EncodedReference {
  readonly tokens: number
  readonly prompt: Tensors
  readonly none: Tensors
  readonly weight: number
  readonly layers: readonly number[]
  readonly start: number
  readonly end: number
}

async function encodeReferences(
  shop: Workshop,
  checkpoint: Checkpoint,
  recipe: CompleteRecipe,
  pictures: Readonly<Record<string, Raster>>,
  guided: boolean,
): Promise<EncodedReference[]> {
  const encoded: EncodedReference[] = []
  for (const reference of recipe.references) {
    const from = { ...shop.library.adapter(reference.adapter, checkpoint), checkpoint }
    const names = reference.images ?? [reference.image!]
    const given = names.map((name) => {
      const picture = pictures[name]
      if (!picture)
        throw new ImprintError(
          'picture-unknown',
          `The recipe names the picture "${name}", which was not given. Send it along.`,
        )
      return picture
    })
    encoded.push({
      tokens: given.length * from.adapter.config.tokens,
      prompt: await pictureKeysValues(shop, from, given, reference.fit),
      none: guided ? await noPictureKeysValues(shop, from, given.length) : {},
      weight: reference.weight,
      layers: layerWeights(checkpoint.unet.config, reference.mode, reference.layers),
      start: reference.start,
      end: reference.end,
    })
  }
  return encoded
}

/** A reference's inputs of the UNet for one step, which begins and ends at the given parts of the run. */
function referenceInputs(
  reference: EncodedReference,
  r: number,
  branch: 'prompt' | 'none',
  begin: number,
  end: number,
): Tensors {
  const acts = begin >= reference.start && end <= reference.end
  return {
    ...prefixed(`image.${r}`, reference[branch]),
    [`image.${r}.weight`]: { shape: [1], data: Float32Array.of(acts ? reference.weight : 0) },
    [`image.${r}.layers`]: { shape: [reference.layers.length], data: Float32Array.from(reference.layers) },
  }
}

/** What each resnet adds at a timestep, kept for every later run that passes through it. */
function timeShifts({ networks, keep }: Workshop, { unet }: Checkpoint, timestep: number): Promise<Tensors> {
  const width = unet.config.widths[0]!
  return keep.get(`time ${timestep} of ${unet.identity}`, async () => {
    const build = () => timeGraph(unet.ledger.weights, unet.config, networks.options)
    const made = await networks.run(`unet-time of ${unet.identity}`, build, {
      sinusoid: { shape: [1, width], data: sinusoid(timestep, width) },
    })
    return Object.fromEntries(Object.entries(made).filter(([name]) => name.startsWith('time.')))
  })
}

async function decode(
  { networks }: Workshop,
  { vae }: Checkpoint,
  latents: Tensor,
  size: { width: number; height: number },
): Promise<Tensor> {
  const { picture } = await networks.run(
    `vae-decoder ${size.width}x${size.height} of ${vae.identity}`,
    () => vaeDecoderGraph(vae.ledger.weights, vae.config, size, networks.options),
    { latents: { shape: latents.shape, data: latents.data.map((value) => value / vae.config.scalingFactor) } },
  )
  return picture!
}

/** Keys and values under the names the UNet's graph gives them; the tokens they came from stay behind. */
const prefixed = (name: string, tensors: Tensors): Tensors =>
  Object.fromEntries(
    Object.entries(tensors)
      .filter(([key]) => key !== 'tokens')
      .map(([key, tensor]) => [`${name}.${key}`, tensor]),
  )
