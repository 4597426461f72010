import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { after, test } from 'node:test'
import { processesBelow, untilGone } from '../support/child-processes.ts'
import { startImprint } from '../support/cli.ts'
import { temporaryFolder } from '../support/craft-safetensors.ts'

const temporary = temporaryFolder()
after(() => temporary.dispose())

// Windows has no such signals to send, and ends both processes at once.
if (process.platform !== 'win32') {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    test(`${signal} during a run: one sentence, no file, no process left`, { timeout: 60_000 }, async () => {
      const out = join(temporary.path, 'fox.png')
      const { child, ended } = startImprint(
        ['generate', '--prompt', 'a fox', '--steps', '900', '--size', '512x512', '--device', 'cpu', '--out', out],
        { env: { IMPRINT_HOME: join(temporary.path, 'home') } },
      )
      const below = await processesBelow(child.pid!)
      child.kill(signal)
      const { status, stdout, stderr } = await ended
      assert.deepEqual([status, stdout, stderr], [2, '', 'Cancelled. Nothing was changed.\n'])
      for (const pid of below) await untilGone(pid)
      assert.deepEqual(readdirSync(temporary.path), [])
    })
  }

  test('serve told to stop takes its engine with it', { timeout: 60_000 }, async () => {
    const env = { IMPRINT_HOME: join(temporary.path, 'serving') }
    const { child, ended } = startImprint(['serve', '--port', '0', '--json', '--device', 'cpu'], { env })
    const ready = once(child.stdout!, 'data')
    const below = await processesBelow(child.pid!)
    await ready
    child.kill('SIGTERM')
    assert.equal((await ended).status, 0)
    for (const pid of below) await untilGone(pid)
  })
}
