import { denoiser } from '../diffusion/denoiser.ts'
import { torchNoise } from '../diffusion/noise.ts'
import { pictureOf, unitRange } from '../diffusion/picture.ts'
import { SAMPLE } from '../diffusion/samplers/table.ts'
import { schedule } from '../diffusion/schedule.ts'
import type { Recipe } from '../../shared/recipe.ts'
import type { Shape } from '../../shared/shape.ts'
import type { EngineEvent, GenerateRequest, Phase } from '../engine/engine.ts'
import { latentScale } from '../models/checkpoint.ts'
import { scoreOf } from './clip-score.ts'
import { controlFace } from './control-face.ts'
import { decode, preview, roughPicture } from './decode.ts'
import { completeRecipe, type CompleteRecipe } from './defaults.ts'
import { encodeReferences } from './image-prompts.ts'
import { withLoras } from './loras.ts'
import { encodeControls } from './controls.ts'
import { pictureNamed } from './pictures.ts'
import { encodePrompts } from './prompt.ts'
import { quickRecipe } from './quick.ts'
import { startOf } from './start.ts'
import { encodeT2iAdapters } from './t2i-features.ts'
import { unetEvaluation } from './unet-evaluation.ts'
import type { Workshop } from './workshop.ts'

/**
 * The use case, top to bottom: recipe and pictures in, events out, a picture last.
 * What neither step nor weight changes is computed once and kept, so a second run with another weight starts at the first
 * step. The caller may stop between any two events. Throws ImprintError.
 */
export async function* imprint(shop: Workshop, request: GenerateRequest): AsyncGenerator<EngineEvent> {
  const started = performance.now()
  shop.networks.takeCounts()
  const phase = (phase: Phase, step: number, steps: number): EngineEvent => ({ type: 'progress', phase, step, steps })

  yield phase('loading', 0, 0)
  // As it is stored: adapters, which no LoRA changes, are opened for it.
  const stored = shop.library.checkpoint(request.recipe.checkpoint)
  const asked = completeRecipe(
    request.recipe,
    stored,
    (name) => shop.library.adapter(name, stored).name,
    shapeOf(request),
  )
  const recipe = request.quick ? quickRecipe(asked) : asked
  const checkpoint = withLoras(shop, stored, recipe)
  const { vae } = checkpoint
  const scale = latentScale(vae.config)
  const size = { width: recipe.size[0] / scale, height: recipe.size[1] / scale }

  yield phase('encoding', 0, 0)
  // Models that are told the guidance as a number need no run without the prompt.
  const guidance = checkpoint.unet.config.guidanceWidth === undefined ? recipe.guidance : 1
  const references = await encodeReferences(shop, stored, recipe, request, { size, guided: guidance > 1 })
  const text = await encodePrompts(shop, checkpoint, recipe, { guided: guidance > 1 })
  const face = controlFace(references, recipe.size)
  const controls = await encodeControls(shop, checkpoint, recipe, request.pictures, { size, text, face })
  const features = await encodeT2iAdapters(shop, checkpoint, recipe, request.pictures, size)

  yield phase('loading', 0, 0)
  const noise = torchNoise(recipe.seed)
  const whole = schedule(recipe.steps, recipe, checkpoint.scheduler)
  const start = await startOf(shop, checkpoint, recipe, request.pictures, { schedule: whole, noise, size })
  const { timesteps } = start.schedule
  const evaluation = unetEvaluation(shop, checkpoint, {
    size,
    text,
    picture: recipe.size,
    references,
    controls,
    features,
    timesteps,
    guidance: recipe.guidance,
    beside: start.beside,
  })
  await evaluation.load()

  yield phase('denoising', 0, timesteps.length)
  const denoise = denoiser(evaluation.predict, guidance, start.schedule)
  const sampling = SAMPLE[recipe.sampler](denoise, start.x, start.schedule, noise)
  let sampled = await sampling.next()
  while (!sampled.done) {
    const { i, x, denoised } = sampled.value
    // A quick picture is there before anybody would have seen it unfinished.
    if (!request.quick) yield { type: 'preview', step: i + 1, picture: await preview(shop, checkpoint, denoised, size) }
    yield phase('denoising', i + 1, timesteps.length)
    sampled = await sampling.next(start.after(x, i))
  }
  const latents = { shape: [1, vae.config.latentChannels, size.height, size.width], data: sampled.value }

  yield phase('decoding', 0, 0)
  const told = () => ({ recipe: openedUp(asked), runs: shop.networks.takeCounts(), seconds: secondsSince(started) })
  if (request.quick) {
    yield { type: 'result', picture: await roughPicture(shop, checkpoint, recipe, latents), ...told() }
    return
  }
  const decoded = await decode(shop, checkpoint, recipe.decoder, latents)
  const picture = pictureOf(decoded.data, { width: recipe.size[0], height: recipe.size[1] })
  const score = request.score && (await scoreOf(shop, stored, recipe, request.pictures, picture))
  yield {
    type: 'result',
    picture,
    ...told(),
    ...(score && { score }),
    ...(request.dump && { dump: { latents, image: { shape: decoded.shape, data: unitRange(decoded.data) } } }),
  }
}

const secondsSince = (started: number): number => (performance.now() - started) / 1000

/** The recipe as messages have it. */
const openedUp = (recipe: CompleteRecipe): Recipe => ({
  ...recipe,
  references: [...recipe.references],
  controls: [...recipe.controls],
  loras: [...recipe.loras],
})

/** The shape that is asked for, or that of the picture to start from. */
const shapeOf = ({ shape, recipe: { source }, pictures }: GenerateRequest): Shape | undefined =>
  shape ?? (source && pictureNamed(source.image, pictures))
