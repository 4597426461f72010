/** A test file that is run by itself leaves the person's own Imprint alone. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { test } from 'node:test'
import { promisify } from 'node:util'

const tests = join(import.meta.dirname, '..')
const run = promisify(execFile)

/** What brings a companion of the test's own, and what gives it a home. */
const STARTS = /companion-process\.ts|open-studio\.ts|node\/demo\.ts|paired-panel\.ts/
const HOMES = /support\/(own-home|cli|studio-page)\.ts/

test('whoever starts a companion gives it a home of its own, which is gone afterwards', async () => {
  for (const support of ['own-home', 'cli', 'studio-page']) {
    const path = join(tests, `support/${support}.ts`)
    const program = `await import(${JSON.stringify(path)}); console.log(process.env.IMPRINT_HOME); process.exit()`
    const { stdout } = await run(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', program], {
      cwd: tests,
      env: { ...process.env, IMPRINT_HOME: '/the/persons/own' },
    })
    assert.match(stdout.trim(), /imprint-home-\w+$/, support)
    assert.equal(existsSync(stdout.trim()), false, support)
  }
})

test('every test file that starts a companion does so', () => {
  const files = readdirSync(tests, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.test.ts'))
  const starting = files.map((file) => [file, readFileSync(join(tests, file), 'utf8')] as const)
  const homeless = starting.filter(([, text]) => STARTS.test(text) && !HOMES.test(text)).map(([file]) => file)
  assert.deepEqual(homeless, [])
})
