/**
 * Would the tests of the numbers notice a wrong one? Each constant is changed in a copy of the sources, and the tests that
 * guard it must then disagree; unchanged, the same tests on the same copy must pass.
 */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { MUTATIONS } from './mutations.ts'
import { runCheck } from './tree.ts'

const checks = new Map(MUTATIONS.map(({ check }) => [`${check.file}: ${check.name}`, check]))

describe('unchanged', { concurrency: 2 }, () => {
  for (const [name, check] of checks) {
    test(name, async () => {
      const { passed, disagreed, said } = await runCheck(check)
      assert.ok(passed > 0 && disagreed === 0 && /^# fail 0$/m.test(said), said)
    })
  }
})

describe('with a mistake', { concurrency: 2 }, () => {
  for (const { mistake, check, ...change } of MUTATIONS) {
    test(mistake, async () => {
      const { disagreed, said } = await runCheck(check, change)
      assert.ok(disagreed > 0, `${check.file} did not notice "${change.to}":\n${said}`)
    })
  }
})
