import assert from 'node:assert/strict'
import { test } from 'node:test'
import { modally, photoshopWith, photoshopWithFox } from './bench.ts'

type Fox = ReturnType<typeof photoshopWithFox>

const play = async ({ photoshop }: Pick<Fox, 'photoshop'>, ...commands: object[]) =>
  photoshop.action.batchPlay(commands, {})
const change = (fox: Fox, ...commands: object[]) => modally(fox, () => play(fox, ...commands))
const layer = ({ layerID, documentID }: Fox): object[] => [
  { _ref: 'layer', _id: layerID },
  { _ref: 'document', _id: documentID },
]
const settings = (fox: Fox, property: string): object => ({
  _obj: 'get',
  _target: [{ _property: 'generatorSettings' }, ...layer(fox)],
  property,
})
const remember = (fox: Fox, property: string, json: string): object => ({
  ...settings(fox, property),
  _obj: 'set',
  to: { _obj: 'null', json },
})

test('malformed commands reject', async () => {
  const fox = photoshopWithFox()
  await assert.rejects(fox.photoshop.action.batchPlay({ _obj: 'get' }), /Argument 1 has an invalid type/)
  await assert.rejects(fox.photoshop.action.batchPlay([{ _target: [] }]), /Argument 1 has an invalid type/)
})

test('a command that fails resolves with an error, and what follows it is not played', async () => {
  const fox = photoshopWithFox()
  const wrong = { _obj: 'get', _target: [{ _ref: 'layer', _id: 999 }] }
  const right = { _obj: 'get', _target: layer(fox) }
  const results = await play(fox, wrong, right)
  assert.equal(results.length, 1)
  assert.deepEqual([results[0]!['_obj'], results[0]!['result']], ['error', -25920])
  const all = await fox.photoshop.action.batchPlay([wrong, right], { continueOnError: true })
  assert.deepEqual([all[0]!['_obj'], all[1]!['name']], ['error', 'fox'])
  fox.controls.switches.batchPlayThrows = true
  await assert.rejects(play(fox, wrong), { number: -25920 })
})

test('without a document the error says so by number', async () => {
  const host = photoshopWith()
  const [result] = await play(host, { _obj: 'get', _target: [{ _ref: 'document', _enum: 'ordinal' }] })
  assert.equal(result!['result'], -25922)
})

test('generator settings are kept per layer and key, and undone with the rest', async () => {
  const fox = photoshopWithFox()
  const [none] = await play(fox, settings(fox, 'imprint'))
  assert.equal(none!['_obj'], 'error')
  await change(fox, remember(fox, 'imprint', '{"a":1}'), remember(fox, 'other', '{}'))
  const [mine] = await play(fox, settings(fox, 'imprint'))
  assert.deepEqual(mine!['generatorSettings'], { json: '{"a":1}' })
  assert.deepEqual(fox.controls.layer(fox.layerID)!.settings, { imprint: '{"a":1}', other: '{}' })
  fox.controls.undo()
  fox.controls.undo()
  assert.equal((await play(fox, settings(fox, 'imprint')))[0]!['_obj'], 'error')
})

test('generator settings can be made to fail', async () => {
  const fox = photoshopWithFox({ switches: { generatorSettingsFail: true } })
  assert.equal((await change(fox, remember(fox, 'imprint', '{}')))[0]!['_obj'], 'error')
})

test('the document’s XMP packet is read and written whole', async () => {
  const fox = photoshopWithFox()
  const target = { _target: [{ _property: 'XMPMetadataAsUTF8' }, { _ref: 'document', _id: fox.documentID }] }
  await change(fox, { _obj: 'set', ...target, to: { _obj: 'document', XMPMetadataAsUTF8: '<x/>' } })
  assert.deepEqual(await play(fox, { _obj: 'get', ...target }), [{ XMPMetadataAsUTF8: '<x/>' }])
})

test('opacity is set in per cent and read in 255ths', async () => {
  const fox = photoshopWithFox()
  const to = { _obj: 'layer', opacity: { _unit: 'percentUnit', _value: 40 }, name: 'Fox' }
  await change(fox, { _obj: 'set', _target: layer(fox), to })
  const [opacity, known] = await play(
    fox,
    { _obj: 'get', _target: [{ _property: 'opacity' }, ...layer(fox)] },
    { _obj: 'get', _target: layer(fox) },
  )
  assert.deepEqual(opacity, { opacity: 102 })
  assert.deepEqual([known!['name'], known!['layerID']], ['Fox', fox.layerID])
  assert.deepEqual((known!['bounds'] as { left: unknown }).left, { _unit: 'pixelsUnit', _value: 8 })
})

test('multiGet reads several properties of one layer or of all', async () => {
  const fox = photoshopWithFox()
  const [one, all] = await play(
    fox,
    { _obj: 'multiGet', _target: layer(fox), extendedReference: [['name', 'visible']] },
    {
      _obj: 'multiGet',
      _target: [{ _ref: 'document', _id: fox.documentID }],
      extendedReference: [['name'], { _obj: 'layer', index: 1, count: -1 }],
    },
  )
  assert.deepEqual(one, { name: 'fox', visible: true })
  assert.deepEqual(all, { list: [{ name: 'fox' }, { name: 'Background' }] })
})

test('make, select, hide, show, move and delete do what the DOM does', async () => {
  const fox = photoshopWithFox()
  const names = (): string[] => fox.controls.active()!.state.layers.map(({ name }) => name)
  await change(fox, { _obj: 'make', _target: [{ _ref: 'layer' }], using: { _obj: 'layer', name: 'new' } })
  assert.deepEqual(names(), ['new', 'fox', 'Background'])
  await change(fox, { _obj: 'select', _target: [{ _ref: 'layer', _name: 'fox' }] })
  assert.deepEqual(fox.controls.active()!.selectedIds, [fox.layerID])
  const current = [{ _ref: 'layer', _enum: 'ordinal', _value: 'targetEnum' }]
  await change(fox, { _obj: 'hide', null: current })
  assert.equal(fox.controls.layerNamed('fox').visible, false)
  await change(fox, { _obj: 'show', null: current }, { _obj: 'move', _target: current, to: { _value: 'front' } })
  assert.deepEqual(names(), ['fox', 'new', 'Background'])
  await change(fox, { _obj: 'delete', _target: current })
  assert.deepEqual(names(), ['new', 'Background'])
})

test('moving the front layer to the front opens Photoshop’s own alert', async () => {
  const fox = photoshopWithFox()
  const [result] = await change(fox, { _obj: 'move', _target: layer(fox), to: { _value: 'front' } })
  assert.equal(result!['_obj'], 'error')
  assert.match(fox.controls.warnings().join(), /already there/)
})

test('validateReference says whether a layer still exists', () => {
  const fox = photoshopWithFox()
  const validateReference = (reference: object[]): boolean => fox.photoshop.action.validateReference(reference)
  assert.equal(validateReference(layer(fox)), true)
  fox.controls.deleteLayer(fox.layerID)
  assert.equal(validateReference(layer(fox)), false)
})

test('a command the double does not know fails in words', async () => {
  const fox = photoshopWithFox()
  const [result] = await change(fox, { _obj: 'gaussianBlur' })
  assert.match(String(result!['message']), /"gaussianBlur" is not currently available/)
})
