/** Is what recipes can name and no job does yet refused by name, instead of being left out? */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { refuseNotBuilt } from '../../companion/jobs/not-built.ts'
import type { Recipe } from '../../shared/recipe.ts'

const REFUSED: Readonly<Record<string, Partial<Recipe>>> = {
  'recipe.loras: ': { loras: [{ file: 'a' }] },
}

for (const [begins, fields] of Object.entries(REFUSED)) {
  test(`${begins}one sentence`, () => {
    assert.throws(() => refuseNotBuilt({ prompt: '', ...fields }), {
      code: 'recipe-invalid',
      message: new RegExp(`^${begins.replaceAll('.', '\\.')}Imprint cannot use .+ yet\\. Leave the field out\\.$`),
    })
  })
}

test('everything else goes through', () => {
  refuseNotBuilt({ prompt: 'a fox', references: [{ image: 'a', negative: 'b', fit: 'tile' }], controls: [], loras: [] })
})
