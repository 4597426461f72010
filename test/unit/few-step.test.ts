/** Do models that paint in few steps get the settings they were made for, by what they are? */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { completeRecipe } from '../../companion/jobs/defaults.ts'
import type { Checkpoint } from '../../companion/models/checkpoint.ts'
import type { SchedulerConfig } from '../../companion/models/config.ts'
import { fewStepCheckpoint, fewStepLora } from '../../companion/models/few-step.ts'
import type { Recipe } from '../../shared/recipe.ts'
import { tinyWorkshop } from '../support/tiny15.ts'

const tiny = tinyWorkshop().library.checkpoint('tiny15')
const scheduled = (changes: Partial<SchedulerConfig>): Checkpoint => ({
  ...tiny,
  scheduler: { ...tiny.scheduler, ...changes },
})
const told: Checkpoint = {
  ...tiny,
  unet: { ...tiny.unet, config: { ...tiny.unet.config, guidanceWidth: 256 } },
}
const complete = (recipe: Partial<Recipe>, checkpoint: Checkpoint = tiny) => {
  const { sampler, spacing, steps, guidance } = completeRecipe({ prompt: 'a fox', ...recipe }, checkpoint, () => '')
  return [sampler, spacing, steps, guidance]
}

describe('by what is in them', () => {
  const cases: [string, Checkpoint, unknown[]][] = [
    ['a UNet that is told the guidance', told, ['lcm', 'leading', 4, 8]],
    ['the scheduler of consistency models', scheduled({ sampler: 'lcm' }), ['lcm', 'leading', 4, 1]],
    ['the scheduler of trajectory models', scheduled({ sampler: 'tcd' }), ['tcd', 'leading', 4, 0]],
    ['an ancestral scheduler that begins at the end', turbo({}), ['euler_ancestral', 'trailing', 4, 0]],
    [
      'the same for velocities is no Turbo',
      turbo({ prediction: 'v_prediction' }),
      ['euler_ancestral', 'trailing', 20, 7.5],
    ],
    ['an ordinary model', tiny, ['ddim', 'leading', 20, 7.5]],
  ]
  for (const [name, checkpoint, expected] of cases) {
    test(name, () => assert.deepEqual(complete({}, checkpoint), expected))
  }
})

function turbo(changes: Partial<SchedulerConfig>): Checkpoint {
  return scheduled({ sampler: 'euler_ancestral', spacing: 'trailing', ...changes })
}

describe('by name, where their tensors are any others', () => {
  const cases: [string, unknown[]][] = [
    ['sdxl_lightning_8step_lora', ['euler', 'trailing', 8, 0]],
    ['Hyper-SD15-2steps-lora', ['ddim', 'trailing', 2, 0]],
    ['Hyper-SDXL-1step-lora', ['tcd', 'leading', 1, 0]],
    ['Hyper-SDXL-12steps-CFG-lora', ['ddim', 'trailing', 12, 5]],
    ['sd_xl_turbo_1.0', ['euler_ancestral', 'trailing', 4, 0]],
    ['lcm-lora-sdv1-5/pytorch_lora_weights', ['lcm', 'leading', 4, 1]],
    ['TCD-SD15-LoRA', ['tcd', 'leading', 4, 0]],
  ]
  for (const [name, expected] of cases) {
    test(name, () => {
      assert.deepEqual(complete({ loras: [{ file: name }] }), expected)
      assert.deepEqual(complete({}, { ...tiny, name }), expected)
    })
  }
  test('others are left alone', () => {
    for (const name of ['hyperrealistic', 'falcminor', 'tcdlike', 'first-steps', 'watercolour']) {
      assert.equal(fewStepCheckpoint({ ...tiny, name }), undefined, name)
      assert.equal(fewStepLora([{ file: name }]), undefined, name)
    }
  })
})

describe('who decides', () => {
  const loras = [{ file: 'watercolour' }, { file: 'lcm-lora' }]
  const opinionated: Checkpoint = {
    ...tiny,
    extras: {
      ...tiny.extras,
      defaults: { steps: 30, guidance: 6, sampler: 'dpmpp_2m', sigmas: 'karras' },
      weight: 0.8,
    },
  }

  test('a few-step LoRA before the model, and the recipe before both', () => {
    assert.deepEqual(complete({ loras }, opinionated), ['lcm', 'leading', 4, 1])
    assert.deepEqual(complete({ loras, steps: 6 }, opinionated), ['lcm', 'leading', 6, 1])
    assert.deepEqual(complete({}, opinionated), ['dpmpp_2m', 'leading', 30, 6])
  })

  test('a LoRA of weight 0 decides nothing', () => {
    assert.deepEqual(complete({ loras: [{ file: 'lcm-lora', weight: 0 }] }), ['ddim', 'leading', 20, 7.5])
  })

  test('few steps follow a reference more readily; one without words is seen whole', () => {
    const weight = (recipe: Partial<Recipe>, checkpoint: Checkpoint = tiny) =>
      completeRecipe({ prompt: 'a fox', references: [{ image: 'a' }], ...recipe }, checkpoint, () => '').references[0]!
        .weight
    assert.equal(weight({}), 0.6)
    assert.equal(weight({ loras }, opinionated), 0.4)
    assert.equal(weight({}, opinionated), 0.8)
    assert.equal(weight({ prompt: '  ' }, opinionated), 1)
    assert.equal(weight({ prompt: '', loras }), 1)
    assert.equal(weight({ prompt: '', references: [{ image: 'a', weight: 0.2 }] }), 0.2)
  })
})
