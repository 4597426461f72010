import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { imprint } from '../support/cli.ts'
import { fixture } from '../support/golden.ts'
import { temporaryFolder } from '../support/craft-safetensors.ts'

const temporary = temporaryFolder()
after(() => temporary.dispose())
const folder = temporary.path
const file = temporary.put
const recipe = (name: string, fields: object) => file(`${name}.json`, JSON.stringify({ prompt: 'a fox', ...fields }))
const tiny = ['--models', fixture('models'), '--device', 'cpu']
const psd = join(import.meta.dirname, '..', '..', 'plugin', 'studio', 'example', 'fox.psd')

/** What a person may get wrong, and what the sentence has to name. */
const MISTAKES: readonly (readonly [what: string, args: readonly string[], names: RegExp])[] = [
  ['an unknown command', ['paint'], /"paint".*imprint --help/],
  ['an unknown option', ['generate', '--colour', 'red'], /--colour.*imprint generate --help/],
  ['a recipe that is not there', ['generate', '--recipe', join(folder, 'no.json')], /no\.json/],
  ['a recipe that is no JSON', ['generate', '--recipe', file('text.json', 'fox')], /text\.json/],
  ['an unknown key', ['generate', '--recipe', recipe('key', { colour: 1 })], /^recipe.*"colour"/],
  ['a value out of range', ['generate', '--recipe', recipe('steps', { steps: 0 })], /^recipe\.steps: /],
  [
    'a nested value out of range',
    ['generate', '--recipe', recipe('weight', { references: [{ image: 'a.png', weight: 9 }] })],
    /^recipe\.references\.0\.weight: /,
  ],
  ['a number that is none', ['generate', '--prompt', 'a', '--seed', 'many'], /--seed.*"many"/],
  ['a size that is none', ['generate', '--prompt', 'a', '--size', 'large'], /--size.*"large".*512x768/],
  ['sides that are no multiples', ['generate', '--prompt', 'a', '--size', '100x100'], /^recipe\.size/],
  ['an unknown device', ['generate', '--prompt', 'a', '--device', 'abacus'], /--device.*"abacus"/],
  ['a missing picture', ['generate', '--prompt', 'a', '--reference', join(folder, 'no.png')], /no\.png/],
  [
    'a picture that is none',
    ['generate', '--prompt', 'a', '--reference', file('fox.png', 'not a picture')],
    /fox\.png.*PNG, JPEG or WebP/,
  ],
  ['a models folder that is not there', ['models', '--models', join(folder, 'nowhere')], /no folder .*nowhere/],
  ['a checkpoint that is not there', ['generate', ...tiny, '--prompt', 'a', '--checkpoint', 'sd99'], /"sd99".*tiny15/],
  [
    'an adapter that is not there',
    [
      'generate',
      ...tiny,
      '--checkpoint',
      'tiny15',
      '--prompt',
      'a',
      '--reference',
      fixture('images', 'ref1.png'),
      '--adapter',
      'none',
    ],
    /"none".*ip-adapter_tiny15/,
  ],
  [
    'an adapter for other models',
    [
      'generate',
      ...tiny,
      '--checkpoint',
      'tiny15',
      '--prompt',
      'a',
      '--reference',
      fixture('images', 'ref1.png'),
      '--adapter',
      'ip-adapter_tinyxl',
    ],
    /ip-adapter_tinyxl/,
  ],
  [
    'noise levels a sampler has not',
    ['generate', '--recipe', recipe('sigmas', { sampler: 'ddim', sigmas: 'karras' })],
    /^recipe\.sigmas.*"ddim"/,
  ],
  ['a layer without a document', ['generate', '--prompt', 'a', '--layer', 'fox'], /--psd/],
  ['a document without a layer', ['generate', '--prompt', 'a', '--psd', psd], /--layer/],
  [
    'a layer that is not there',
    ['generate', '--prompt', 'a', '--psd', psd, '--layer', 'cat', '--out', join(folder, 'o.psd')],
    /"cat".*"fox"/,
  ],
  ['a document that is none', ['generate', '--prompt', 'a', '--psd', file('no.psd', 'x'), '--layer', 'fox'], /no\.psd/],
  ['a file that cannot be written', ['generate', '--prompt', 'a', '--out', 'fox.bmp'], /fox\.bmp/],
  ['a folder that is not there', ['generate', '--prompt', 'a', '--out', join(folder, 'no', 'fox.png')], /folder/],
  ['a port that is none', ['serve', '--port', 'seven'], /--port.*"seven"/],
]

test('bad input gets one sentence, nothing on standard output, and status 2', { concurrency: 2 }, async (t) => {
  await Promise.all(
    MISTAKES.map(([what, args, names]) =>
      t.test(what, async () => {
        const { status, stdout, stderr } = await imprint(args, { cwd: folder })
        assert.equal(status, 2, stderr)
        assert.equal(stdout, '')
        assert.match(stderr, names)
        assert.equal(stderr.trimEnd().split('\n').length, 1, stderr)
        assert.doesNotMatch(stderr, /\bat .*:\d+:\d+|Error:/)
      }),
    ),
  )
})
