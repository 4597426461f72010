/** What the panel says of the recipe beside its references: what travels, what is kept, and what it says of itself. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { keepPrompt, readEarlierPrompts } from '../../plugin/state/earlier-prompts.ts'
import { differences } from '../../plugin/ui/differences.ts'
import { numberIn } from '../../plugin/ui/widgets/number-text.ts'
import { linesIn } from '../../plugin/ui/widgets/text-lines.ts'
import { newestWeights, openDesk, openFox, setWeight } from '../support/desk.ts'

test('size, steps and seed travel when they are set, and are left to the model when not', async () => {
  const desk = openDesk()
  openFox(desk)
  await desk.panel.imprint()
  const first = desk.engine.requests[0]!.recipe
  assert.deepEqual(['size' in first, 'steps' in first], [false, false])
  desk.panel.change({ size: [128, 64], steps: 3, seed: 7 })
  await desk.panel.imprint()
  const { size, steps, seed } = desk.engine.requests[1]!.recipe
  assert.deepEqual([size, steps, seed], [[128, 64], 3, 7])
})

test('the slider goes on when the seed is kept, and waits when it is another', async () => {
  const desk = openDesk()
  openFox(desk)
  await desk.panel.imprint()
  const { seed } = desk.engine.requests[0]!.recipe
  desk.panel.change({ seed })
  await setWeight(desk, 1, true)
  assert.deepEqual(newestWeights(desk), [1])
  desk.panel.change({ seed: seed! + 1 })
  await setWeight(desk, 0.5, true)
  assert.deepEqual(newestWeights(desk), [1])
})

test('the prompts of pictures are kept, newest first, each once, and are there again', async () => {
  const desk = openDesk()
  openFox(desk)
  for (const prompt of ['a boat', 'a house', ' a boat ', '']) {
    desk.panel.change({ prompt })
    await desk.panel.imprint()
  }
  assert.deepEqual(desk.panel.state().earlierPrompts, ['a boat', 'a house'])
  const settings = { read: (key: string) => desk.settings.get(key), write: () => true }
  assert.deepEqual(readEarlierPrompts(settings), ['a boat', 'a house'])
})

test('only the last twelve prompts are kept, and what is no list of prompts is none', () => {
  let prompts: readonly string[] = []
  const write = (): boolean => true
  const read = (): string => JSON.stringify(prompts)
  for (let i = 0; i < 15; i++) prompts = keepPrompt({ read, write }, prompts, `prompt ${i}`)
  assert.deepEqual([prompts.length, prompts[0], prompts[11]], [12, 'prompt 14', 'prompt 3'])
  for (const kept of ['{', '"a"', '[1]', 'null']) {
    assert.deepEqual(readEarlierPrompts({ read: () => kept, write }), [], kept)
  }
})

test('the closed disclosure says what differs from what the model would do', () => {
  const usual = {
    prompt: 'x',
    negativePrompt: '',
    size: undefined,
    steps: undefined,
    seed: undefined,
    references: [],
    startFrom: 'nothing',
    strength: 0.75,
  } as const
  assert.equal(differences(usual), '')
  assert.equal(
    differences({ ...usual, negativePrompt: ' text ', size: [512, 768], steps: 1, seed: 0 }),
    'Without: text · 512 × 768 · 1 step · seed 0',
  )
  assert.equal(differences({ ...usual, steps: 30 }), '30 steps')
})

test('a number is what a person writes as one', () => {
  assert.deepEqual(['0.6', '0,6', ' 1 ', '.5', '2.', '-1'].map(numberIn), [0.6, 0.6, 1, 0.5, 2, -1])
  for (const text of ['', ' ', 'abc', '0.6x', '1.2.3', 'Infinity', 'NaN', '0x10', '1e3']) {
    assert.equal(numberIn(text), undefined, text)
  }
})

test('a field grows with the lines and the width of its text', () => {
  assert.deepEqual(
    ['', 'a house', 'one\ntwo\n', 'x'.repeat(41)].map((text) => linesIn(text, 24 + 20 * 6.5)),
    [1, 1, 3, 3],
  )
})
