/** Is the picture a held slider shows what the full one will be? With the starter model and its real networks. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { STARTER } from '../../companion/cli/folders.ts'
import { readPicture } from '../../companion/cli/pictures.ts'
import type { EngineEvent, Result } from '../../companion/engine/engine.ts'
import { imprint } from '../../companion/jobs/imprint.ts'
import { createKeep } from '../../companion/jobs/keep.ts'
import { createNetworks } from '../../companion/jobs/networks.ts'
import { openLibrary } from '../../companion/models/library.ts'
import type { Recipe } from '../../shared/recipe.ts'
import { fixture } from '../support/golden.ts'

const shop = {
  library: openLibrary([STARTER]),
  networks: createNetworks('cpu', { attention: 'fused' }),
  keep: createKeep(),
}
const pictures = { fox: await readPicture(fixture('images', 'ref1.png')) }

async function made(weight: number, quick: boolean, changes: Partial<Recipe> = {}) {
  const recipe: Recipe = { prompt: 'a house', seed: 7, references: [{ image: 'fox', weight }], ...changes }
  const events: EngineEvent[] = []
  for await (const event of imprint(shop, { recipe, pictures, quick })) events.push(event)
  return { events, result: events.at(-1) as Result }
}

/** Root mean square of the differences, in 255ths. */
function apart({ picture: { data } }: Result, { picture: other }: Result): number {
  assert.equal(data.length, other.data.length)
  return Math.sqrt(data.reduce((sum, value, i) => sum + (value - other.data[i]!) ** 2, 0) / data.length)
}

test('a quick picture is nearer to its full one than that of another weight or seed is, and remembers the full recipe', async () => {
  const [low, high, elsewhere] = [await made(0.2, false), await made(1, false), await made(0.2, false, { seed: 8 })]
  for (const [weight, full, other] of [
    [0.2, low, high],
    [1, high, low],
  ] as const) {
    const { result, events } = await made(weight, true)
    const near = apart(result, full.result)
    assert.ok(near < 0.8 * apart(other.result, full.result), `${weight}: ${near}`)
    assert.ok(near < 0.8 * apart(elsewhere.result, full.result), `${weight}: ${near}`)
    assert.deepEqual(result.recipe, full.result.recipe)
    assert.ok(!events.some(({ type }) => type === 'preview'))
  }
})

test('a quick picture takes four steps and looks at nothing anew, and the same one again takes none', async () => {
  await made(0.5, true)
  const { result } = await made(0.7, true)
  assert.deepEqual(result.runs, { unet: 8, 'vae-decoder': 1 })
  const again = await made(0.7, true)
  assert.deepEqual(again.result.runs, { 'vae-decoder': 1 })
})

test('a large one is shown by formula instead of being decoded', async () => {
  const { result } = await made(0.5, true, { size: [320, 256] })
  assert.deepEqual([result.picture.width, result.picture.height], [40, 32])
  assert.equal(result.runs['vae-decoder'], undefined)
})
