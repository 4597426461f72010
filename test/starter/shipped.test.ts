/** Does Imprint make of the starter model what diffusers makes of it? `companion/starter/train/compare.py` keeps what that is. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { STARTER } from '../../companion/cli/folders.ts'
import { readPicture } from '../../companion/cli/pictures.ts'
import { imprint } from '../../companion/jobs/imprint.ts'
import { createKeep } from '../../companion/jobs/keep.ts'
import { createNetworks } from '../../companion/jobs/networks.ts'
import { openLibrary } from '../../companion/models/library.ts'
import { readRows } from '../../companion/weights/read.ts'
import { openSafetensors } from '../../companion/weights/safetensors.ts'
import { recipeSchema } from '../../shared/recipe.ts'
import { assertClose } from '../support/close.ts'

const EXPECTED = join(import.meta.dirname, 'expected')
/** Of the largest latent. */
const TOLERANCE = 1e-3

const adapters = readdirSync(join(STARTER, 'ip_adapter')).map((file) => file.replace('.safetensors', ''))

test('the starter model has adapters, and every one of them is expected something of', () => {
  const kept = readdirSync(EXPECTED).filter((file) => file.endsWith('.json'))
  assert.deepEqual(kept.sort(), adapters.map((name) => `${name}.json`).sort())
  assert.ok(adapters.length > 0)
})

for (const name of adapters) {
  test(name, async () => {
    const recipe = recipeSchema.parse(JSON.parse(readFileSync(join(EXPECTED, `${name}.json`), 'utf8')))
    const pictures = { 'reference.png': await readPicture(join(EXPECTED, 'reference.png')) }
    const expected = readRows(openSafetensors(join(EXPECTED, `${name}.safetensors`)).tensors.get('latents')!, [0])
    const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
    const library = openLibrary([dirname(STARTER)])
    const shop = { library, networks: createNetworks('cpu', { attention: 'fused' }), keep: createKeep() }
    for await (const event of imprint(shop, { recipe, pictures, dump: true })) {
      if (event.type === 'result') assertClose(name, event.dump!['latents']!.data, expected, TOLERANCE * largest)
    }
  })
}
