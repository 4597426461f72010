/** Is an adapter found together with the encoder it reads, and the right one taken where none is named? */
import assert from 'node:assert/strict'
import { cpSync, mkdirSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { openLibrary } from '../../companion/models/library.ts'
import { temporaryFolder } from '../support/craft-safetensors.ts'
import { fixture } from '../support/golden.ts'

const [folder, changing] = [temporaryFolder(), temporaryFolder()]
after(() => [folder, changing].forEach(({ dispose }) => dispose()))

const library = openLibrary([fixture('models')])
const tiny15 = library.checkpoint('tiny15')

describe('an adapter and its encoder', () => {
  test('that reads pictures has one', () => {
    const { adapter, encoder } = library.adapter('ip-adapter-plus_tiny15', tiny15)
    assert.equal(adapter.config.kind, 'plus')
    assert.equal(encoder?.config.hiddenSize, 40)
  })

  test('that reads a face alone has none', () => {
    const { adapter, encoder } = library.adapter('ip-adapter-faceid_tiny15', tiny15)
    assert.equal(adapter.config.kind, 'faceid')
    assert.equal(encoder, undefined)
  })

  test('that reads both has one', () => {
    const { adapter, encoder } = library.adapter('ip-adapter-faceid-plusv2_tiny15', tiny15)
    assert.equal(adapter.config.kind, 'faceid-plusv2')
    assert.equal(encoder?.config.hiddenSize, 40)
  })

  test('of another family is refused by its family', () => {
    assert.throws(() => library.adapter('ip-adapter_tinyxl', tiny15), {
      code: 'model-unsupported',
      message: /^The adapter "ip-adapter_tinyxl" was made for a family whose text is 56 wide, and "tiny15" is of /,
    })
  })
})

test('an encoder that was replaced is opened anew', () => {
  const [encoder, plus] = [join(changing.path, 'tiny-vit'), 'ip-adapter-plus_tiny15.safetensors']
  cpSync(fixture('models', 'clip_vision', 'tiny-vit'), encoder, { recursive: true })
  cpSync(fixture('models', 'ipadapter', plus), join(changing.path, plus))
  const own = openLibrary([changing.path])
  const opened = () => own.adapter('ip-adapter-plus_tiny15', tiny15)
  const first = opened()
  assert.equal(opened(), first)
  utimesSync(join(encoder, 'model.safetensors'), 1, 1)
  const second = opened()
  assert.notEqual(second.encoder!.identity, first.encoder!.identity)
  assert.equal(second.adapter.identity, first.adapter.identity)
})

describe('where none is named', () => {
  test('one that needs no face is taken', () => {
    assert.equal(library.adapter(undefined, tiny15).adapter.config.kind, 'plus')
  })

  test('one that reads a face is, where there is no other', () => {
    mkdirSync(join(folder.path, 'ipadapter'))
    cpSync(fixture('models', 'diffusers', 'tiny15'), join(folder.path, 'tiny15'), { recursive: true })
    const name = 'ip-adapter-faceid_tiny15.bin'
    cpSync(fixture('models', 'ipadapter', name), join(folder.path, 'ipadapter', name))
    const alone = openLibrary([folder.path])
    assert.equal(alone.adapter(undefined, alone.checkpoint('tiny15')).name, 'ip-adapter-faceid_tiny15')
  })
})
