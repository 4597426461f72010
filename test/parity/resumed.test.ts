/** Does a run pass unevaluated through the steps it shares with an earlier one, and end at the same bits? */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { readPicture } from '../../companion/cli/pictures.ts'
import type { Result } from '../../companion/engine/engine.ts'
import { imprint } from '../../companion/jobs/imprint.ts'
import { createKeep } from '../../companion/jobs/keep.ts'
import type { Workshop } from '../../companion/jobs/workshop.ts'
import { SAMPLERS, type Recipe, type Reference } from '../../shared/recipe.ts'
import { fixture } from '../support/golden.ts'
import { tinyWorkshop } from '../support/tiny15.ts'

const STEPS = 10
const workshop = tinyWorkshop()
const fresh = (): Workshop => ({ ...workshop, keep: createKeep() })
const pictures = {
  fox: await readPicture(fixture('images', 'ref1.png')),
  lake: await readPicture(fixture('images', 'ref2.png')),
  half: await readPicture(fixture('images', 'mask-left.png')),
}

async function made(shop: Workshop, changes: Partial<Recipe>, ...references: Partial<Reference>[]): Promise<Result> {
  const recipe: Recipe = {
    checkpoint: 'tiny15',
    prompt: 'a fox',
    seed: 3,
    steps: STEPS,
    size: [64, 64],
    references: references.map((reference) => ({
      image: 'fox',
      adapter: 'ip-adapter_tiny15',
      weight: 0.6,
      ...reference,
    })),
    ...changes,
  }
  let result: Result | undefined
  for await (const event of imprint(shop, { recipe, pictures, dump: true })) if (event.type === 'result') result = event
  return result!
}
const latents = (result: Result): Float32Array => result.dump!['latents']!.data
const evaluations = ({ runs }: Result): number => runs['unet'] ?? 0

describe('another weight of a reference that acts from 0.3 on', () => {
  for (const sampler of SAMPLERS) {
    test(sampler, async () => {
      const [shop, changes] = [fresh(), { sampler }]
      const whole = evaluations(await made(shop, changes, { start: 0.3 }))
      const again = await made(shop, changes, { start: 0.3, weight: 0.9 })
      assert.ok(evaluations(again) <= 0.7 * whole, `${evaluations(again)} of ${whole} evaluations`)
      assert.ok(evaluations(again) > 0.5 * whole, 'what depends on the weight is evaluated')
      const alone = await made(fresh(), changes, { start: 0.3, weight: 0.9 })
      assert.deepEqual(latents(again), latents(alone))
    })
  }
})

describe('what a step depends on', () => {
  const first = { start: 0, end: 0.2 }
  const different: [what: string, changes: Partial<Recipe>, references: Partial<Reference>[]][] = [
    ['the weight', {}, [{ ...first, weight: 0.5 }]],
    ['the picture', {}, [{ ...first, image: 'lake' }]],
    ['its mode', {}, [{ ...first, mode: 'style' }]],
    ['its region', {}, [{ ...first, mask: 'half' }]],
    ['the prompt', { prompt: 'a house' }, [first]],
    ['the negative prompt', { negativePrompt: 'dull' }, [first]],
    ['the size', { size: [64, 72] }, [first]],
    ['the seed', { seed: 4 }, [first]],
    ['the steps', { steps: 9 }, [first]],
  ]
  const shop = fresh()
  for (const [what, changes, references] of different) {
    test(what, async () => {
      const before = await made(shop, {}, first)
      const now = await made(shop, changes, ...references)
      assert.ok(evaluations(now) >= 2 * (STEPS - 1), `${evaluations(now)} evaluations`)
      assert.notDeepEqual(latents(now), latents(before))
      assert.deepEqual(latents(now), latents(await made(fresh(), changes, ...references)))
    })
  }

  test('guidance changes the second step and all that follow: the first one asks the same', async () => {
    await made(shop, {}, first)
    const now = await made(shop, { guidance: 3 }, first)
    assert.equal(evaluations(now), 2 * (STEPS - 1))
    assert.deepEqual(latents(now), latents(await made(fresh(), { guidance: 3 }, first)))
  })

  test('the same again is evaluated nowhere', async () => {
    const before = await made(shop, {}, first)
    const again = await made(shop, {}, first)
    assert.equal(evaluations(again), 0)
    assert.deepEqual(latents(again), latents(before))
  })
})

test('a control that acts late leaves the steps before it as they were', async () => {
  const shop = fresh()
  const late = (weight: number) => ({ controls: [{ image: 'lake', controlnet: 'tiny-cn', weight, start: 0.5 }] })
  await made(shop, late(1))
  const now = await made(shop, late(0.4))
  assert.deepEqual([evaluations(now), now.runs['controlnet']], [STEPS, STEPS])
  assert.deepEqual(latents(now), latents(await made(fresh(), late(0.4))))
})
