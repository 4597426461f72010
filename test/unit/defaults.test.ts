/** Is a recipe filled in by the model first and its family second, and are choices that contradict each other refused? */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { completeRecipe } from '../../companion/jobs/defaults.ts'
import type { Checkpoint } from '../../companion/models/checkpoint.ts'
import { recipeSchema, SAMPLERS, type Recipe } from '../../shared/recipe.ts'
import { tinyWorkshop } from '../support/tiny15.ts'

const tiny = tinyWorkshop().library.checkpoint('tiny15')
/** A model that says nothing of how it is sampled. */
const silent: Checkpoint = { ...tiny, scheduler: { ...tiny.scheduler, sampler: undefined } }
const asked: (string | undefined)[] = []
const adapterName = (name: string | undefined) => {
  asked.push(name)
  return name ?? 'the first that fits'
}
const complete = (recipe: Recipe, checkpoint: Checkpoint = silent) => completeRecipe(recipe, checkpoint, adapterName)

test('a prompt is enough', () => {
  const { seed, ...rest } = complete({ prompt: 'a fox' })
  assert.ok(Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32)
  assert.deepEqual(rest, {
    checkpoint: 'tiny15',
    prompt: 'a fox',
    negativePrompt: '',
    notation: 'plain',
    size: [128, 128],
    steps: 20,
    guidance: 7.5,
    sampler: 'ddim',
    spacing: 'leading',
    sigmas: 'model',
    clipSkip: 0,
    decoder: 'vae',
    references: [],
    controls: [],
    loras: [],
  })
})

test('a reference gets an adapter, a weight and all of the steps', () => {
  asked.length = 0
  const { references } = complete({
    prompt: 'a fox',
    references: [{ image: 'a.png' }, { image: 'b.png', adapter: 'mine', weight: 0 }],
  })
  const usual = { weight: 0.6, start: 0, end: 1, mode: 'all', fit: 'crop' }
  assert.deepEqual(references, [
    { image: 'a.png', ...usual, adapter: 'the first that fits' },
    { image: 'b.png', ...usual, adapter: 'mine', weight: 0 },
  ])
  assert.deepEqual(asked, [undefined, 'mine'])
})

test('a picture has the shape of the place it goes into, unless the recipe says how large it is', () => {
  const shaped = (recipe: Recipe, width: number, height: number) =>
    completeRecipe(recipe, silent, adapterName, { width, height }).size
  assert.deepEqual(shaped({ prompt: '' }, 900, 600), [144, 96])
  assert.deepEqual(shaped({ prompt: '' }, 50, 50), [128, 128])
  assert.deepEqual(shaped({ prompt: '', size: [64, 96] }, 900, 600), [64, 96])
})

test('seeds of two runs differ', () => {
  const seeds = new Set(Array.from({ length: 8 }, () => complete({ prompt: '' }).seed))
  assert.ok(seeds.size > 1)
})

describe('who decides', () => {
  const extras = {
    ...tiny.extras,
    defaults: { steps: 8, guidance: 4, sampler: 'dpmpp_2m', spacing: 'trailing', sigmas: 'karras' } as const,
    weight: 0.8,
  }
  const opinionated: Checkpoint = { ...tiny, extras }
  const given: Recipe = { prompt: 'a fox', references: [{ image: 'a' }] }
  const decided = ({ steps, guidance, sampler, spacing, sigmas, references }: ReturnType<typeof complete>) => ({
    steps,
    guidance,
    sampler,
    spacing,
    sigmas,
    weight: references[0]!.weight,
  })

  test('the model before its family', () => {
    assert.deepEqual(decided(complete(given, opinionated)), { ...extras.defaults, weight: 0.8 })
  })

  test('the recipe before the model, also where it says zero', () => {
    const own = { steps: 3, guidance: 0, sampler: 'euler', spacing: 'linspace', sigmas: 'model' } as const
    const recipe: Recipe = { ...given, ...own, seed: 0, references: [{ image: 'a', weight: 0 }] }
    const made = complete(recipe, opinionated)
    assert.deepEqual(decided(made), { ...own, weight: 0 })
    assert.equal(made.seed, 0)
  })

  test("the model's scheduler before the family's sampler", () => {
    const { scheduler } = tiny
    const euler: Checkpoint = { ...tiny, scheduler: { ...scheduler, sampler: 'euler', spacing: 'trailing' } }
    const { sampler, spacing } = complete(given, euler)
    assert.deepEqual({ sampler, spacing }, { sampler: 'euler', spacing: 'trailing' })
  })

  test("the model's noise levels, with samplers that have any", () => {
    const karras: Checkpoint = { ...tiny, scheduler: { ...tiny.scheduler, sampler: 'dpmpp_2m', sigmas: 'karras' } }
    assert.equal(complete({ prompt: 'a fox' }, karras).sigmas, 'karras')
    assert.equal(complete({ prompt: 'a fox', sigmas: 'beta' }, karras).sigmas, 'beta')
    assert.equal(complete({ prompt: 'a fox', sampler: 'ddim' }, karras).sigmas, 'model')
  })
})

test('where neither recipe nor model says how steps are spaced, each sampler has its own way', () => {
  const unspaced: Checkpoint = { ...tiny, scheduler: { ...tiny.scheduler, spacing: undefined } }
  const own = Object.fromEntries(
    SAMPLERS.map((sampler) => [sampler, complete({ prompt: 'a fox', sampler }, unspaced).spacing]),
  )
  assert.deepEqual(own, {
    ddim: 'leading',
    pndm: 'leading',
    euler: 'linspace',
    euler_ancestral: 'linspace',
    heun: 'linspace',
    dpmpp_2m: 'linspace',
    dpmpp_2m_sde: 'linspace',
    unipc: 'linspace',
    lcm: 'leading',
    tcd: 'leading',
  })
})

test('a complete recipe is a recipe, and completing it again changes nothing', () => {
  const once = complete({ prompt: 'a fox', references: [{ image: 'a.png' }] })
  const read = recipeSchema.parse(once)
  assert.deepEqual(complete(read), once)
})

test('as many layers of the text encoder can be left out as it has', () => {
  assert.equal(complete({ prompt: '', clipSkip: 3 }).clipSkip, 3)
  const message = /^recipe\.clipSkip: of the text encoder of "tiny15" at most 3 layers can be left out, not 4\. /
  assert.throws(() => complete({ prompt: '', clipSkip: 4 }), { code: 'recipe-invalid', message })
  const xl: Checkpoint = { ...silent, family: 'sdxl' }
  assert.throws(() => complete({ prompt: '', clipSkip: 3 }, xl), { code: 'recipe-invalid', message: /at most 2 / })
})

test('DDIM walks on timesteps, so its noise levels cannot be chosen', () => {
  const wrong = { prompt: '', sampler: 'ddim', sigmas: 'karras' } as const
  assert.throws(() => complete(wrong), { code: 'recipe-invalid', message: /^recipe\.sigmas: .*"ddim".*"karras"/ })
  assert.equal(complete({ ...wrong, sampler: 'euler' }).sigmas, 'karras')
})
