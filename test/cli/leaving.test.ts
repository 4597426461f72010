/** Does a command that is left early, at any moment and in any way, end cleanly and alone? */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { after, test } from 'node:test'
import { processesBelow, untilGone } from '../support/child-processes.ts'
import { imprint, startImprint } from '../support/cli.ts'
import { temporaryFolder } from '../support/craft-safetensors.ts'
import { HAS_SOFTWARE_GPU, NO_GPU } from '../support/software-gpu.ts'

const temporary = temporaryFolder()
after(() => temporary.dispose())
const env = { IMPRINT_HOME: join(temporary.path, 'home') }
const LIMIT = { timeout: 60_000 }

test('a reader who has read enough ends the command without a complaint', LIMIT, async () => {
  const { child, ended } = startImprint(['models', '--json'])
  ended.catch(() => undefined)
  const complaints: Buffer[] = []
  child.stderr!.on('data', (data: Buffer) => complaints.push(data))
  child.stdout!.destroy()
  const [status] = (await once(child, 'close')) as [number | null]
  assert.equal(Buffer.concat(complaints).toString(), '')
  assert.equal(status, 0)
})

// Windows has no such signals to send.
if (process.platform !== 'win32') {
  test('Ctrl+C, which a terminal sends to every process of a command, cancels it', LIMIT, async () => {
    const { child, ended } = startImprint(
      ['generate', '--prompt', 'a fox', '--steps', '900', '--size', '512x512', '--device', 'cpu', '--out', 'fox.png'],
      { cwd: temporary.path, env, ownGroup: true },
    )
    const below = await processesBelow(child.pid!)
    process.kill(-child.pid!, 'SIGINT')
    const { status, stdout, stderr } = await ended
    assert.deepEqual([status, stdout, stderr], [2, '', 'Cancelled. Nothing was changed.\n'])
    for (const pid of below) await untilGone(pid)
    assert.ok(!readdirSync(temporary.path).includes('fox.png'))
  })

  test('serve stopped before its engine is ready leaves no process', LIMIT, async () => {
    const { child, ended } = startImprint(['serve', '--port', '0', '--device', 'cpu'], { env })
    const [said] = (await once(child.stdout!, 'data')) as [Buffer]
    assert.match(
      said.toString(),
      /^Imprint's companion listens on port \d+ of this machine\.\nTo pair a panel, type this number there once: \d{3} \d{3}\n/,
    )
    const below = await processesBelow(child.pid!)
    child.kill('SIGTERM')
    const { status, stderr } = await ended
    assert.deepEqual([status, stderr], [0, ''])
    for (const pid of below) await untilGone(pid)
  })
}

// Only there can a machine with a GPU be made to look like one without.
if (HAS_SOFTWARE_GPU) {
  test('serve on a device that cannot be used is one sentence, and the end', LIMIT, async () => {
    const args = ['serve', '--port', '0', '--device', 'webgpu', '--json']
    const { status, stdout, stderr } = await imprint(args, { env: { ...env, ...NO_GPU } })
    const sentence = 'WebGPU cannot be used: this machine offers no WebGPU adapter. Use the device "cpu" or "auto".\n'
    assert.deepEqual([status, stdout, stderr], [2, '', sentence])
  })
}
