/** Does the command measure a model folder with the shipped job, and refuse what it cannot do? */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import process from 'node:process'
import { test } from 'node:test'
import { STARTER } from '../../companion/cli/folders.ts'
import { openPainter } from '../../companion/starter/evaluate/painter.ts'
import { readReferences } from '../../companion/starter/evaluate/references.ts'
import { start } from '../support/cli.ts'

const MAIN = join(import.meta.dirname, '..', '..', 'companion', 'starter', 'evaluate', 'main.ts')
const evaluate = (...args: string[]) => start(process.execPath, ['--import', 'tsx', MAIN, ...args]).ended

test('a painter is the job over one folder: no weight is no reference, one changes the picture', async () => {
  const painter = openPainter(STARTER)
  const { picture } = (await readReferences()).trained[0]!
  const alone = await painter.paint({ prompt: 'fox', seed: 1 })
  const unweighted = await painter.paint({ prompt: 'fox', seed: 1, reference: { picture, weight: 0 } })
  const weighted = await painter.paint({ prompt: 'fox', seed: 1, reference: { picture, weight: 1 } })
  assert.deepEqual(unweighted.data, alone.data)
  assert.notDeepEqual(weighted.data, alone.data)
  assert.equal(painter.seconds.length, 3)
  assert.ok(painter.megabytes > 10 && painter.megabytes < 60, `${painter.megabytes} MB`)
})

test('the command says what it takes', async () => {
  const { status, stdout } = await evaluate('--help')
  assert.equal(status, 0)
  for (const option of ['--models', '--out', '--few', '--figures']) assert.ok(stdout.includes(option), option)
})

for (const [what, args, said] of [
  ['no number', ['--few', 'some'], /--few: "some" is no number/],
  ['an option there is not', ['--many', '3'], /--many/],
  ['a folder there is not', ['--models', 'nowhere'], /checkpoint/],
] as const) {
  test(`it refuses ${what} by a sentence`, async () => {
    const { status, stderr } = await evaluate(...args)
    assert.equal(status, 2)
    assert.match(stderr, said)
    assert.equal(stderr.trim().split('\n').length, 1, stderr)
  })
}
