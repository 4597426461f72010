/** Does one command make the picture it was asked for, and the same one again? */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { after, test } from 'node:test'
import sharp from 'sharp'
import { imprint, start } from '../support/cli.ts'
import { fixture, readTensors } from '../support/golden.ts'

const folder = mkdtempSync(join(tmpdir(), 'imprint-generate-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const CPU = ['--device', 'cpu']
const SMALL = ['--prompt', 'a fox', '--size', '64x96', '--steps', '2', ...CPU]

/** What a run says of itself with --json. */
interface Said {
  readonly recipe: Record<string, unknown> & { readonly references: Record<string, unknown>[] }
  readonly runs: Record<string, number>
  readonly seconds: number
  readonly score?: Record<string, number>
  readonly device: { readonly device: string; readonly reason: string }
  readonly out?: string
}

async function generate(...args: string[]): Promise<Said> {
  const { status, stdout, stderr } = await imprint(['generate', ...args, '--json'], { cwd: folder })
  assert.equal(stderr, '')
  assert.equal(status, 0)
  assert.equal(stdout.trim().split('\n').length, 1)
  return JSON.parse(stdout) as Said
}

test('a prompt is enough: the starter model, its own defaults, and a file named by the seed', async () => {
  const { status, stdout, stderr } = await imprint(['generate', '--prompt', 'a fox', '--seed', '5', ...CPU], {
    cwd: folder,
  })
  assert.equal(stderr, '')
  assert.equal(status, 0)
  assert.match(stdout, /^imprint-5\.png: a fox, [\d.]+ s, seed 5\n$/)
  const { width, height, format } = await sharp(join(folder, 'imprint-5.png')).metadata()
  assert.deepEqual({ width, height, format }, { width: 128, height: 128, format: 'png' })
  const { entropy } = await sharp(join(folder, 'imprint-5.png')).stats()
  assert.ok(entropy > 1, `a picture, not one colour: ${entropy}`)
})

test('--score says how near the picture came, in words and as numbers', async () => {
  const like = [...SMALL, '--reference', fixture('images', 'ref1.png'), '--out', 'scored.png', '--score']
  const { stdout, stderr } = await imprint(['generate', ...like], { cwd: folder })
  assert.equal(stderr, '')
  assert.match(stdout, /^scored\.png: [^\n]+\n\d+ % like the reference, \d+ % like the prompt\n$/)
  const { score, runs } = await generate(...like)
  assert.ok(Math.abs(score!['reference']!) <= 1 && Math.abs(score!['prompt']!) <= 1)
  const { score: unasked, runs: usual } = await generate(...like.slice(0, -1))
  assert.equal(unasked, undefined)
  assert.equal(runs['clip-vision'], usual['clip-vision']! + 1)
})

test('--score says so where nothing looks at pictures', async () => {
  const args = ['--models', fixture('models'), '--checkpoint', 'tinyxl', '--steps', '1', '--size', '64x64']
  const { stdout } = await imprint(['generate', ...args, '--prompt', 'a fox', '--out', 'plain.png', '--score'], {
    cwd: folder,
  })
  assert.match(stdout, /^plain\.png: [^\n]+\nThere is no score: it needs an image encoder [^\n]+\n$/)
})

test('the same seed makes the same file, another seed another', async () => {
  const made = async (name: string, seed: string) => {
    await generate(...SMALL, '--seed', seed, '--out', name)
    return readFileSync(join(folder, name))
  }
  const [first, again, other] = [
    await made('first.png', '7'),
    await made('again.png', '7'),
    await made('other.png', '8'),
  ]
  assert.ok(first.equals(again))
  assert.ok(!first.equals(other))
})

test('--json is the complete recipe, which makes the same picture again', async () => {
  const said = await generate(...SMALL, '--reference', fixture('images', 'ref1.png'), '--out', 'said.png')
  assert.equal(said.out, 'said.png')
  assert.deepEqual(said.device, { device: 'cpu', reason: 'as asked' })
  assert.equal(said.runs['vae-decoder'], 1)
  assert.ok(said.seconds > 0)
  writeFileSync(join(folder, 'said.json'), JSON.stringify(said.recipe))
  const again = await generate('--recipe', 'said.json', '--out', 'said-again.png', ...CPU)
  assert.deepEqual(again.recipe, said.recipe)
  assert.ok(readFileSync(join(folder, 'said.png')).equals(readFileSync(join(folder, 'said-again.png'))))
})

test('an option overrides the recipe, and only what it names', async () => {
  const own = { prompt: 'a house', negativePrompt: 'grey', seed: 3, steps: 2, size: [64, 64], guidance: 1 }
  const references = [
    { image: 'ref1.png', weight: 0.4 },
    { images: ['ref1.png', 'ref2.png'], end: 0.5 },
  ]
  for (const name of ['ref1.png', 'ref2.png']) writeFileSync(join(folder, name), readFileSync(fixture('images', name)))
  writeFileSync(join(folder, 'own.json'), JSON.stringify({ ...own, references }))

  const [kept, changed] = await Promise.all([
    generate('--recipe', 'own.json', '--out', 'own.png', ...CPU),
    generate(
      ...['--recipe', 'own.json', '--out', 'changed.png', ...CPU],
      ...[
        '--prompt',
        'a fox',
        '--negative',
        'blue',
        '--seed',
        '4',
        '--steps',
        '3',
        '--size',
        '96x64',
        '--guidance',
        '2',
      ],
      ...['--sampler', 'euler', '--weight=-0.5', '--reference', fixture('images', 'ref2.png')],
    ),
  ])
  const picked = (said: Said, ...names: string[]) => Object.fromEntries(names.map((name) => [name, said.recipe[name]]))
  assert.deepEqual(picked(kept, ...Object.keys(own)), own)
  assert.deepEqual(
    kept.recipe.references.map(({ image, images, weight, end }) => ({ image, images, weight, end })),
    [
      { image: join(folder, 'ref1.png'), images: undefined, weight: 0.4, end: 1 },
      { image: undefined, images: [join(folder, 'ref1.png'), join(folder, 'ref2.png')], weight: 0.6, end: 0.5 },
    ],
  )
  assert.deepEqual(picked(changed, ...Object.keys(own), 'sampler'), {
    prompt: 'a fox',
    negativePrompt: 'blue',
    seed: 4,
    steps: 3,
    size: [96, 64],
    guidance: 2,
    sampler: 'euler',
  })
  assert.deepEqual(
    changed.recipe.references.map(({ image, weight }) => ({ image, weight })),
    [
      { image: fixture('images', 'ref2.png'), weight: -0.5 },
      { image: undefined, weight: -0.5 },
    ],
  )
})

test('a dump is the exact picture, and the file to look at is that picture rounded', async () => {
  await generate(...SMALL, '--dump', 'fox.safetensors', '--out', 'dumped.png')
  const tensors = readTensors(join(folder, 'fox.safetensors'))
  const image = tensors.get('image')!
  assert.deepEqual(image.shape, [1, 3, 96, 64])
  assert.equal(tensors.get('latents')!.shape[1], 4)
  const pixels = await sharp(join(folder, 'dumped.png')).raw().toBuffer()
  for (let i = 0; i < 96 * 64; i++) {
    for (let c = 0; c < 3; c++) {
      const apart = Math.abs(pixels[3 * i + c]! - 255 * image.data[c * 96 * 64 + i]!)
      assert.ok(apart <= 0.5 + 1e-4, `pixel ${i}, channel ${c}: ${apart} apart`)
    }
  }
})

test('with nothing but a dump asked for, nothing else is written', async () => {
  const { out } = await generate(...SMALL, '--dump', 'only.safetensors')
  assert.equal(out, undefined)
})

test('npm passes the command on, and nothing of its own', async () => {
  const root = join(import.meta.dirname, '../..')
  const npm = process.env['npm_execpath']
  assert.ok(npm, 'these tests run under "npm test"')
  const out = join(folder, 'npm.png')
  const args = [npm, 'run', '--silent', 'imprint', '--', 'generate', ...SMALL, '--out', out, '--json']
  const { status, stdout, stderr } = await start(process.execPath, args, { cwd: root }).ended
  assert.equal(stderr, '')
  assert.equal(status, 0)
  assert.equal((JSON.parse(stdout) as Said).out, out)
})

test('the PNG holds its recipe, which makes the same picture again, and says its files from where it lies', async () => {
  const reference = fixture('images', 'ref1.png')
  const said = await generate(...SMALL, '--seed', '8', '--reference', reference, '--out', 'told.png')
  const { comments = [] } = await sharp(join(folder, 'told.png')).metadata()
  const [own, others] = comments
  assert.deepEqual([own!.keyword, others!.keyword], ['imprint', 'parameters'])
  const [first] = (JSON.parse(own!.text) as Said['recipe']).references
  assert.equal(join(folder, first!['image'] as string), reference)
  assert.match(others!.text, /^a fox\nSteps: 2, Sampler: .+, Seed: 8, Size: 64x96, Model: starter, Version: Imprint$/)
  const again = await generate('--recipe', 'told.png', '--out', 'told-again.png', ...CPU)
  assert.deepEqual(again.recipe, said.recipe)
  assert.ok(readFileSync(join(folder, 'told.png')).equals(readFileSync(join(folder, 'told-again.png'))))
})
