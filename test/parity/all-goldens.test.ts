/** Is there a test for every tensor that the reference computed? Each file of goldens has a test that asks for all of them. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fixtureJson, GOLDEN_FILES } from '../support/golden.ts'

/** Computed for Imprint alone, on numbers of little variance. */
const OWN = 'quiet'

test('every tensor of the reference is in one file of goldens', () => {
  const names = fixtureJson('goldens', 'names.json') as string[]
  assert.equal(names.length, 50)
  const held = GOLDEN_FILES.filter((file) => file !== OWN).flatMap((file) =>
    Object.keys(fixtureJson('goldens', `${file}.json`) as object),
  )
  assert.deepEqual(held.sort(), names.sort())
})

test('every file of goldens has a test that leaves none of them out', () => {
  const tests = readdirSync(import.meta.dirname)
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => readFileSync(join(import.meta.dirname, name), 'utf8'))
  for (const file of GOLDEN_FILES) {
    const opening = tests.filter((source) => source.includes(`openGoldens('${file}')`))
    assert.equal(opening.length, 1, file)
    assert.match(opening[0]!, /test\('no golden is left out', \(\) => assert\.deepEqual\(unasked\(\), \[\]\)\)/)
  }
})
