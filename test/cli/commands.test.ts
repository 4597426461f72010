import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { initializeCanvas, readPsd } from 'ag-psd'
import { imprint, startImprint } from '../support/cli.ts'
import { isRunning, untilGone } from '../support/child-processes.ts'
import { fixture } from '../support/golden.ts'
import { temporaryFolder } from '../support/craft-safetensors.ts'

const temporary = temporaryFolder()
after(() => temporary.dispose())
const folder = temporary.path
const home = { IMPRINT_HOME: join(folder, 'home') }
const fast = ['--steps', '2', '--device', 'cpu']
const psd = join(import.meta.dirname, '..', '..', 'plugin', 'studio', 'example', 'fox.psd')

initializeCanvas(
  () => {
    throw new Error('there is no canvas here')
  },
  (width, height) => ({ width, height, data: new Uint8ClampedArray(4 * width * height), colorSpace: 'srgb' }),
)

test('every command tells its options', async () => {
  const { stdout } = await imprint(['--help'])
  const commands = [...stdout.matchAll(/^ {2}(\w+) /gm)].map(([, name]) => name!)
  assert.deepEqual(commands, ['generate', 'serve', 'models', 'doctor', 'bench'])
  for (const command of commands) {
    const { status, stdout: help } = await imprint([command, '--help'])
    assert.equal(status, 0)
    assert.match(help, new RegExp(`^Usage: imprint ${command} `))
  }
})

test('the same seed gives the same file, another seed another, and the complete recipe gives it once more', async () => {
  const out = (name: string) => join(folder, `${name}.png`)
  const made = await Promise.all([
    imprint(['generate', '--prompt', 'a fox', '--seed', '1', ...fast, '--out', out('a'), '--json'], { env: home }),
    imprint(['generate', '--prompt', 'a fox', '--seed', '1', ...fast, '--out', out('b')], { env: home }),
    imprint(['generate', '--prompt', 'a fox', '--seed', '2', ...fast, '--out', out('c')], { env: home }),
  ])
  assert.deepEqual(
    made.map(({ status }) => status),
    [0, 0, 0],
    made.map(({ stderr }) => stderr).join(),
  )
  const [a, b, c] = ['a', 'b', 'c'].map((name) => readFileSync(out(name)))
  assert.ok(a!.equals(b!))
  assert.ok(!a!.equals(c!))
  const { recipe } = JSON.parse(made[0].stdout) as { recipe: { seed: number; steps: number } }
  assert.deepEqual([recipe.seed, recipe.steps], [1, 2])
})

test('a layer of a document: the result is a new named layer right above it, the others stay', async () => {
  const out = join(folder, 'out.psd')
  const { status, stderr } = await imprint(
    ['generate', '--psd', psd, '--layer', 'fox', '--prompt', 'a house', '--seed', '3', ...fast, '--out', out],
    { env: home },
  )
  assert.equal(status, 0, stderr)
  const names = (path: string) => readPsd(readFileSync(path), { useImageData: true }).children!.map(({ name }) => name)
  const before = names(psd)
  const expected = [...before]
  expected.splice(before.indexOf('fox') + 1, 0, 'Imprint: a house')
  assert.deepEqual(names(out), expected)
  const pixels = (path: string, layer: string) =>
    readPsd(readFileSync(path), { useImageData: true }).children!.find(({ name }) => name === layer)!.imageData!.data
  assert.deepEqual(pixels(out, 'fox'), pixels(psd, 'fox'))
  assert.ok(new Set(pixels(out, 'Imprint: a house')).size > 20, 'the layer holds a picture')
})

test('models lists what the fixtures hold, as a table and as JSON', async () => {
  const { status, stdout } = await imprint(['models', '--models', fixture('models'), '--json'])
  assert.equal(status, 0)
  const found = JSON.parse(stdout) as { name: string; role: string; variant?: string }[]
  const roleOf = (name: string) => found.find((model) => model.name === name)?.role
  assert.deepEqual(['tiny15', 'tinyxl', 'tiny-vit', 'ip-adapter-plus_tiny15', 'starter'].map(roleOf), [
    'checkpoint',
    'checkpoint',
    'encoder',
    'adapter',
    'checkpoint',
  ])
})

test('doctor says what works, in words and as JSON', async () => {
  const { status, stdout } = await imprint(['doctor', '--json'], { env: home })
  assert.equal(status, 0)
  const findings = JSON.parse(stdout) as { subject: string; works: boolean; says: string }[]
  assert.equal(findings.find(({ subject }) => subject === 'cpu')?.works, true)
  assert.ok(findings.every(({ says }) => says !== ''))
})

test('serve prints one line of JSON when ready and leaves nothing behind when told to stop', async () => {
  const { child, ended } = startImprint(['serve', '--port', '0', '--json', '--device', 'cpu'], { env: home })
  const line = await new Promise<string>((resolve) =>
    child.stdout!.once('data', (data: Buffer) => resolve(String(data))),
  )
  const ready = JSON.parse(line) as { port: number; token: string; device: { device: string } }
  assert.ok(ready.port > 0)
  assert.match(ready.token, /^[0-9A-Z]{4}(-[0-9A-Z]{4}){3}$/)
  assert.equal(ready.device.device, 'cpu')
  child.kill('SIGTERM')
  assert.equal((await ended).status, 0)
  await untilGone(child.pid!)
  assert.ok(!isRunning(child.pid!))
})
