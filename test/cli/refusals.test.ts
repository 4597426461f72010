/** Is every wrong input met by one sentence that says what, where and what to do, and by status 2? */
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { listenOnLoopback } from '../../companion/server/loopback.ts'
import { imprint } from '../support/cli.ts'
import { fixture } from '../support/golden.ts'
import { messyModels, type ModelsFolder } from '../support/tiny-models.ts'

const folder = mkdtempSync(join(tmpdir(), 'imprint-refusals-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const FOX = join(import.meta.dirname, '../../plugin/studio/example/fox.psd')
const PICTURE = fixture('images', 'ref1.png')

/** A file in the test's own folder. */
function file(name: string, content: string): string {
  writeFileSync(join(folder, name), content)
  return join(folder, name)
}

const recipe = (name: string, fields: object): string => file(name, JSON.stringify({ prompt: 'a fox', ...fields }))

/** The command fails with exactly this on standard error, and leaves no file behind. */
async function refuses(args: readonly string[], sentence: RegExp): Promise<void> {
  const work = mkdtempSync(join(folder, 'work-'))
  const { status, stdout, stderr } = await imprint(args, { cwd: work, env: { IMPRINT_HOME: join(folder, 'home') } })
  assert.match(stderr, sentence)
  assert.equal(stderr.indexOf('\n'), stderr.length - 1, 'one line')
  assert.equal(stdout, '')
  assert.equal(status, 2)
  assert.deepEqual(readdirSync(work), [])
}

describe('commands and options', () => {
  const wrong: Record<string, [string[], RegExp]> = {
    'a command there is not': [
      ['paint'],
      /^There is no command "paint"\. Run "imprint --help" for those there are\.$/m,
    ],
    'a command named like a property': [['constructor'], /^There is no command "constructor"\./],
    'an option there is not': [
      ['generate', '--colour', 'red'],
      /^Unknown option '--colour'\. Run "imprint generate --help"\.$/m,
    ],
    'an option of another command': [['models', '--seed', '1'], /^Unknown option '--seed'\./],
    'an option without its value': [['generate', '--prompt'], /^Option '--prompt <value>' argument missing\./],
    'a word that belongs to no option': [['generate', 'a fox'], /^Unexpected argument 'a fox'\./],
    'a value that looks like an option': [
      ['generate', '--weight', '-1'],
      /^Option '--weight' argument is ambiguous\. Write it like --weight=-1\.$/m,
    ],
    'another value that looks like an option': [['generate', '--seed', '-1'], / Write it like --seed=-1\.$/m],
    'a device there is not': [
      ['serve', '--device', 'cuda'],
      /^--device: there is no device "cuda"\. Use cpu, webgpu or auto\.$/m,
    ],
    'a preview there is not': [
      ['serve', '--preview', 'sharp'],
      /^--preview: there is no preview "sharp"\. Use linear or taesd\.$/m,
    ],
    'a port that is none': [
      ['serve', '--port', '99999'],
      /^--port: "99999" is no port\. Give a number from 0 to 65535\.$/m,
    ],
    'a models folder there is not': [
      ['doctor', '--models', 'absent'],
      /^--models: there is no folder .+absent\. Name the folder your models are in\.$/m,
    ],
    'a models folder that is a file': [['models', '--models', PICTURE], /^--models: there is no folder .+ref1\.png\./],
  }
  for (const [what, [args, sentence]] of Object.entries(wrong)) test(what, () => refuses(args, sentence))

  test('a port that is taken', async () => {
    const { port, servers } = await listenOnLoopback(0, () => createServer())
    try {
      await refuses(
        ['serve', '--port', String(port), '--device', 'cpu'],
        /^Port \d+ on 127\.0\.0\.1 is taken, perhaps by another companion; stop that one or choose another port\.$/m,
      )
    } finally {
      for (const server of servers) server.close()
    }
  })
})

describe('recipes and their fields', () => {
  const wrong: Record<string, [string[], RegExp]> = {
    'a recipe there is not': [['--recipe', 'absent.json'], /^There is no recipe absent\.json\. Check the path\.$/m],
    'a recipe that is a folder': [
      ['--recipe', folder],
      /^The recipe .+ is not JSON, nor a PNG that holds one\. Name another file\.$/m,
    ],
    'a recipe that is not JSON': [
      ['--recipe', file('cut.json', '{"prompt": "a fox"')],
      /^The recipe .+cut\.json is not JSON, nor a PNG that holds one\. Name another file\.$/m,
    ],
    'a recipe that is no record': [['--recipe', file('list.json', '[]')], /^recipe: .*object/],
    'a key there is not': [['--recipe', recipe('key.json', { stepz: 3 })], /^recipe: .*"stepz"/],
    'a value out of range': [['--recipe', recipe('range.json', { steps: 0 })], /^recipe\.steps: .*1/],
    'a value of another kind': [['--recipe', recipe('kind.json', { seed: 'one' })], /^recipe\.seed: .*number/],
    'a value out of range in a reference': [
      ['--recipe', recipe('weight.json', { references: [{ image: PICTURE, weight: 99 }] })],
      /^recipe\.references\.0\.weight: .*5/,
    ],
    'a sampler there is not': [['--sampler', 'dpm'], /^recipe\.sampler: .*"dpmpp_2m"/],
    'a size that is none': [['--size', '100'], /^--size: "100" is no size\. Write it like 512x768\.$/m],
    'a size that is no multiple of 8': [['--size', '96x100'], /^recipe\.size\.1: .*multiple of 8/],
    'a size that is too large': [['--size', '96x99999992'], /^recipe\.size\.1: .*4096/],
    'a number that is none': [['--seed', 'x'], /^--seed: "x" is no number\. Give a number\.$/m],
    'half a step': [['--steps', '1.5'], /^recipe\.steps: .*whole number/],
  }
  for (const [what, [args, sentence]] of Object.entries(wrong))
    test(what, () => refuses(['generate', ...args], sentence))
})

describe('pictures and documents', () => {
  mkdirSync(join(folder, 'pipe.png'))
  const like = (path: string) => ['--prompt', 'a fox', '--reference', path]
  const to = (path: string) => ['--prompt', 'a fox', '--out', path]
  const wrong: Record<string, [string[], RegExp]> = {
    'a picture there is not': [
      like('absent.png'),
      /^recipe\.references\.0\.image: There is no picture .+absent\.png\. Check the path\.$/m,
    ],
    'a picture that is something else': [
      like(file('text.png', 'These are words.')),
      /^recipe\.references\.0\.image: The picture text\.png cannot be read\. Use a PNG, JPEG or WebP file\.$/m,
    ],
    'the second picture of a recipe’s second reference': [
      ['--recipe', recipe('picture.json', { references: [{ image: PICTURE }, { images: [PICTURE, 'absent.png'] }] })],
      /^recipe\.references\.1\.images\.1: There is no picture .+absent\.png\./,
    ],
    'a mask of where to paint': [
      ['--recipe', recipe('mask.json', { source: { image: PICTURE, mask: 'absent.png' } })],
      /^recipe\.source\.mask: There is no picture .+absent\.png\./,
    ],
    'a document there is not': [
      ['--psd', 'absent.psd', '--layer', 'x'],
      /^absent\.psd cannot be opened as a Photoshop document\./,
    ],
    'a document that is something else': [
      ['--psd', PICTURE, '--layer', 'x'],
      /^ref1\.png cannot be opened as a Photoshop document\./,
    ],
    'a layer there is not': [
      ['--psd', FOX, '--layer', 'wolf'],
      /^fox\.psd has no layer "wolf"; it has .*"fox"\. Name one of these\.$/m,
    ],
    'a document without a layer': [['--psd', FOX], /^--psd needs --layer: name the layer to be like\.$/m],
    'a layer without a document': [
      ['--layer', 'fox'],
      /^A layer needs a document: give --psd FILE together with --layer\.$/m,
    ],
    'both a picture and a layer': [
      [...like(PICTURE), '--psd', FOX, '--layer', 'fox'],
      /^--reference and --psd both name what to be like\./,
    ],
    'a file to write of no known kind': [
      to('fox.gif'),
      /^--out: cannot write fox\.gif: name a file that ends in \.png or \.psd\.$/m,
    ],
    'a folder to write to that is not there': [
      to('absent/fox.png'),
      /^--out: cannot write .+fox\.png: there is no folder .+absent; make it, or name another\.$/m,
    ],
    'a file to write that is a folder': [
      to(join(folder, 'pipe.png')),
      /^--out: cannot write .+pipe\.png: something that is no file has that name/,
    ],
    'a dump of no known kind': [
      ['--dump', '/dev/null'],
      /^--dump: cannot write \/dev\/null: name a file that ends in \.safetensors\.$/m,
    ],
  }
  for (const [what, [args, sentence]] of Object.entries(wrong))
    test(what, () => refuses(['generate', ...args], sentence))
})

describe('models', () => {
  let models: ModelsFolder
  before(async () => {
    models = await messyModels()
  })
  after(() => models.remove())

  const wrong: Record<string, [string[], RegExp]> = {
    'a checkpoint there is not': [
      ['--checkpoint', 'absent'],
      /^No checkpoint is called "absent"; there is .*tiny15, .*starter\. Put it into the models folder or name another\.$/m,
    ],
    'an adapter there is not': [['--adapter', 'absent'], /^No adapter is called "absent"; there is .*twin.*\./],
    'two of one stem': [
      ['--adapter', 'twin'],
      /^Two models are called "twin": a\/twin\.safetensors and b\/twin\.safetensors\. Name one by its path\.$/m,
    ],
    'an adapter cut short': [
      ['--adapter', 'cut'],
      /^cut\.safetensors cannot be used as adapter: .+cut\.safetensors is damaged: tensor ".+" ends at byte \d+/,
    ],
    'a pickled adapter cut short': [
      ['--adapter', 'cut-pickle'],
      /^cut-pickle\.bin cannot be used as adapter: .+ is damaged: /,
    ],
    'an adapter of another family': [
      ['--adapter', 'foreign'],
      /^The adapter "foreign" was made for a family whose text is 56 wide, and "tiny15" is of a family whose text is 24 wide\. /,
    ],
    'a checkpoint cut short': [
      ['--checkpoint', 'broken'],
      /^broken cannot be used as checkpoint: The weights file broken\/unet\/diffusion_pytorch_model\.safetensors is damaged: tensor ".+" ends at byte/,
    ],
    'a model of another kind': [['--checkpoint', 'tiny-vit'], /^tiny-vit cannot be used as checkpoint: /],
  }
  for (const [what, [args, sentence]] of Object.entries(wrong)) {
    test(what, () =>
      refuses(
        [
          ...['generate', '--models', models.path, '--checkpoint', 'tiny15', '--prompt', 'a fox', '--size', '64x64'],
          ...['--reference', PICTURE, '--device', 'cpu', ...args],
        ],
        sentence,
      ),
    )
  }

  test('one of two of a stem is named by its path, and so is it in the recipe that ran', async () => {
    const args = [
      '--models',
      models.path,
      '--checkpoint',
      'tiny15',
      '--prompt',
      'a fox',
      '--size',
      '64x64',
      '--steps',
      '1',
    ]
    const named = ['--reference', PICTURE, '--adapter', 'b/twin.safetensors', '--device', 'cpu']
    const { status, stdout, stderr } = await imprint([
      'generate',
      ...args,
      ...named,
      '--json',
      '--dump',
      join(folder, 'twin.safetensors'),
    ])
    assert.equal(status, 0, stderr)
    const { recipe } = JSON.parse(stdout) as { recipe: { references: { adapter: string }[] } }
    assert.equal(recipe.references[0]!.adapter, 'b/twin.safetensors')
  })
})

describe('a fault of ours', () => {
  test('is one sentence and status 1', async () => {
    // Where the pairing code should lie there is a folder.
    const home = join(folder, 'odd home')
    mkdirSync(join(home, 'pairing-code'), { recursive: true })
    const { status, stdout, stderr } = await imprint(['serve', '--port', '0'], { env: { IMPRINT_HOME: home } })
    assert.match(stderr, /^Imprint failed: .+\n$/)
    assert.equal(stdout, '')
    assert.equal(status, 1)
  })
})
