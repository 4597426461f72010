/** Does the command make the pictures that diffusers makes of the same recipes? */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { CASES, compareDumps, expectedFile, generateCase } from '../support/cases.ts'
import { relativeDifference } from '../support/close.ts'
import { readTensors } from '../support/golden.ts'

const folder = mkdtempSync(join(tmpdir(), 'imprint-cases-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const dumpOf = (name: string) => join(folder, `${name}.safetensors`)

describe('a case comes out as diffusers makes it', { concurrency: 2 }, () => {
  for (const name of CASES) {
    test(name, async () => {
      const { equal, said } = await compareDumps(expectedFile(name), await generateCase(name, folder))
      assert.ok(equal, said)
    })
  }
})

/** A weight of 0 changes no number, and neither does what kind of file the same weights lie in. */
const SAME: readonly (readonly [string, string])[] = [
  ['text-only', 'base-w00'],
  ['plus', 'plus-bin-single'],
]
/** The file stores a projection transposed, which sums in another order: the same but for rounding. */
const ROUNDED = ['xl-base', 'xl-single'] as const

test('xl-base and xl-single are the same but for rounding', () => {
  const [one, other] = ROUNDED.map((name) => readTensors(dumpOf(name)))
  for (const [name, { data }] of one!) {
    const difference = relativeDifference(other!.get(name)!.data, data)
    assert.ok(difference < 1e-5, `${name} differs by ${difference}`)
  }
})

for (const [one, other] of SAME) {
  test(`${one} and ${other} are the same to the last bit`, () => {
    assert.deepEqual(readTensors(dumpOf(other)), readTensors(dumpOf(one)))
  })
}

test('every other two cases differ, so that none could pass for another', () => {
  const dumps = CASES.map((name) => ({ name, latents: readTensors(dumpOf(name)).get('latents')! }))
  for (const [i, a] of dumps.entries()) {
    for (const b of dumps.slice(i + 1)) {
      if ([...SAME, ROUNDED].some(([one, other]) => a.name === one && b.name === other)) continue
      if (a.latents.data.length !== b.latents.data.length) continue
      const difference = relativeDifference(a.latents.data, b.latents.data)
      assert.ok(difference > 1e-3, `${a.name} and ${b.name} differ by ${difference}`)
    }
  }
})

test('the comparison tells the two closest samplers apart, and a missing file from a match', async () => {
  const close = await compareDumps(expectedFile('base-w06'), dumpOf('sampler-euler'))
  assert.equal(close.equal, false, close.said)
  const absent = await compareDumps(expectedFile('base-w06'), dumpOf('absent'))
  assert.equal(absent.equal, false, absent.said)
})
