/** Does a LoRA load and compute no more than it changes, and all of that? */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { Result } from '../../companion/engine/engine.ts'
import { imprint } from '../../companion/jobs/imprint.ts'
import type { Recipe } from '../../shared/recipe.ts'
import { temporaryFolder } from '../support/craft-safetensors.ts'
import { scene } from '../support/drawn.ts'
import { fixture } from '../support/golden.ts'
import { loraBytes } from '../support/lora-files.ts'
import { tinyWorkshop } from '../support/tiny15.ts'

const folder = temporaryFolder()
after(() => folder.dispose())

const kohya = (module: string, out: number, into: number) => ({
  [`${module}.lora_down.weight`]: { shape: [4, into] },
  [`${module}.lora_up.weight`]: { shape: [out, 4] },
})
const ATTENDS = 'lora_unet_down_blocks_0_attentions_0_transformer_blocks_0'
folder.put('sees.safetensors', loraBytes(kohya(`${ATTENDS}_attn1_to_q`, 16, 16)))
folder.put('reads.safetensors', loraBytes(kohya(`${ATTENDS}_attn2_to_v`, 16, 24)))
folder.put('counts.safetensors', loraBytes(kohya('lora_unet_time_embedding_linear_2', 64, 64)))
folder.put('words.safetensors', loraBytes(kohya('lora_te_text_model_encoder_layers_0_self_attn_v_proj', 24, 24)))

const STEPS = 2
/** Guidance asks the UNet twice a step. */
const ALWAYS = { unet: 2 * STEPS, 'vae-decoder': 1 }
const TEXT = { 'clip-text': 2, 'unet-text': 2 }
const KEPT_OF_THE_UNET = { 'unet-text': 2, 'unet-time': STEPS }

interface Made extends Pick<Result, 'runs' | 'dump'> {
  readonly loads: number
}

/** Runs one after the other in one workshop, each with these LoRAs: how strong each is, by its file. */
function studio(changes: Partial<Recipe> = {}): (loras: Readonly<Record<string, number>>) => Promise<Made> {
  const shop = tinyWorkshop(fixture('models'), folder.path)
  return async (loras) => {
    const recipe: Recipe = {
      checkpoint: 'tiny15',
      prompt: 'a fox',
      negativePrompt: 'dull',
      size: [64, 64],
      seed: 1,
      steps: STEPS,
      loras: Object.entries(loras).map(([file, weight]) => ({ file, weight })),
      ...changes,
    }
    let result: Result | undefined
    shop.networks.takeLoads()
    for await (const event of imprint(shop, { recipe, pictures: { scene: scene(64, 64) }, dump: true }))
      if (event.type === 'result') result = event
    return { runs: result!.runs, dump: result!.dump!, loads: shop.networks.takeLoads() }
  }
}

test('the first picture loads every network once, with a LoRA or without', async () => {
  for (const loras of [{}, { sees: 1 }]) {
    const { runs, loads } = await studio()(loras)
    assert.deepEqual(runs, { ...ALWAYS, ...TEXT, 'unet-time': STEPS })
    assert.equal(loads, Object.keys(runs).length)
  }
})

for (const name of ['sees', 'reads', 'counts', 'words']) {
  test(`another weight of one that ${name} loads nothing and is another picture; back is back`, async () => {
    const run = studio()
    const before = await run({ [name]: 0.7 })
    const after = await run({ [name]: -0.3 })
    assert.equal(after.loads, 0)
    assert.notDeepEqual(after.dump, before.dump)
    const back = await run({ [name]: 0.7 })
    assert.deepEqual({ ...ALWAYS, ...back.runs }, ALWAYS, 'what was made for the first weight is still there')
    assert.deepEqual({ dump: back.dump, loads: back.loads }, { dump: before.dump, loads: 0 })
    // No other run of the same workshop is any part of a picture.
    assert.deepEqual((await studio()({ [name]: -0.3 })).dump, after.dump)
  })
}

test('another weight computes what depends on it, and no more', async () => {
  const run = studio()
  await run({ sees: 1, words: 1 })
  assert.deepEqual((await run({ sees: 0.5, words: 1 })).runs, { ...ALWAYS, ...KEPT_OF_THE_UNET })
  assert.deepEqual((await run({ sees: 0.5, words: 0.5 })).runs, { ...ALWAYS, ...TEXT })
})

test('one that changes the text encoder alone loads that, and one that changes the UNet alone the UNet', async () => {
  const run = studio()
  const plain = await run({})
  const words = await run({ words: 1 })
  assert.equal(words.loads, 1)
  assert.deepEqual(words.runs, { ...ALWAYS, ...TEXT })
  const sees = await run({ sees: 1 })
  // The UNet, and what it keeps of text and of the time.
  assert.equal(sees.loads, 3)
  assert.deepEqual(sees.runs, { ...ALWAYS, ...KEPT_OF_THE_UNET })
  const [none, neither] = [await run({}), await run({ words: 1, sees: 1 })]
  assert.equal(none.loads, 0)
  assert.deepEqual(none.dump, plain.dump)
  assert.equal(neither.loads, 0, 'both are there already, each changed by its own')
})

test('of a second LoRA only what it changes is loaded', async () => {
  const run = studio()
  await run({ sees: 1 })
  assert.equal((await run({ sees: 1, words: 1 })).loads, 1)
  assert.equal((await run({ sees: 1, words: 1, reads: 1 })).loads, 3)
  assert.equal((await run({ sees: 0.1, words: 0.2, reads: 0.3 })).loads, 0)
})

test("a reference's weight loads nothing and computes nothing but the steps, with a LoRA as without", async () => {
  const shop = tinyWorkshop(fixture('models'), folder.path)
  const run = async (weight: number): Promise<Made> => {
    const recipe: Recipe = {
      checkpoint: 'tiny15',
      prompt: 'a fox',
      size: [64, 64],
      steps: STEPS,
      loras: [{ file: 'sees' }, { file: 'words' }],
      references: [{ image: 'scene', adapter: 'ip-adapter_tiny15', weight }],
    }
    let result: Result | undefined
    shop.networks.takeLoads()
    for await (const event of imprint(shop, { recipe, pictures: { scene: scene(64, 64) } }))
      if (event.type === 'result') result = event
    return { runs: result!.runs, loads: shop.networks.takeLoads() }
  }
  await run(0.3)
  assert.deepEqual(await run(0.8), { runs: ALWAYS, loads: 0 })
})

test('two LoRAs add up in either order, and the weight where nothing is said is 1', async () => {
  const run = studio()
  const [one, other] = [await run({ sees: 0.5, reads: -1 }), await run({ reads: -1, sees: 0.5 })]
  const difference = (a: Made, b: Made) =>
    Math.max(...a.dump!['latents']!.data.map((value, i) => Math.abs(value - b.dump!['latents']!.data[i]!)))
  assert.ok(difference(one, other) < 1e-5)
  assert.ok(difference(one, await run({ sees: 0.5 })) > 1e-3)
  const whole = await run({ sees: 1 })
  assert.notDeepEqual(whole.dump, (await run({})).dump)
  assert.deepEqual((await studio({ loras: [{ file: 'sees' }] })({})).dump, whole.dump)
})

test('a LoRA for another model is refused before anything is loaded', async () => {
  const shop = tinyWorkshop(fixture('models'), folder.path)
  const recipe: Recipe = { checkpoint: 'tinyxl', prompt: 'a fox', loras: [{ file: 'reads' }] }
  await assert.rejects(async () => {
    for await (const event of imprint(shop, { recipe, pictures: {} })) assert.equal(event.type, 'progress')
  }, /^ImprintError: The LoRA reads\.safetensors does not fit "tinyxl": "lora_unet_\S+" matches no layer of it\. /)
  assert.equal(shop.networks.takeLoads(), 0)
})
