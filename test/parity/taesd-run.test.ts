/** Is a person's TAESD found, by whatever names its tensors have, and used where it is asked for and nowhere else? */
import assert from 'node:assert/strict'
import { cpSync, mkdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { pictureOf } from '../../companion/diffusion/picture.ts'
import type { EngineEvent, Preview, Result } from '../../companion/engine/engine.ts'
import { imprint } from '../../companion/jobs/imprint.ts'
import { createKeep } from '../../companion/jobs/keep.ts'
import { createNetworks } from '../../companion/jobs/networks.ts'
import type { Workshop } from '../../companion/jobs/workshop.ts'
import { openLibrary } from '../../companion/models/library.ts'
import { taesdDecoderGraph } from '../../companion/networks/taesd.ts'
import { openTaesd } from '../../companion/models/taesd.ts'
import type { Recipe } from '../../shared/recipe.ts'
import { assertClose } from '../support/close.ts'
import { temporaryFolder } from '../support/craft-safetensors.ts'
import { runOnce } from '../support/golden-runs.ts'
import { fixture } from '../support/golden.ts'
import { writeTaesd, type Naming } from '../support/taesd-files.ts'

const folder = temporaryFolder()
after(() => folder.dispose())
cpSync(fixture('models', 'diffusers', 'tiny15'), join(folder.path, 'tiny15'), { recursive: true })

function shop(preview?: Workshop['preview']): Workshop {
  return {
    library: openLibrary([folder.path]),
    networks: createNetworks('cpu', { attention: 'fused' }),
    keep: createKeep(),
    ...(preview && { preview }),
  }
}

async function run(workshop: Workshop, changes: Partial<Recipe>) {
  // Euler's last step ends at what the model sees, so that the last preview is of the finished latents.
  const recipe: Recipe = { prompt: 'a fox', seed: 3, steps: 2, size: [64, 96], sampler: 'euler', ...changes }
  const events: EngineEvent[] = []
  for await (const event of imprint(workshop, { recipe, pictures: {}, dump: true })) events.push(event)
  const previews = events.filter((event): event is Preview => event.type === 'preview')
  return { result: events.at(-1) as Result, previews }
}

const path = join(folder.path, 'tiny-decoder.safetensors')

test('there is none, and the sentence says what to do', async () => {
  await assert.rejects(run(shop(), { decoder: 'taesd' }), {
    code: 'model-missing',
    message: /Stable Diffusion 1\.5.*"vae"/,
  })
})

test('it decodes what the diffusion made, whatever its tensors are called', async () => {
  for (const naming of ['diffusers', 'original', 'both halves'] satisfies Naming[]) {
    await writeTaesd(path, naming)
    const { result } = await run(shop(), { decoder: 'taesd' })
    const { config, ledger } = openTaesd({ path, isFolder: false })
    const size = { height: 12, width: 8 }
    const graph = taesdDecoderGraph(ledger.weights, config, size, { attention: 'fused' })
    const { picture } = await runOnce(graph, { latents: result.dump!['latents']! })
    assert.deepEqual(result.picture, pictureOf(picture!.data, { width: 64, height: 96 }), naming)
    assert.equal(result.recipe.decoder, 'taesd')
    assert.deepEqual([result.runs['taesd-decoder'], result.runs['vae-decoder']], [1, undefined])
  }
})

test('the model decodes and a formula shows the way, unless asked otherwise', async () => {
  const { result, previews } = await run(shop(), {})
  assert.deepEqual([result.runs['taesd-decoder'], result.runs['vae-decoder']], [undefined, 1])
  assert.equal(result.recipe.decoder, 'vae')
  assert.deepEqual(
    previews.map(({ picture }) => [picture.width, picture.height]),
    [
      [8, 12],
      [8, 12],
    ],
  )
})

test('previews are whole pictures, the last one of what is decoded next', async () => {
  const { result, previews } = await run(shop('taesd'), { decoder: 'taesd' })
  const { picture } = previews.at(-1)!
  assert.deepEqual([picture.width, picture.height], [64, 96])
  // The last step's sum is rounded once more than what the model saw.
  assertClose('last', picture.data, result.picture.data, 1)
  assert.ok(previews[0]!.picture.data.some((value, i) => Math.abs(value - result.picture.data[i]!) > 1))
  assert.equal(result.runs['taesd-decoder'], 3)
})

test("one whose name or folder says SDXL is not taken for this model's", async () => {
  mkdirSync(join(folder.path, 'taesdxl'))
  renameSync(path, join(folder.path, 'taesdxl', 'tiny-decoder.safetensors'))
  await assert.rejects(run(shop(), { decoder: 'taesd' }), { code: 'model-missing' })
  await assert.rejects(run(shop('taesd'), {}), { code: 'model-missing' })
})
