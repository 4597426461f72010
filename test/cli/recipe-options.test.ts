/** Does every option say what it names, and is none left out in silence? */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { after, describe, test } from 'node:test'
import { readOptions } from '../../companion/cli/options.ts'
import { RECIPE_OPTIONS, recipeFromOptions } from '../../companion/cli/recipe-options.ts'
import { temporaryFolder } from '../support/craft-safetensors.ts'

const folder = temporaryFolder()
after(() => folder.dispose())

const recipe = (args: readonly string[], layer?: string) =>
  recipeFromOptions(readOptions('generate', RECIPE_OPTIONS, args)!, layer)
const stored = (name: string, recipe: object): string => {
  const path = join(folder.path, name)
  writeFileSync(path, JSON.stringify({ prompt: 'a fox', ...recipe }))
  return path
}

describe('parts of a recipe', () => {
  test('a reference', () => {
    const given = ['--reference', 'a.png', '--adapter', 'plus', '--weight', '0.7', '--mode', 'style']
    assert.deepEqual(recipe(given).references, [
      { image: resolve('a.png'), adapter: 'plus', weight: 0.7, mode: 'style' },
    ])
  })

  test('when and how a reference acts', () => {
    const given = ['--reference', 'a.png', '--start', '0.2', '--end', '0.8', '--fit', 'tile', '--shortcut', '0.5']
    assert.deepEqual(recipe(given).references, [
      { image: resolve('a.png'), start: 0.2, end: 0.8, fit: 'tile', shortcut: 0.5 },
    ])
  })

  test('how much and when a control holds', () => {
    const given = ['--controlnet', 'lines', '--control-weight', '0.5', '--control-start', '0.1', '--control-end', '0.9']
    assert.deepEqual(recipe(given).controls, [{ controlnet: 'lines', weight: 0.5, start: 0.1, end: 0.9 }])
  })

  test("a document's layer keeps what is said of the reference", () => {
    assert.deepEqual(recipe(['--weight', '0.7'], 'layer:').references, [{ image: 'layer:', weight: 0.7 }])
    const own = stored('own.json', { references: [{ images: ['a.png'], fit: 'pad' }, { image: 'b.png' }] })
    assert.deepEqual(recipe(['--recipe', own], 'layer:').references, [
      { image: 'layer:', fit: 'pad' },
      { image: join(folder.path, 'b.png') },
    ])
  })

  test("a mode takes the place of a recipe's own layers", () => {
    const own = stored('layers.json', { references: [{ image: 'a.png', layers: { mid: 1 } }] })
    assert.deepEqual(recipe(['--recipe', own, '--mode', 'composition']).references, [
      { image: join(folder.path, 'a.png'), mode: 'composition' },
    ])
  })

  test('LoRAs, whose names may hold colons', () => {
    assert.deepEqual(recipe(['--lora', 'ink:0.7, v1:5:-1,plain']).loras, [
      { file: 'ink', weight: 0.7 },
      { file: 'v1:5', weight: -1 },
      { file: 'plain' },
    ])
    const own = stored('loras.json', { loras: [{ file: 'old' }] })
    assert.deepEqual(recipe(['--recipe', own, '--lora', 'new']).loras, [{ file: 'new' }])
    assert.deepEqual(recipe(['--recipe', own]).loras, [{ file: 'old' }])
  })

  test('a control', () => {
    const given = ['--controlnet', 'lines', '--control', 'sketch.png', '--preprocess', 'invert']
    assert.deepEqual(recipe(given).controls, [
      { controlnet: 'lines', image: resolve('sketch.png'), preprocess: 'invert' },
    ])
    const own = stored('controls.json', {
      controls: [{ controlnet: 'a', image: 'a.png', end: 0.5 }, { controlnet: 'b' }],
    })
    assert.deepEqual(recipe(['--recipe', own, '--control', 'c.png']).controls, [
      { controlnet: 'a', image: resolve('c.png'), end: 0.5 },
      { controlnet: 'b' },
    ])
  })

  test('a picture to start from, and where', () => {
    assert.deepEqual(recipe(['--source', 's.png', '--strength', '0.4', '--mask', 'm.png']).source, {
      image: resolve('s.png'),
      strength: 0.4,
      mask: resolve('m.png'),
    })
  })

  test('of an option given twice the last one counts', () => {
    assert.equal(recipe(['--seed', '1', '--seed', '2']).seed, 2)
  })

  test('the schedule', () => {
    const { spacing, sigmas } = recipe(['--spacing', 'trailing', '--sigmas', 'karras'])
    assert.deepEqual([spacing, sigmas], ['trailing', 'karras'])
  })

  test('how words are read', () => {
    const { notation, clipSkip } = recipe(['--notation', 'comfy', '--clip-skip', '1'])
    assert.deepEqual([notation, clipSkip], ['comfy', 1])
  })
})

describe('refused in one sentence', () => {
  const refusals: [args: string[], sentence: string][] = [
    [['--lora', 'a', '--lora', 'b'], '--lora is given twice. Write several LoRAs as one: a:0.7,b.'],
    [['--reference', 'a', '--reference=b'], '--reference is given twice. Several references go into a recipe.'],
    [['--weight', '0.5'], '--weight is about a reference, and there is none. Give --reference too.'],
    [['--adapter', 'plus'], '--adapter is about a reference, and there is none. Give --reference too.'],
    [['--mode', 'style'], '--mode is about a reference, and there is none. Give --reference too.'],
    [['--control', 'a.png'], '--control is about a ControlNet, and there is none. Give --controlnet too.'],
    [['--preprocess', 'canny'], '--preprocess is about a ControlNet, and there is none. Give --controlnet too.'],
    [['--end', '0.5'], '--end is about a reference, and there is none. Give --reference too.'],
    [['--control-weight', '1'], '--control-weight is about a ControlNet, and there is none. Give --controlnet too.'],
    [['--strength', '1'], '--strength is about a picture to start from, and there is none. Give --source too.'],
    [['--mask', 'a.png'], '--mask is about a picture to start from, and there is none. Give --source too.'],
    [['--source', 'a.png', '--strength', 'much'], '--strength: "much" is no number. Give a number.'],
    [['--clip-skip', ''], '--clip-skip: "" is no number. Give a number.'],
  ]
  for (const [args, message] of refusals) {
    test(args.join(' '), () => assert.throws(() => recipe(args), { code: 'usage-invalid', message }))
  }
})
