/** Does a prompt of several chunks reach the UNet whole, beside another one of equal length? */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Result } from '../../companion/engine/engine.ts'
import { imprint } from '../../companion/jobs/imprint.ts'
import { encodePrompts, type EncodedPrompt } from '../../companion/jobs/prompt.ts'
import { completeRecipe } from '../../companion/jobs/defaults.ts'
import type { Recipe } from '../../shared/recipe.ts'
import { tinyWorkshop } from '../support/tiny15.ts'

const shop = tinyWorkshop()
const LONG = Array<string>(80).fill('fox').join(' ')

async function encoded(changes: Partial<Recipe>): Promise<{ prompt: EncodedPrompt; none: EncodedPrompt }> {
  const checkpoint = shop.library.checkpoint(undefined)
  const recipe = completeRecipe({ prompt: 'a fox', negativePrompt: 'dull', ...changes }, checkpoint, (name) => name!)
  const { prompt, none } = await encodePrompts(shop, checkpoint, recipe, { guided: true })
  return { prompt, none: none! }
}
const rows = ({ states: { shape, data } }: EncodedPrompt, from: number, to: number) =>
  data.subarray(from * shape[1]!, to * shape[1]!)

test('each chunk is read on its own, and the shorter prompt filled up with empty ones', async () => {
  const { prompt, none } = await encoded({ prompt: 'a fox BREAK an owl', notation: 'a1111' })
  assert.deepEqual([prompt.states.shape[0], none.states.shape[0]], [154, 154])
  const [fox, owl] = [await encoded({}), await encoded({ prompt: 'an owl' })]
  assert.deepEqual(rows(prompt, 0, 77), fox.prompt.states.data)
  assert.deepEqual(rows(prompt, 77, 154), owl.prompt.states.data)
  assert.deepEqual(rows(none, 0, 77), fox.none.states.data)
  assert.deepEqual(rows(none, 77, 154), (await encoded({ negativePrompt: '' })).none.states.data)
})

test('a chunk holds 75 tokens', async () => {
  const { prompt } = await encoded({ prompt: Array<string>(76).fill('a').join(' '), notation: 'a1111' })
  assert.deepEqual(rows(prompt, 77, 154), (await encoded({ prompt: 'a' })).prompt.states.data)
})

test('without emphasis a notation changes nothing, with it the states of that word alone', async () => {
  const plain = (await encoded({ prompt: 'a red fox' })).prompt.states.data
  for (const notation of ['a1111', 'comfy'] as const) {
    assert.deepEqual((await encoded({ prompt: 'a red fox', notation })).prompt.states.data, plain)
  }
  const { prompt } = await encoded({ prompt: 'a (red:1.4) fox', notation: 'comfy' })
  const width = prompt.states.shape[1]!
  const changed = new Set([...prompt.states.data.keys()].filter((i) => prompt.states.data[i] !== plain[i]))
  const tokens = shop.library.checkpoint(undefined).towers[0].tokenizer.tokens('red').length
  // The start and "a" stand before it.
  assert.deepEqual(
    [...new Set([...changed].map((i) => Math.floor(i / width)))],
    Array.from({ length: tokens }, (_, i) => 2 + i),
  )
  const multiplied = await encoded({ prompt: 'a (red:1.4) fox', notation: 'a1111' })
  assert.notDeepEqual(multiplied.prompt.states.data, plain)
})

test('words at the end of a long prompt count, but for plain text, and no other prompt is taken for it', async () => {
  const made = async (prompt: string, notation: Recipe['notation']) => {
    const recipe: Recipe = { prompt, notation, seed: 1, steps: 1, size: [64, 64] }
    let result: Result | undefined
    for await (const event of imprint(shop, { recipe, pictures: {}, dump: true }))
      if (event.type === 'result') result = event
    return result!.dump!['latents']!.data
  }
  const long = await made(LONG, 'a1111')
  assert.notDeepEqual(await made(`${LONG} lake`, 'a1111'), long)
  assert.deepEqual(await made(`${LONG} lake`, 'plain'), await made(LONG, 'plain'))
  assert.notDeepEqual(await made(LONG, 'plain'), long)
  assert.deepEqual(await made(LONG, 'a1111'), long)
})
