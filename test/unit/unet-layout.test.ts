/** Are the UNet's attentions found, ordered and numbered as adapter files number them? */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { layerWeights } from '../../companion/jobs/layer-weights.ts'
import {
  crossAttentions,
  leftForWayUp,
  unetLayout,
  wayDownLayout,
  type UNetConfig,
} from '../../companion/networks/unet-layout.ts'
import { MODES } from '../../shared/recipe.ts'
import { SD15_UNET as SD15, SDXL_UNET as SDXL } from '../support/published-unets.ts'

/** Each transformer's numbers in adapter files. */
function numbers(config: UNetConfig): Record<string, number[]> {
  const found: Record<string, number[]> = {}
  for (const { path, adapterIndex } of crossAttentions(unetLayout(config))) {
    const transformer = path.replace(/\.transformer_blocks\.\d+$/, '')
    ;(found[transformer] ??= []).push(adapterIndex)
  }
  return found
}

const odd = (from: number, to: number): number[] => Array.from({ length: (to - from) / 2 + 1 }, (_, i) => from + 2 * i)

test("Stable Diffusion 1.5's sixteen, the middle one last", () => {
  assert.deepEqual(numbers(SD15), {
    'down_blocks.0.attentions.0': [1],
    'down_blocks.0.attentions.1': [3],
    'down_blocks.1.attentions.0': [5],
    'down_blocks.1.attentions.1': [7],
    'down_blocks.2.attentions.0': [9],
    'down_blocks.2.attentions.1': [11],
    'mid_block.attentions.0': [31],
    'up_blocks.1.attentions.0': [13],
    'up_blocks.1.attentions.1': [15],
    'up_blocks.1.attentions.2': [17],
    'up_blocks.2.attentions.0': [19],
    'up_blocks.2.attentions.1': [21],
    'up_blocks.2.attentions.2': [23],
    'up_blocks.3.attentions.0': [25],
    'up_blocks.3.attentions.1': [27],
    'up_blocks.3.attentions.2': [29],
  })
})

test("SDXL's seventy, several to a transformer", () => {
  assert.deepEqual(numbers(SDXL), {
    'down_blocks.1.attentions.0': [1, 3],
    'down_blocks.1.attentions.1': [5, 7],
    'down_blocks.2.attentions.0': odd(9, 27),
    'down_blocks.2.attentions.1': odd(29, 47),
    'mid_block.attentions.0': odd(121, 139),
    'up_blocks.0.attentions.0': odd(49, 67),
    'up_blocks.0.attentions.1': odd(69, 87),
    'up_blocks.0.attentions.2': odd(89, 107),
    'up_blocks.1.attentions.0': [109, 111],
    'up_blocks.1.attentions.1': [113, 115],
    'up_blocks.1.attentions.2': [117, 119],
  })
})

test('they come in the order they run, each as wide as its level', () => {
  const places = crossAttentions(unetLayout(SD15))
  const parts = places.map(({ part }) => part)
  assert.deepEqual(parts, [...Array<string>(6).fill('down'), 'mid', ...Array<string>(9).fill('up')])
  const widths = places.map(({ width }) => width)
  assert.deepEqual(widths, [320, 320, 640, 640, 1280, 1280, 1280, 1280, 1280, 1280, 640, 640, 640, 320, 320, 320])
})

test('blocks have their resnets, and resample all but the last of a side', () => {
  const blocks = unetLayout(SD15).map(({ path, resnets, resamples }) => [path, resnets.length, resamples])
  assert.deepEqual(blocks, [
    ['down_blocks.0', 2, true],
    ['down_blocks.1', 2, true],
    ['down_blocks.2', 2, true],
    ['down_blocks.3', 2, false],
    ['mid_block', 2, false],
    ['up_blocks.0', 3, true],
    ['up_blocks.1', 3, true],
    ['up_blocks.2', 3, true],
    ['up_blocks.3', 3, false],
  ])
})

describe('how much each attention takes', () => {
  /** The transformers that take something, and how much. */
  const shares = (
    config: UNetConfig,
    ...given: [Parameters<typeof layerWeights>[1], Parameters<typeof layerWeights>[2]?]
  ) => {
    const weights = layerWeights(config, given[0], given[1])
    const places = crossAttentions(unetLayout(config))
    assert.equal(weights.length, places.length)
    const taken = places.map(({ path }, i) => [path.replace(/\.transformer_blocks\.\d+$/, ''), weights[i]!] as const)
    return Object.fromEntries(taken.filter(([, weight]) => weight !== 0))
  }

  test('style and composition in Stable Diffusion 1.5', () => {
    const style = { 'up_blocks.1.attentions.1': 1 }
    const composition = { 'down_blocks.2.attentions.1': 1 }
    assert.deepEqual(shares(SD15, 'style'), style)
    assert.deepEqual(shares(SD15, 'composition'), composition)
    assert.deepEqual(shares(SD15, 'style+composition'), { ...style, ...composition })
    assert.equal(Object.keys(shares(SD15, 'all')).length, 16)
    const strong = shares(SD15, 'strong-style')
    assert.equal(Object.keys(strong).length, 15)
    assert.equal('down_blocks.2.attentions.1' in strong, false)
  })

  test('style and composition in SDXL, where InstantStyle found them', () => {
    assert.deepEqual(shares(SDXL, 'style'), { 'up_blocks.0.attentions.1': 1 })
    assert.deepEqual(shares(SDXL, 'composition'), { 'down_blocks.2.attentions.1': 1 })
    assert.equal(layerWeights(SDXL, 'style', undefined).filter((share) => share === 1).length, 10)
    assert.deepEqual(shares(SDXL, 'style+composition'), {
      'down_blocks.2.attentions.1': 1,
      'up_blocks.0.attentions.1': 1,
    })
    const all = shares(SDXL, 'all')
    assert.equal(Object.keys(all).length, 11)
    // Strong style is everything but the composition, the middle block too.
    const strong = shares(SDXL, 'strong-style')
    assert.deepEqual({ ...strong, 'down_blocks.2.attentions.1': 1 }, all)
    assert.equal('down_blocks.2.attentions.1' in strong, false)
    assert.equal(strong['mid_block.attentions.0'], 1)
  })

  test('style and layout by degrees meet the modes at the corners, and the rest takes as much as both do', () => {
    for (const config of [SD15, SDXL]) {
      assert.deepEqual(shares(config, { style: 1, layout: 1 }), shares(config, 'all'))
      assert.deepEqual(shares(config, { style: 1, layout: 0 }), shares(config, 'style'))
      assert.deepEqual(shares(config, { style: 0, layout: 1 }), shares(config, 'composition'))
      assert.deepEqual(shares(config, { style: 0, layout: 0 }), {})
      const between = shares(config, { style: 0.75, layout: 0.25 })
      assert.deepEqual(Object.keys(between), Object.keys(shares(config, 'all')))
      assert.equal(between['down_blocks.2.attentions.1'], 0.25)
      assert.equal(between[Object.keys(shares(config, 'style'))[0]!], 0.75)
      assert.equal(between['mid_block.attentions.0'], 0.25)
    }
  })

  test('every mode has a meaning', () => {
    for (const mode of MODES) assert.ok(Object.keys(shares(SD15, mode)).length > 0, mode)
  })

  test('blocks by name, one number or one for each transformer; what is not named takes nothing', () => {
    const given = { down: { block_2: [0, 0.5] }, mid: 0.25, up: { block_1: 2 } }
    assert.deepEqual(shares(SD15, 'all', given), {
      'down_blocks.2.attentions.1': 0.5,
      'mid_block.attentions.0': 0.25,
      'up_blocks.1.attentions.0': 2,
      'up_blocks.1.attentions.1': 2,
      'up_blocks.1.attentions.2': 2,
    })
    assert.deepEqual(shares(SD15, 'all', {}), {})
  })

  test('blocks that have no attention, are not there, or have another number of transformers', () => {
    const refused = (layers: Parameters<typeof layerWeights>[2], message: RegExp) =>
      assert.throws(() => layerWeights(SD15, 'all', layers), { code: 'recipe-invalid', message })
    refused({ down: { block_3: 1 } }, /recipe\.references\.layers\.down\.block_3: the model has no attention there/)
    refused({ up: { block_0: [0, 1, 0] } }, /layers\.up\.block_0: the model has no attention there/)
    refused({ up: { block_9: 1 } }, /layers\.up\.block_9/)
    refused({ up: { block_1: [1, 0] } }, /layers\.up\.block_1: give one number, or a list of 3, not of 2/)
    refused({ mid: [0, 1] }, /layers\.mid: give one number, or a list of 1, not of 2/)
  })
})

test('what is left for the way up, halved and rounded up', () => {
  const left = leftForWayUp(SDXL, { width: 12, height: 7 }).map(({ name, shape }) => `${name} ${shape.join('x')}`)
  assert.deepEqual(left, [
    'down.0 1x320x7x12',
    'down.1 1x320x7x12',
    'down.2 1x320x7x12',
    'down.3 1x320x4x6',
    'down.4 1x640x4x6',
    'down.5 1x640x4x6',
    'down.6 1x640x2x3',
    'down.7 1x1280x2x3',
    'down.8 1x1280x2x3',
    'mid 1x1280x2x3',
  ])
})

test('a middle without attention has one resnet', () => {
  const middle = (attends: boolean) => wayDownLayout(SDXL, attends).at(-1)!
  assert.deepEqual([middle(false).resnets.length, middle(false).transformers.length], [1, 0])
  assert.deepEqual([middle(true).resnets.length, middle(true).transformers.length], [2, 1])
})
