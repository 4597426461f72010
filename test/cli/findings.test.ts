/** Do models and doctor tell what is usable, and of what is not, why? */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import process from 'node:process'
import { after, before, test } from 'node:test'
import { imprint } from '../support/cli.ts'
import { fixture } from '../support/golden.ts'
import { messyModels, type ModelsFolder } from '../support/tiny-models.ts'

let messy: ModelsFolder
before(async () => {
  messy = await messyModels()
})
after(() => messy.remove())

async function says(...args: string[]): Promise<string> {
  const { status, stdout, stderr } = await imprint(args, { env: { IMPRINT_HOME: join(messy.path, 'home') } })
  assert.deepEqual([status, stderr], [0, ''])
  return stdout
}

test('models tells a model by its content', async () => {
  const found = JSON.parse(await says('models', '--models', fixture('models'), '--json')) as Record<string, unknown>[]
  const about = (place: string) => {
    const { role, family, variant } = found.find((model) => model['place'] === place) ?? {}
    return [role, family, variant]
  }
  assert.deepEqual(about('diffusers/tiny15'), ['checkpoint', 'sd15', 'base'])
  assert.deepEqual(about('clip_vision/tiny-vit'), ['encoder', undefined, undefined])
  assert.deepEqual(about('ipadapter/ip-adapter_tiny15.safetensors'), ['adapter', undefined, 'base'])
  assert.deepEqual(about('ipadapter/ip-adapter-plus_tiny15.safetensors'), ['adapter', undefined, 'plus'])
  assert.deepEqual(about('starter'), ['checkpoint', 'sd15', 'v-prediction'])
  for (const { name, bytes } of found) assert.ok(Number(bytes) > 1000, `${String(name)}: ${String(bytes)} bytes`)
})

test('models has a line for each, with the reason where one cannot be used', async () => {
  const table = await says('models', '--models', messy.path)
  assert.match(table, /^checkpoint +tiny15 +[\d.]+ MB +sd15/m)
  assert.match(table, /^adapter +foreign +[\d.]+ MB +base$/m)
  assert.match(table, /^adapter +a\/twin\.safetensors +[\d.]+ MB +base$/m, 'by place where two share a name')
  assert.match(table, /^unknown +broken +[\d.]+ MB +The weights file broken\/unet\/.+ is damaged: .+$/m)
  assert.match(table, /^unknown +cut +[\d.]+ MB +The weights file cut\.safetensors is damaged: .+$/m)
})

test('a person who has no models folder yet has the starter model', async () => {
  const found = JSON.parse(await says('models', '--json')) as { role: string }[]
  assert.deepEqual(
    found.map(({ role }) => role),
    ['checkpoint', 'encoder', 'adapter', 'adapter'],
  )
})

test('doctor says of every part whether it works', async () => {
  const findings = JSON.parse(await says('doctor', '--models', messy.path, '--json')) as {
    subject: string
    works: boolean
    says: string
  }[]
  const about = (subject: string) => findings.filter((finding) => finding.subject === subject)
  for (const subject of ['memory', 'webgpu', 'port']) assert.notEqual(about(subject)[0]?.says ?? '', '', subject)
  const node = { subject: 'node', works: true, says: `${process.version} on ${process.platform} ${process.arch}` }
  assert.deepEqual(about('node'), [node])
  assert.deepEqual(about('cpu'), [{ subject: 'cpu', works: true, says: 'as asked' }])
  assert.ok(about('pairing')[0]!.says.includes(join(messy.path, 'home')))
  const [models, ...unusable] = about('models')
  assert.equal(models!.works, true)
  assert.match(models!.says, /tiny15 \(checkpoint\)/)
  assert.deepEqual(unusable.map(({ works, says }) => [works, says.split(':')[0]]).sort(), [
    [false, 'broken'],
    [false, 'cut-pickle.bin'],
    [false, 'cut.safetensors'],
  ])
})

test('doctor has a mark and a line for each', async () => {
  const table = await says('doctor')
  for (const line of table.trimEnd().split('\n')) assert.match(line, /^[✓✗] \w+ +\S/)
  assert.match(table, /^✓ cpu /m)
})
