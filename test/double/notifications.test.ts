import assert from 'node:assert/strict'
import { test } from 'node:test'
import { modally, photoshopWithFox, settled } from './bench.ts'

const EVENTS = ['select', 'selectNoLayers', 'historyStateChanged', 'open', 'close']
const SCOPES = ['modalJavaScriptScopeEnter', 'modalJavaScriptScopeExit']

async function listening(events: string[]) {
  const fox = photoshopWithFox()
  await settled()
  const heard: string[] = []
  const listener = (event: string): void => void heard.push(event)
  await fox.photoshop.action.addNotificationListener(events, listener)
  return { fox, heard, listener }
}

test('the user’s acts are told on a later turn, selections in bursts', async () => {
  const { fox, heard } = await listening(EVENTS)
  fox.controls.selectLayers([fox.layerID])
  assert.deepEqual(heard, [])
  await settled()
  assert.deepEqual(heard.splice(0), ['select', 'select'])
  fox.controls.selectLayers([])
  fox.controls.undo()
  await settled()
  assert.deepEqual(heard.splice(0), ['selectNoLayers', 'selectNoLayers', 'historyStateChanged'])
  fox.controls.switches.duplicateNotifications = false
  const other = fox.controls.newDocument({ width: 2, height: 2 })
  fox.controls.activate(fox.documentID)
  fox.controls.close(other)
  await settled()
  assert.deepEqual(heard, ['open', 'select', 'select', 'close'])
})

test('what a modal scope does is not told, only that it began and ended', async () => {
  const { fox, heard } = await listening([...EVENTS, ...SCOPES])
  await modally(fox, () => fox.photoshop.app.activeDocument!.createPixelLayer())
  await settled()
  assert.deepEqual(heard, SCOPES)
})

test('an interactive scope is not silent', async () => {
  const { fox, heard } = await listening(EVENTS)
  await fox.photoshop.core.executeAsModal(() => fox.photoshop.app.activeDocument!.createPixelLayer(), {
    commandName: 'x',
    interactive: true,
  })
  await settled()
  assert.ok(heard.includes('select') && heard.includes('historyStateChanged'))
})

test('a listener hears what it asked for, until it is removed', async () => {
  const { fox, heard, listener } = await listening(['close'])
  fox.controls.selectLayers([])
  await settled()
  assert.deepEqual(heard, [])
  await fox.photoshop.action.removeNotificationListener(['close'], listener)
  fox.controls.close()
  await settled()
  assert.deepEqual(heard, [])
})

test('a listener needs a list of events', async () => {
  const { fox } = await listening([])
  await assert.rejects(
    fox.photoshop.action.addNotificationListener('select', () => undefined),
    /invalid type/,
  )
})

test('whoever draws is told of every change, also within a scope', async () => {
  const { fox } = await listening([])
  let drawn = 0
  const stop = fox.controls.subscribe(() => drawn++)
  await modally(fox, () => (fox.photoshop.app.activeDocument!.layers[0]!.opacity = 20))
  assert.ok(drawn > 0)
  stop()
  drawn = 0
  fox.controls.undo()
  assert.equal(drawn, 0)
})
