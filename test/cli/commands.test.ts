import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { imprint, startImprint } from '../support/cli.ts'
import { isRunning, untilGone } from '../support/child-processes.ts'
import { temporaryFolder } from '../support/craft-safetensors.ts'

const temporary = temporaryFolder()
after(() => temporary.dispose())
const folder = temporary.path
const home = { IMPRINT_HOME: join(folder, 'home') }

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

test('serve prints one line of JSON when ready and leaves nothing behind when told to stop', async () => {
  const { child, ended } = startImprint(['serve', '--port', '0', '--json', '--device', 'cpu'], { env: home })
  const line = await new Promise<string>((resolve) =>
    child.stdout!.once('data', (data: Buffer) => resolve(String(data))),
  )
  const ready = JSON.parse(line) as { port: number; token: string; number: string; device: { device: string } }
  assert.ok(ready.port > 0)
  assert.match(ready.token, /^[0-9A-Z]{4}(-[0-9A-Z]{4}){3}$/)
  assert.match(ready.number, /^\d{6}$/)
  assert.equal(ready.device.device, 'cpu')
  child.kill('SIGTERM')
  assert.equal((await ended).status, 0)
  await untilGone(child.pid!)
  assert.ok(!isRunning(child.pid!))
})
