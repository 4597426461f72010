import assert from 'node:assert/strict'
import { test } from 'node:test'
import { modally, photoshopWith, photoshopWithFox, settled } from '../bench.ts'

test('trap 4: whoever waits for the network inside a modal scope locks Photoshop for everybody', async () => {
  const host = photoshopWithFox({ switches: { busyAtOnce: true } })
  let answer = (): void => undefined
  const network = new Promise<void>((resolve) => (answer = resolve))

  const wrong = modally(host, () => network)
  await assert.rejects(
    modally(host, () => 1),
    { number: 9 },
  )
  assert.throws(() => host.controls.selectLayers([]), /holds Photoshop/)
  answer()
  await wrong

  await modally(host, () => 1)
  await network
  assert.equal(await modally(host, () => 2), 2)
})

test('trap 5: a scope that nobody awaits blocks the plugin’s own next one', async () => {
  const host = photoshopWith({ pluginId: 'imprint', switches: { busyAtOnce: true, busyNamesPlugin: true } })
  const forgotten = modally(host, settled)
  await assert.rejects(
    modally(host, () => 1),
    { message: 'Plugin: imprint is running a modal command' },
  )
  await forgotten
  assert.equal(await modally(host, () => 1), 1)
})

test('trap 6: a target that had started has left its layer, so that trying again makes another', async () => {
  const { controls, ...host } = photoshopWithFox({ switches: { busyAtOnce: true } })
  let attempts = 0
  const insert = () =>
    modally(host, async () => {
      attempts++
      await host.photoshop.app.activeDocument!.createPixelLayer({ name: 'result' })
      if (attempts === 1) throw Object.assign(new Error('host is in a modal state'), { number: 9 })
    })
  const results = (): number => controls.active()!.state.layers.filter(({ name }) => name === 'result').length

  await assert.rejects(insert(), { number: 9 })
  await insert()
  assert.equal(results(), 2)

  controls.setBusy('crop')
  await assert.rejects(insert(), { number: 9 })
  controls.setBusy(null)
  assert.equal(attempts, 2)
  await insert()
  assert.equal(results(), 3)
})

test('trap 7: batchPlay tells a failure as a success, and on some hosts throws it', async () => {
  const host = photoshopWithFox()
  const gone = { _obj: 'hide', _target: [{ _ref: 'layer', _id: 999 }] }
  const play = () => modally(host, () => host.photoshop.action.batchPlay([gone], {}))
  const [result] = await play()
  assert.equal(result!['_obj'], 'error')
  host.controls.switches.batchPlayThrows = true
  await assert.rejects(play(), /not currently available/)
})
