/** Does every mistake that is tried still stand somewhere in the sources? Lines move; a mistake that is nowhere proves nothing. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { MUTATIONS } from './mutations.ts'

const ROOT = join(import.meta.dirname, '..', '..')

test('every mistake is made in one place of one file', () => {
  const places = MUTATIONS.map(({ mistake, file, from }) => ({
    mistake,
    file,
    times: readFileSync(join(ROOT, file), 'utf8').split(from).length - 1,
  }))
  assert.deepEqual(
    places.filter(({ times }) => times !== 1),
    [],
  )
})

test('every mistake changes something and is called by a name of its own', () => {
  assert.deepEqual(
    MUTATIONS.filter(({ from, to }) => from === to),
    [],
  )
  const names = MUTATIONS.map(({ mistake, file }) => `${file}: ${mistake}`)
  assert.deepEqual([...new Set(names)], names)
})
