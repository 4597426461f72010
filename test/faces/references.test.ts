/** Is the face meant the one that is taken, in the form its adapter reads, and is nothing given that nobody reads? */
import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { adapterInputs, type GivenReference } from '../../companion/jobs/adapter-inputs.ts'
import { controlFace } from '../../companion/jobs/control-face.ts'
import { faceIn } from '../../companion/jobs/faces.ts'
import { imageTokens } from '../../companion/jobs/image-tokens.ts'
import { looksAt } from '../../companion/jobs/reference-looks.ts'
import { normed } from '../../companion/vision/faces/embedding.ts'
import { drawKeyPoints } from '../../companion/vision/faces/key-point-picture.ts'
import type { Raster } from '../../shared/raster.ts'
import { assertClose } from '../support/close.ts'
import { temporaryFolder } from '../support/craft-safetensors.ts'
import { SEEN, writeFaceModels, writeFacePacks } from '../support/face-models.ts'
import { portrait } from '../support/face-pictures.ts'
import { formulaPicture } from '../support/formula-picture.ts'
import { fixture } from '../support/golden.ts'
import { hashInput } from '../support/hash-weights.ts'
import { tinyWorkshop } from '../support/tiny15.ts'

const models = temporaryFolder()
after(() => models.dispose())
await writeFaceModels(models.path)
writeFacePacks(models.path)
const shop = tinyWorkshop(models.path, fixture('models', 'ipadapter'))
const [tiny15, tinyxl] = [shop.library.checkpoint('tiny15'), shop.library.checkpoint('tinyxl')]
const adapterOf = {
  faceid: shop.library.adapter('faceid', tiny15),
  plusv2: shop.library.adapter('plusv2', tiny15),
  instantid: shop.library.adapter('instantid', tinyxl),
  base: shop.library.adapter('ip-adapter_tiny15', tiny15),
  of16: shop.library.adapter('ip-adapter-faceid_tiny15', tiny15),
}

const NOTHING: GivenReference = {
  pictures: [],
  faces: undefined,
  negative: undefined,
  mask: undefined,
  fit: 'crop',
  shortcut: undefined,
}
const inputs = (adapter: keyof typeof adapterOf, given: Partial<GivenReference>, guided = true) =>
  adapterInputs(shop, adapterOf[adapter], { ...NOTHING, ...given }, { guided })

const SMALL = { x: 20, y: 30, cells: 1 } as const
const LARGE = { x: 50, y: 20, cells: 2 } as const
const one = portrait(SMALL)
const both = portrait(SMALL, LARGE)
/** White from one column of ten to before another. */
const mask = (from: number, to: number): Raster => ({
  width: 10,
  height: 1,
  channels: 3,
  data: Uint8Array.from({ length: 30 }, (_, i) => (i >= 3 * from && i < 3 * to ? 255 : 0)),
})
const row = (name: string) => hashInput(name, 512)

describe('of several faces', () => {
  const pointsIn = async (picture: Raster, selected?: Raster) =>
    (await faceIn(shop, 'buffalo_l', picture, selected)).keyPoints.flatMap(({ x, y }) => [x, y])
  const pointsOf = ({ x, y, cells }: typeof SMALL | typeof LARGE) =>
    SEEN.points.map((offset, i) => 8 * ((i % 2 ? y : x) + cells * offset))

  test('the largest is meant, or of those under the mask the largest', async () => {
    assertClose('largest', await pointsIn(both), pointsOf(LARGE), 1e-4)
    assertClose('of all', await pointsIn(both, mask(0, 10)), pointsOf(LARGE), 1e-4)
    assertClose('on the left', await pointsIn(both, mask(0, 4)), pointsOf(SMALL), 1e-4)
  })

  test('none is, where the mask holds none; but a lone one always is', async () => {
    // Within the large one the detector sees a small one too.
    await assert.rejects(pointsIn(both, mask(8, 10)), { code: 'picture-invalid', message: /^None of the 3 faces / })
    assertClose('lone', await pointsIn(one, mask(8, 10)), pointsOf(SMALL), 1e-4)
  })

  test('a reference takes the one inside its own mask', async () => {
    const [left] = (await inputs('faceid', { pictures: [both], mask: mask(0, 4) })).prompt
    const [largest] = (await inputs('faceid', { pictures: [both] })).prompt
    assert.notDeepEqual(left!.inputs['face'], largest!.inputs['face'])
  })
})

describe('an adapter is given', () => {
  test('a face at length 1, or as the recogniser of its own pack made it, and zeros for none', async () => {
    for (const [adapter, pack] of [
      ['faceid', 'buffalo_l'],
      ['instantid', 'antelopev2'],
    ] as const) {
      const { embedding } = await faceIn(shop, pack, one, undefined)
      assert.ok(Math.abs(Math.hypot(...embedding) - 1) > 0.5)
      const { prompt, none, seen } = await inputs(adapter, { pictures: [one] })
      const data = adapter === 'faceid' ? normed(embedding) : embedding
      assert.deepEqual(prompt[0]!.inputs, { face: { shape: [1, 512], data } })
      assert.deepEqual(none[0]!.inputs, { face: { shape: [1, 512], data: new Float32Array(512) } })
      assert.equal(seen!.picture, one)
    }
  })

  test('as many faces as there are pictures, or rows of numbers', async () => {
    const seen = await inputs('faceid', { pictures: [one, both] })
    assert.deepEqual([seen.prompt.length, seen.none.length], [2, 2])
    const given = await inputs('faceid', { faces: [row('a'), row('b'), row('c')] })
    assert.deepEqual(
      given.prompt.map(({ inputs }) => inputs['face']!.data),
      ['a', 'b', 'c'].map((name) => normed(row(name))),
    )
    assert.equal(given.seen, undefined)
  })

  test('one picture beside all faces, or one beside each, and no other number of them', async () => {
    const shared = (await inputs('plusv2', { pictures: [one], faces: [row('a'), row('b')] })).prompt
    assert.deepEqual(shared[0]!.inputs['features'], shared[1]!.inputs['features'])
    assert.notDeepEqual(shared[0]!.inputs['face'], shared[1]!.inputs['face'])
    const each = (await inputs('plusv2', { pictures: [formulaPicture(30, 20), one], faces: [row('a'), row('b')] }))
      .prompt
    assert.deepEqual(each[1]!.inputs['features'], shared[1]!.inputs['features'])
    assert.notDeepEqual(each[0]!.inputs['features'], shared[0]!.inputs['features'])
    await assert.rejects(inputs('plusv2', { pictures: [one, both], faces: [row('a'), row('b'), row('c')] }), {
      code: 'recipe-invalid',
      message: /^recipe\.references\.images: there are 2 pictures or tiles beside 3 faces\. Give one for all, or /,
    })
  })

  test('a shortcut of 1 where none is said', async () => {
    const shortcut = async (given: Partial<GivenReference>) =>
      (await inputs('plusv2', { pictures: [one], ...given })).prompt[0]!.inputs['shortcut']!.data[0]
    assert.equal(await shortcut({}), 1)
    assert.equal(await shortcut({ shortcut: 0.25 }), 0.25)
  })

  test('instead of nothing, the negative picture as wide pictures are fitted', async () => {
    const wide = formulaPicture(60, 20)
    const given = { pictures: [one], faces: [row('a')], negative: wide }
    const { encoder } = adapterOf.plusv2
    for (const fit of ['crop', 'pad', 'tile'] as const) {
      const [look] = await looksAt(shop, encoder!, 'penultimate', [wide], fit === 'tile' ? 'crop' : fit)
      assert.deepEqual((await inputs('plusv2', { ...given, fit })).none[0]!.inputs['features'], look!.features)
    }
  })

  test('a wide picture by the square that is said, each square by a key of its own', async () => {
    const given = { pictures: [formulaPicture(60, 20)] }
    const { key, features } = await lookOf(given)
    assert.deepEqual(await lookOf({ ...given, cropAt: 0.5 }), { key, features })
    const aside = await lookOf({ ...given, cropAt: 0.25 })
    assert.notEqual(aside.key, key)
    assert.notDeepEqual(aside.features, features)

    async function lookOf(asked: Partial<GivenReference>) {
      const [input] = (await inputs('base', asked)).prompt
      return { key: input!.key, features: input!.inputs['features'] }
    }
  })

  test('nothing to steer away from where nobody asks for it', async () => {
    shop.networks.takeCounts()
    const { none } = await inputs(
      'plusv2',
      { pictures: [one], faces: [row('a')], negative: formulaPicture(9, 8) },
      false,
    )
    assert.deepEqual([none, shop.networks.takeCounts()], [[], {}])
  })
})

test('points are drawn where they are once the picture is stretched to the size of the result', async () => {
  const { prompt, none, seen } = await inputs('instantid', { pictures: [one] })
  const from = { ...adapterOf.instantid, checkpoint: tinyxl }
  const [tokens, without] = [await imageTokens(shop, from, prompt), await imageTokens(shop, from, none)]
  const kept = { shares: {}, sharesKey: '', masked: false, weight: 1, start: 0, end: 1 }
  const face = { prompt: tokens, none: without, isInstantId: true, seen, ...kept }
  const picture = { prompt: without, none: tokens, isInstantId: false, seen: undefined, ...kept }
  const control = controlFace([picture, face, { ...face, seen: undefined }], [320, 160])!
  assert.deepEqual(control.tokens, { prompt: tokens, none: without })
  const points = seen!.keyPoints.map(({ x, y }) => ({ x: x / 2, y: y / 4 }))
  assert.deepEqual(control.keyPoints, drawKeyPoints(points, { width: 320, height: 160 }))
  assert.equal(controlFace([picture], [320, 160]), undefined)
})

describe('refused in one sentence', () => {
  const refused = (adapter: keyof typeof adapterOf, given: Partial<GivenReference>, message: RegExp) =>
    assert.rejects(inputs(adapter, given), { code: 'recipe-invalid', message })

  test('what an adapter does not read, and what it misses', async () => {
    const faces = [row('a')]
    await refused(
      'base',
      { faces },
      /^recipe\.references\.embedding: the adapter "ip-adapter_tiny15" reads pictures and no/,
    )
    await refused(
      'faceid',
      { faces, pictures: [one] },
      /^recipe\.references\.embedding: .* reads a face alone\. Give either/,
    )
    await refused(
      'plusv2',
      { faces },
      /^recipe\.references\.image: the adapter "plusv2" reads a picture beside the face\./,
    )
    await refused('faceid', { faces, negative: one }, /^recipe\.references\.negative: .* Leave the field out\.$/)
    await refused(
      'base',
      { pictures: [one], shortcut: 1 },
      /^recipe\.references\.shortcut: .* only those of FaceID PlusV2/,
    )
    await refused('instantid', { faces, shortcut: 1 }, /^recipe\.references\.shortcut: /)
    for (const adapter of ['faceid', 'plusv2', 'instantid'] as const) {
      await refused(
        adapter,
        { pictures: [one], fit: 'pad' },
        /^recipe\.references\.fit: .* cut out of their pictures\./,
      )
    }
    await refused('faceid', { faces, fit: 'tile' }, /^recipe\.references\.fit: /)
    await refused('faceid', { pictures: [one], cropAt: 0.2 }, /^recipe\.references\.cropAt: .* Leave the field out/)
  })

  test('faces of another width than the adapter reads', async () => {
    await refused(
      'faceid',
      { faces: [row('a'), new Float32Array(8).fill(1)] },
      /"faceid" reads faces of 512 numbers, and this one has 8/,
    )
    await refused(
      'of16',
      { pictures: [one] },
      /"ip-adapter-faceid_tiny15" reads faces of 16 numbers, and this one has 512/,
    )
  })

  test('a face of zeros, which has no direction', () =>
    assert.rejects(inputs('faceid', { faces: [new Float32Array(512)] }), {
      code: 'picture-invalid',
      message: /^The face's numbers are all zero/,
    }))
})
