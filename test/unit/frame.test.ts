import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { decodePart, partsOf } from '../../shared/frame.ts'
import { LIMITS } from '../../shared/limits.ts'
import { describePicture, hashPicture, PictureReceiver } from '../../shared/picture-stream.ts'
import { partHash, partName, pictureNames, renamePictures } from '../../shared/recipe-pictures.ts'
import { plain } from '../support/wire.ts'

describe('parts', () => {
  it('are stream and index, little-endian, then pixels', () => {
    const part = decodePart(Uint8Array.of(0x04, 0x03, 0x02, 0x01, 0x02, 0, 0, 0x80, 9, 8))
    assert.deepEqual(part, { stream: 0x01020304, index: 0x80000002, payload: Uint8Array.of(9, 8) })
  })

  it('are read from the middle of a larger buffer', () => {
    const buffer = Uint8Array.of(255, 255, 255, 7, 0, 0, 0, 1, 0, 0, 0, 42, 255).subarray(3, 12)
    assert.deepEqual(decodePart(buffer), { stream: 7, index: 1, payload: Uint8Array.of(42) })
  })

  it('hold 1 MiB of pixels at most', () => {
    assert.equal(decodePart(new Uint8Array(8 + LIMITS.part)).payload.length, LIMITS.part)
    assert.throws(() => decodePart(new Uint8Array(9 + LIMITS.part)), { code: 'too-large' })
  })

  for (const length of [0, 7, 8]) {
    it(`of ${length} bytes hold no pixels`, () => {
      assert.throws(() => decodePart(new Uint8Array(length)), { code: 'message-invalid' })
    })
  }

  for (const [bytes, sizes] of [
    [1, [1]],
    [LIMITS.part, [LIMITS.part]],
    [LIMITS.part + 1, [LIMITS.part, 1]],
    [3 * LIMITS.part, [LIMITS.part, LIMITS.part, LIMITS.part]],
  ] as const) {
    it(`${bytes} bytes go in ${sizes.length}`, () => {
      const parts = [...partsOf(5, new Uint8Array(bytes))].map(decodePart)
      assert.deepEqual(
        parts.map(({ stream, index, payload }) => [stream, index, payload.length]),
        sizes.map((size, index) => [5, index, size]),
      )
    })
  }
})

describe('a picture on its way', () => {
  const announced = (raster = plain(800, 700, [1, 2, 3, 4]), stream = 3) => describePicture(raster, stream)

  it('comes out as it went in, with others in between', () => {
    const [a, b] = [plain(800, 700, [1, 2, 3, 4]), plain(900, 500, [5, 6, 7])]
    const receiver = new PictureReceiver()
    receiver.announce(describePicture(a, 0))
    receiver.announce(describePicture(b, 1))
    const parts = [[...partsOf(0, a.data)], [...partsOf(1, b.data)]] as const
    const order = [parts[0][0], parts[1][0], parts[0][1], parts[1][1], parts[0][2]]
    const received = order.map((part) => receiver.take(part!)?.raster)
    assert.deepEqual(received, [undefined, undefined, undefined, b, a])
  })

  it('keeps its own pixels when the message it came in is used again', () => {
    const raster = plain(2, 1, [1, 2, 3])
    const receiver = new PictureReceiver()
    receiver.announce(describePicture(raster, 0))
    const [message] = partsOf(0, raster.data)
    const received = receiver.take(message!)
    message!.fill(0)
    assert.deepEqual(received?.raster, raster)
  })

  it('frees its stream when it is complete', () => {
    const raster = plain(2, 2, [1, 2, 3])
    const receiver = new PictureReceiver()
    for (let i = 0; i < 2 * LIMITS.streams; i++) {
      receiver.announce(announced(raster, 3))
      for (const part of partsOf(3, raster.data)) receiver.take(part)
    }
  })

  it('has a name that tells its shape', () => {
    assert.equal(hashPicture(plain(4, 2, [7, 7, 7])), hashPicture(plain(4, 2, [7, 7, 7])))
    const names = [plain(4, 2, [7, 7, 7]), plain(2, 4, [7, 7, 7]), plain(3, 2, [7, 7, 7, 7]), plain(4, 2, [7, 7, 8])]
    assert.equal(new Set(names.map((raster) => hashPicture(raster))).size, 4)
  })
})

describe('the pictures a recipe names', () => {
  const recipe = {
    prompt: 'a house',
    references: [{ image: 'fox', weight: 0.5 }, { images: ['owl', 'fox'] }],
  }

  it('are each named once', () => {
    assert.deepEqual(pictureNames(recipe), ['fox', 'owl'])
    assert.deepEqual(pictureNames({ prompt: '' }), [])
  })

  it('get other names, and everything else stays', () => {
    assert.deepEqual(
      renamePictures(recipe, (name) => name.toUpperCase()),
      {
        prompt: 'a house',
        references: [{ image: 'FOX', weight: 0.5 }, { images: ['OWL', 'FOX'] }],
      },
    )
    assert.equal(recipe.references[0]?.image, 'fox')
  })

  it('are hashes on the socket and nothing else', () => {
    const hash = '0a'.repeat(32)
    assert.equal(partHash(partName(hash)), hash)
    for (const name of ['fox.png', hash, 'part:abc', `part:${hash}0`, `part:${hash.toUpperCase()}`])
      assert.equal(partHash(name), undefined, name)
  })
})
