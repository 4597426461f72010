/** What the panel remembers between sessions, where there is no room to. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createSettings } from '../../plugin/host/settings.ts'
import { openDesk } from '../support/desk.ts'

test('a full storage says that it kept nothing, and what reads of it gets nothing', () => {
  const full = {
    getItem: () => {
      throw new Error('denied')
    },
    setItem: () => {
      throw new Error('QuotaExceededError')
    },
  } as unknown as Storage
  const settings = createSettings(full)
  assert.equal(settings.write('presets', '[]'), false)
  assert.equal(settings.read('presets'), undefined)
})

test('a preset that cannot be remembered is there until the panel closes, and the person is told', () => {
  const desk = openDesk({ isFull: true })
  desk.panel.change({ prompt: 'a fox' })
  desk.panel.presets.save('Foxes')
  assert.deepEqual(
    desk.panel.state().presets.map(({ name }) => name),
    ['Foxes'],
  )
  assert.match(desk.panel.state().notice?.text ?? '', /no room left to remember presets/)
})
