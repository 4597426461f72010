/** Does a checkpoint in one file make the same picture in whichever numbers, under whichever names and beside whatever it is kept? */
import assert from 'node:assert/strict'
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { imprint } from '../../companion/jobs/imprint.ts'
import { createKeep } from '../../companion/jobs/keep.ts'
import { createNetworks } from '../../companion/jobs/networks.ts'
import { openLibrary } from '../../companion/models/library.ts'
import type { Tensor, Tensors } from '../../companion/runtime/tensor.ts'
import { writeSafetensors } from '../../companion/weights/write.ts'
import type { Recipe } from '../../shared/recipe.ts'
import { relativeDifference } from '../support/close.ts'
import { temporaryFolder } from '../support/craft-safetensors.ts'
import { fixture, readTensors } from '../support/golden.ts'
import { roundedToBf16, writeBf16 } from '../support/write-bf16.ts'

const folder = temporaryFolder()
after(() => folder.dispose())
for (const model of ['tiny15', 'tinyxl']) {
  const single = `${model}-single.safetensors`
  cpSync(fixture('models', 'diffusers', model), join(folder.path, model), { recursive: true })
  cpSync(fixture('models', 'checkpoints', single), join(folder.path, single))
}
const shop = {
  library: openLibrary([folder.path]),
  networks: createNetworks('cpu', { attention: 'fused' }),
  keep: createKeep(),
}

/** Latents and picture that a model makes of the same words and noise. */
async function made(checkpoint: Recipe['checkpoint']): Promise<Tensors> {
  const recipe: Recipe = { prompt: 'a red fox', seed: 7, steps: 2, size: [64, 64], sampler: 'euler', checkpoint }
  for await (const event of imprint(shop, { recipe, pictures: {}, dump: true }))
    if (event.type === 'result') return event.dump!
  throw new Error('no result')
}

type Stored = ReadonlyMap<string, Tensor>
const path = (name: string): string => join(folder.path, `${name}.safetensors`)
const write = (name: string, tensors: Stored) => writeSafetensors(path(name), Object.fromEntries(tensors))
const renamed = (tensors: Stored, name: (stored: string) => string): Stored =>
  new Map([...tensors].map(([stored, tensor]) => [name(stored), tensor]))

/** The networks of a folder in diffusers' format as one file in its own names. */
const joined = (model: string, parts: Readonly<Record<string, string>>): Stored =>
  new Map(
    Object.entries(parts).flatMap(([part, file]) =>
      [...readTensors(fixture('models', 'diffusers', model, part, file))].map(
        ([name, tensor]) => [`${part}.${name}`, tensor] as const,
      ),
    ),
  )
const DIFFUSION = 'diffusion_pytorch_model.safetensors'

const one = (): Tensor => ({ shape: [2], data: new Float32Array([5, 5]) })

for (const [model, variants] of Object.entries<Record<string, (tensors: Stored) => Stored>>({
  tiny15: {
    F32: (tensors) => tensors,
    'no beginnings of names': (tensors) =>
      renamed(tensors, (name) =>
        name.replace(/^(model\.diffusion_model|first_stage_model|cond_stage_model\.transformer)\./, ''),
      ),
    'half a beginning, and no text_model': (tensors) =>
      renamed(tensors, (name) =>
        name.replace(/^model\.(?=diffusion)/, '').replace('transformer.text_model', 'transformer'),
      ),
    "diffusers' names": () => joined('tiny15', { unet: DIFFUSION, vae: DIFFUSION, text_encoder: 'model.safetensors' }),
    "diffusers' names of a UNet without its beginning": () =>
      renamed(joined('tiny15', { unet: DIFFUSION, vae: DIFFUSION, text_encoder: 'model.safetensors' }), (name) =>
        name.replace(/^unet\./, ''),
      ),
    'averaged weights, a safety checker and the schedule beside it': (tensors) =>
      new Map([
        ...[...tensors].flatMap(([name]): [string, Tensor][] =>
          name.startsWith('model.diffusion_model.')
            ? [[`model_ema.${name.slice('model.'.length).replaceAll('.', '')}`, one()]]
            : [],
        ),
        ['model_ema.num_updates', one()],
        ['safety_checker.vision_model.vision_model.embeddings.class_embedding', one()],
        ['alphas_cumprod', one()],
        ['sqrt_one_minus_alphas_cumprod', one()],
        ...tensors,
      ]),
  },
  tinyxl: {
    F32: (tensors) => tensors,
    'no beginnings of names': (tensors) =>
      renamed(tensors, (name) => name.replace(/^(model\.diffusion_model|first_stage_model)\./, '')),
    "diffusers' names": () =>
      joined('tinyxl', {
        unet: DIFFUSION,
        vae: DIFFUSION,
        text_encoder: 'model.safetensors',
        text_encoder_2: 'model.safetensors',
      }),
    'what only training uses': (tensors) =>
      new Map([...tensors, ['conditioner.embedders.1.model.logit_scale', one()], ['denoiser.sigmas', one()]]),
  },
})) {
  describe(model, () => {
    const stored = readTensors(fixture('models', 'checkpoints', `${model}-single.safetensors`))
    for (const [variant, of] of Object.entries(variants)) {
      test(variant, async () => {
        const file = `${model} ${variant.replaceAll(/\W/g, '-')}`
        await write(file, of(stored))
        const found = shop.library.entries().find(({ name }) => name === file)!
        assert.deepEqual([found.role, found.family], ['checkpoint', model === 'tiny15' ? 'sd15' : 'sdxl'])
        const same = variant.startsWith('diffusers') ? model : { file: `${model}-single`, config: model }
        assert.deepEqual(await made({ file, config: model }), await made(same))
      })
    }

    test('the folder', async () => {
      const [file, whole] = [await made({ file: `${model}-single`, config: model }), await made(model)]
      // OpenCLIP stores its projection the other way round, which adds up in another order.
      for (const name of ['latents', 'image'])
        assert.ok(relativeDifference(file[name]!.data, whole[name]!.data) < 1e-5, name)
    })

    test('BF16, to its rounding', async () => {
      writeBf16(path(`${model} bf16`), stored)
      const rounded = [...stored].map(
        ([name, { shape, data }]) => [name, { shape, data: roundedToBf16(data) }] as const,
      )
      await write(`${model} rounded`, new Map(rounded))
      const [bf16, f32, exact] = [
        await made({ file: `${model} bf16`, config: model }),
        await made({ file: `${model} rounded`, config: model }),
        await made(model),
      ]
      assert.deepEqual(bf16, f32)
      // Three digits of each weight are left.
      const difference = relativeDifference(bf16['latents']!.data, exact['latents']!.data)
      assert.ok(difference > 0 && difference < 0.05, `off by ${difference}`)
    })
  })
}
