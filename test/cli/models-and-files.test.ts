import assert from 'node:assert/strict'
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { replaceFile, writeWhole } from '../../companion/files/write-whole.ts'
import { imprint, start } from '../support/cli.ts'
import { temporaryFolder } from '../support/craft-safetensors.ts'
import { fixture } from '../support/golden.ts'

const temporary = temporaryFolder()
after(() => temporary.dispose())
const models = join(temporary.path, 'models')
const adapter = fixture('models', 'ipadapter', 'ip-adapter_tiny15.safetensors')

mkdirSync(join(models, 'ipadapter'), { recursive: true })
for (const part of ['diffusers/tiny15', 'clip_vision']) {
  cpSync(fixture('models', ...part.split('/')), join(models, part), { recursive: true })
}
cpSync(fixture('models', 'ipadapter', 'ip-adapter-plus_tiny15.bin'), join(models, 'ipadapter', 'pickled.bin'))
for (const copy of ['ipadapter/twin', 'twin']) cpSync(adapter, join(models, `${copy}.safetensors`))
writeFileSync(join(models, 'ipadapter', 'cut.safetensors'), readFileSync(adapter).subarray(0, 3000))

const withAdapter = (name: string) =>
  imprint(
    [
      ...['generate', '--models', models, '--device', 'cpu', '--checkpoint', 'tiny15', '--prompt', 'a', '--steps', '1'],
      ...['--size', '64x64', '--reference', fixture('images', 'ref1.png'), '--adapter', name],
      ...['--out', join(temporary.path, 'out.png')],
    ],
    { cwd: models },
  )

test('of two models of one name neither is guessed: both are named, and a path chooses', async () => {
  const { status, stdout, stderr } = await withAdapter('twin')
  assert.deepEqual([status, stdout], [2, ''])
  assert.match(
    stderr,
    /^Two models are called "twin": twin\.safetensors and ipadapter\/twin\.safetensors\. .*path.*\n$/,
  )
  const chosen = await withAdapter('ipadapter/twin.safetensors')
  assert.equal(chosen.status, 0, chosen.stderr)
})

test('a damaged adapter is refused by its name, a pickled one is read', async () => {
  const [damaged, pickled] = [await withAdapter('cut'), await withAdapter('pickled')]
  assert.deepEqual([damaged.status, damaged.stdout], [2, ''])
  assert.match(damaged.stderr, /^ipadapter\/cut\.safetensors .*damaged.*\n$/)
  assert.equal(pickled.status, 0, pickled.stderr)
})

test('a port that is taken is named', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const { port } = other.address() as AddressInfo
  const env = { IMPRINT_HOME: join(temporary.path, 'home') }
  const { status, stdout, stderr } = await imprint(['serve', '--port', String(port), '--device', 'cpu'], { env })
  other.close()
  assert.deepEqual([status, stdout], [2, ''])
  assert.match(stderr, new RegExp(`^Port ${port} .*taken.*\n$`))
})

test('scripts run the command through npm: standard output is the answer alone, the status is its own', async () => {
  const cwd = join(import.meta.dirname, '..', '..')
  const run = (...args: string[]) => start('npm', ['run', '--silent', 'imprint', '--', ...args], { cwd }).ended
  const listed = await run('models', '--models', models, '--json')
  assert.ok(Array.isArray(JSON.parse(listed.stdout)))
  assert.equal((await run('models', '--models', join(models, 'none'))).status, 2)
})

test('a file is written whole or not at all', async () => {
  const folder = join(temporary.path, 'files')
  mkdirSync(join(folder, 'taken'), { recursive: true })
  const kept = join(folder, 'kept.png')
  writeFileSync(kept, 'old')
  const half = async (draft: string) => {
    writeFileSync(draft, 'ha')
    assert.equal(readFileSync(kept, 'utf8'), 'old')
    await Promise.reject(new Error('stopped half way'))
  }
  await assert.rejects(replaceFile(kept, half), /stopped half way/)
  await assert.rejects(writeWhole(join(folder, 'taken'), Buffer.from('new')), { code: 'usage-invalid' })
  assert.equal(readFileSync(kept, 'utf8'), 'old')
  assert.deepEqual(readdirSync(folder).sort(), ['kept.png', 'taken'])
  await writeWhole(kept, Buffer.from('new'))
  assert.equal(readFileSync(kept, 'utf8'), 'new')
})

test('models are looked for in the folder that was set in the panel, unless the line names one', async () => {
  const home = join(temporary.path, 'home with a folder')
  mkdirSync(home, { recursive: true })
  writeFileSync(join(home, 'settings.json'), JSON.stringify({ folder: join(models, 'diffusers') }))
  const found = async (...args: string[]) => {
    const { stdout } = await imprint(['models', '--json', ...args], { env: { IMPRINT_HOME: home } })
    return (JSON.parse(stdout) as { name: string }[]).map(({ name }) => name)
  }
  assert.ok((await found()).includes('tiny15'))
  assert.ok(!(await found('--models', join(models, 'ipadapter'))).includes('tiny15'))
  writeFileSync(join(home, 'settings.json'), '{')
  const { status, stderr } = await imprint(['models'], { env: { IMPRINT_HOME: home } })
  assert.equal(status, 2)
  assert.match(stderr, /settings\.json: .*Correct it, or delete the file/)
})
