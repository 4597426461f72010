/** What the panel does for the prompt: it counts it as the model does, keeps it under names, and refuses what cannot be. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { noticeOf } from '../../plugin/state/notices.ts'
import { readPresets } from '../../plugin/state/presets.ts'
import { lengthInWords } from '../../plugin/ui/prompt-length.ts'
import { ImprintError } from '../../shared/errors.ts'
import { type Desk, openDesk, openFox, until } from '../support/desk.ts'
import { gate } from '../support/wire.ts'

const names = ({ panel }: Desk): string[] => panel.state().presets.map(({ name }) => name)
const notice = ({ panel }: Desk): string => panel.state().notice?.text ?? ''

test('the prompt is counted while it is typed: the latest one, as its notation is read', async (t) => {
  const desk = openDesk()
  t.after(desk.panel.start())
  const asked = t.mock.method(desk.companion, 'countTokens')
  for (const prompt of ['a', 'a (house:1.2)', 'a (house:1.2), flat colours']) desk.panel.change({ prompt })
  await until(desk, () => desk.panel.state().tokens?.tokens === 5)
  assert.equal(asked.mock.callCount(), 1)
  assert.equal(asked.mock.calls[0]?.arguments[0].notation, 'a1111')
  desk.panel.change({ notation: 'comfy', prompt: '[word]' })
  await until(desk, () => desk.panel.state().tokens?.tokens === 3)
  desk.panel.change({ prompt: ' ' })
  await until(desk, () => desk.panel.state().tokens === undefined)
  desk.panel.change({ prompt: 'a'.repeat(10_001) })
  desk.panel.change({ prompt: 'a house' })
  await until(desk, () => desk.panel.state().tokens?.tokens === 2)
  assert.ok(asked.mock.calls.every(({ arguments: [{ prompt }] }) => prompt.length < 100))
})

test('while a count is on its way only the latest prompt waits; without a companion there is none', async (t) => {
  const desk = openDesk()
  t.after(desk.panel.start())
  const hold = gate()
  const countTokens = desk.companion.countTokens.bind(desk.companion)
  const asked = t.mock.method(desk.companion, 'countTokens', async (question: Parameters<typeof countTokens>[0]) => {
    await hold.passed
    return countTokens(question)
  })
  desk.panel.change({ prompt: 'one' })
  while (asked.mock.callCount() === 0) await new Promise((resolve) => setImmediate(resolve))
  desk.panel.change({ prompt: 'one two' })
  desk.panel.change({ prompt: 'one two three' })
  hold.open()
  await until(desk, () => desk.panel.state().tokens?.tokens === 3)
  assert.equal(asked.mock.callCount(), 2)

  asked.mock.mockImplementation(() => Promise.reject(new Error('gone')))
  desk.panel.change({ prompt: 'four' })
  await until(desk, () => desk.panel.state().tokens === undefined)
  desk.companion.become({ kind: 'absent', message: 'Nobody listens.' })
  asked.mock.restore()
  desk.companion.become({ kind: 'ready', version: '1', device: undefined })
  await until(desk, () => desk.panel.state().tokens?.tokens === 1)
})

test('a count is told in words', () => {
  assert.equal(lengthInWords(undefined), '')
  assert.equal(lengthInWords({ tokens: 23, room: 75, parts: 1 }), '23 of 75 words’ worth')
  assert.equal(lengthInWords({ tokens: 80, room: 150, parts: 2 }), '80 of 150 words’ worth, read in 2 parts')
  assert.equal(lengthInWords({ tokens: 80, room: 75, parts: 1 }), '80 of 75 words’ worth: the end is left out')
})

test('a preset keeps the prompt and all that belongs to it but the references, and is there again next time', async () => {
  const desk = openDesk()
  openFox(desk)
  await desk.panel.references.add()
  const whole = { prompt: 'a house', negativePrompt: 'text', size: [128, 64], steps: 3, seed: 7 } as const
  desk.panel.change({ ...whole, notation: 'comfy' })
  desk.panel.presets.save('  Flat \n houses ')
  desk.panel.change({ prompt: 'a boat', negativePrompt: '', size: undefined, steps: undefined, seed: undefined })
  desk.panel.change({ notation: undefined })
  desk.panel.presets.save('Boats')
  assert.deepEqual(names(desk), ['Flat houses', 'Boats'])

  desk.panel.presets.apply('Flat houses')
  const { recipe } = desk.panel.state()
  assert.equal(recipe.references.length, 1)
  assert.deepEqual(recipe, { ...recipe, ...whole, notation: 'comfy' })
  desk.panel.presets.apply('Boats')
  const { prompt, negativePrompt, size, steps, seed, notation } = desk.panel.state().recipe
  assert.deepEqual(
    [prompt, negativePrompt, size, steps, seed, notation],
    ['a boat', '', undefined, undefined, undefined, undefined],
  )
  assert.equal(desk.settings.get('prompt'), 'a boat')

  const again = readPresets({ read: (key) => desk.settings.get(key), write: () => true })
  assert.deepEqual(again, desk.panel.state().presets)
})

test('presets are replaced, renamed and deleted by their names', () => {
  const desk = openDesk()
  for (const [name, prompt] of [
    ['one', 'a'],
    ['two', 'b'],
    ['one', 'c'],
  ] as const) {
    desk.panel.change({ prompt })
    desk.panel.presets.save(name)
  }
  assert.deepEqual(names(desk), ['two', 'one'])
  desk.panel.presets.apply('one')
  assert.equal(desk.panel.state().recipe.prompt, 'c')
  desk.panel.presets.rename('one', ' three ')
  assert.deepEqual(names(desk), ['two', 'three'])
  desk.panel.presets.rename('three', 'two')
  assert.match(notice(desk), /“two” already/)
  desk.panel.presets.rename('three', ' ')
  desk.panel.presets.apply('nobody')
  desk.panel.presets.remove('two')
  assert.deepEqual(names(desk), ['three'])
  desk.panel.presets.save('   ')
  assert.match(notice(desk), /needs a name/)
})

test('presets that make no sense are none, and there is an end to how many there are', () => {
  const write = (): boolean => true
  for (const kept of ['{', '[{"name":""}]', '[{"name":"a","prompt":"b","negativePrompt":"","size":[7,7]}]', 'null']) {
    assert.deepEqual(readPresets({ read: () => kept, write }), [], kept)
  }
  const sound = { name: 'a', prompt: 'b', negativePrompt: '' }
  const later = { ...sound, name: 'of a later Imprint', colour: 'red' }
  assert.deepEqual(readPresets({ read: () => JSON.stringify([later, sound]), write }), [sound])
  const desk = openDesk()
  for (let i = 0; i < 61; i++) desk.panel.presets.save(`preset ${i}`)
  assert.equal(names(desk).length, 60)
  assert.match(notice(desk), /60 presets already/)
})

test('what no picture can be made of is refused in words of the panel, before anything is sent', async () => {
  const desk = openDesk()
  openFox(desk)
  desk.panel.change({ prompt: 'a'.repeat(10_001) })
  await desk.panel.imprint()
  assert.equal(notice(desk), 'The prompt: it is longer than 10000 letters; make it shorter.')
  desk.panel.change({ prompt: '', size: [65, 64] })
  await desk.panel.imprint()
  assert.equal(notice(desk), 'The width: it has to be a multiple of 8.')
  assert.equal(desk.engine.requests.length, 0)
  desk.panel.change({ size: undefined })
  await desk.panel.imprint()
  assert.equal(notice(desk), '')
})

test('what the companion says of a recipe’s keys is told of what the panel shows', () => {
  for (const [told, shown] of [
    ['recipe.references.1.weight: it can be 5 at most; give less.', 'The weight of reference 2: it can be 5 at most'],
    ['recipe.references.0: give "image" or "images".', 'Reference 1: give'],
    ['recipe.size: the sides must be multiples of 8.', 'The size: the sides must'],
    ['recipe.source.strength: it can be 1 at most.', 'How much is painted anew: it can be'],
    ['recipe.controls.0.image: the picture is missing. Give one.', 'The recipe: the picture is missing. Give one.'],
    ['recipe: "colour" means nothing here; leave it out.', 'The recipe: "colour" means nothing here'],
    ['The picture "a" is not here.', 'The picture "a" is not here.'],
  ] as const) {
    const { text } = noticeOf(new ImprintError('recipe-invalid', told))!
    assert.ok(text.startsWith(shown), text)
    assert.doesNotMatch(text, /recipe\./)
  }
})
