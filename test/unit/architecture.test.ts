import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

const root = join(import.meta.dirname, '..', '..')

test('every file and folder that ARCHITECTURE.md and CONTRIBUTING.md name is there', () => {
  for (const page of ['ARCHITECTURE.md', 'CONTRIBUTING.md']) {
    const text = readFileSync(join(root, page), 'utf8')
    const named = [...text.matchAll(/`((?:shared|plugin|companion|test)\/[\w./-]*)`/g)].map(([, path]) => path!)
    assert.ok(named.length > 5, `${page} names files`)
    const missing = named.filter((path) => !path.includes('NAME') && !existsSync(join(root, path)))
    assert.deepEqual(missing, [], page)
  }
})

test('ARCHITECTURE.md describes the twelve steps of the way of the data', () => {
  const text = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8')
  const steps = [...text.matchAll(/^\| (\d+) +\|/gm)].map(([, number]) => Number(number))
  assert.deepEqual(
    steps,
    Array.from({ length: 12 }, (_, i) => i + 1),
  )
})
