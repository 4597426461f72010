/** Does a PNG carry its recipe so that others read it, and is a damaged one read without harm? */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import sharp from 'sharp'
import { infotext } from '../../shared/infotext.ts'
import { encodePng } from '../../shared/png-file.ts'
import { readInfotext } from '../../shared/read-infotext.ts'
import { SAMPLERS, type Recipe } from '../../shared/recipe.ts'
import { recipeInPng, withRecipe } from '../../shared/recipe-in-png.ts'
import { textsOf, withTexts } from '../../shared/png-text.ts'
import { utf8Bytes, utf8Text } from '../../shared/utf8.ts'

const png = await sharp({ create: { width: 3, height: 2, channels: 3, background: '#369' } })
  .png()
  .toBuffer()
const TEXTS = { imprint: '{"prompt":"ein Füchslein 🦊"}', parameters: 'a fox\nSteps: 20' }

describe('texts', () => {
  test('are what was put in, and the picture is as it was', async () => {
    const told = withTexts(png, TEXTS)
    assert.deepEqual(textsOf(told), TEXTS)
    assert.deepEqual(await sharp(told).raw().toBuffer(), await sharp(png).raw().toBuffer())
  })

  test('are read by others, which check their sums', async () => {
    const { comments } = await sharp(withTexts(png, TEXTS), { failOn: 'warning' }).metadata()
    assert.deepEqual(
      comments,
      Object.entries(TEXTS).map(([keyword, text]) => ({ keyword, text })),
    )
  })

  test('in Latin letters, as older programs write them', () => {
    const latin = Buffer.concat([Buffer.from('parameters\0caf'), Buffer.of(0xe9)])
    const chunk = Buffer.concat([Buffer.from('tEXt'), latin])
    const length = Buffer.alloc(4)
    length.writeUInt32BE(latin.length)
    const written = Buffer.concat([png.subarray(0, 33), length, chunk, Buffer.alloc(4), png.subarray(33)])
    assert.deepEqual(textsOf(written), { parameters: 'café' })
  })

  test('of what is cut off, damaged or no PNG at all', () => {
    const told = withTexts(png, TEXTS)
    for (let end = 0; end < told.length; end++) textsOf(told.subarray(0, end))
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        (bytes) => void textsOf(Buffer.concat([png.subarray(0, 33), bytes])),
      ),
    )
    assert.deepEqual(textsOf(Buffer.from('{"prompt":"a fox"}')), {})
    assert.throws(() => withTexts(Buffer.from('a fox'), TEXTS), RangeError)
    assert.deepEqual(textsOf(withTexts(png, { workflow: 'x'.repeat(2 ** 18), ...TEXTS })), TEXTS)
  })
})

test('UTF-8 is what Node makes of it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      assert.deepEqual(Buffer.from(utf8Bytes(text)), Buffer.from(text))
      assert.equal(utf8Text(Buffer.from(text)), Buffer.from(text).toString())
    }),
  )
  assert.deepEqual(Buffer.from(utf8Bytes('a\ud800b')), Buffer.from('a\ufffdb'))
  assert.equal(utf8Text(Buffer.of(0xff)), undefined)
})

describe("A1111's line", () => {
  test('everything', () => {
    const text = infotext({
      checkpoint: 'dream',
      prompt: 'a (red:1.2) fox',
      negativePrompt: 'dull',
      size: [512, 768],
      seed: 42,
      steps: 20,
      guidance: 7.5,
      sampler: 'dpmpp_2m',
      sigmas: 'karras',
      clipSkip: 1,
      loras: [{ file: 'ink', weight: 0.7 }, { file: 'paper' }],
      source: { image: 'a.png', strength: 0.6 },
    })
    assert.equal(
      text,
      [
        'a (red:1.2) fox <lora:ink:0.7> <lora:paper:1>',
        'Negative prompt: dull',
        'Steps: 20, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 7.5, Seed: 42, Size: 512x768, Model: dream, Denoising strength: 0.6, Clip skip: 2, Version: Imprint',
      ].join('\n'),
    )
  })

  test('what is not said is left out, and names that divide are quoted', () => {
    assert.equal(
      infotext({ prompt: '', checkpoint: { file: 'a, b', config: 'c' }, sigmas: 'model' }),
      '\nModel: "a, b", Version: Imprint',
    )
  })

  test('is read back as it was written', () => {
    const recipe: Recipe = {
      checkpoint: 'dream, v2',
      prompt: 'a (red:1.2) fox,\nin snow',
      negativePrompt: 'dull:\nflat',
      notation: 'a1111',
      size: [512, 768],
      seed: 42,
      steps: 20,
      guidance: 7.5,
      sampler: 'dpmpp_2m',
      sigmas: 'karras',
      clipSkip: 1,
      loras: [{ file: 'ink', weight: 0.7 }],
    }
    assert.deepEqual(readInfotext(infotext(recipe)), recipe)
    for (const sampler of SAMPLERS) {
      assert.equal(readInfotext(infotext({ prompt: '', steps: 4, seed: 1, sampler }))?.sampler, sampler)
    }
  })

  test('is read as other programs write it; what a recipe does not take costs that alone', () => {
    const text = [
      'a house <lora:ink:0.5> by the sea',
      'Negative prompt: fog,',
      'people',
      'Steps: 30, Sampler: DPM++ 2M Karras, CFG scale: 700, Seed: 7, Size: 513x512, Model hash: 0a1b, Model: sea, Hires upscaler: "a, b: c"',
    ].join('\r\n')
    assert.deepEqual(readInfotext(text), {
      prompt: 'a house  by the sea',
      notation: 'a1111',
      negativePrompt: 'fog,\npeople',
      loras: [{ file: 'ink', weight: 0.5 }],
      steps: 30,
      seed: 7,
      checkpoint: 'sea',
      sampler: 'dpmpp_2m',
      sigmas: 'karras',
    })
  })

  test('is told from other texts, and no text takes it long', () => {
    assert.equal(readInfotext('a fox\nTime: 12:30, on the hill'), undefined)
    assert.equal(readInfotext(''), undefined)
    assert.equal(readInfotext('a b'.repeat(300_000)), undefined)
    assert.equal(readInfotext(`a${' '.repeat(300_000)}b`), undefined)
    fc.assert(fc.property(fc.string(), (noise) => void readInfotext(`${noise}\nSteps: 1, Seed: ${noise}, Size: 64x64`)))
  })
})

describe('a PNG that we encode', () => {
  for (const channels of [3, 4] as const) {
    test(`holds the same pixels, of ${channels} channels, and the recipe`, async () => {
      const data = Uint8Array.from({ length: 7 * 5 * channels }, (_, i) => (i * 37) % 256)
      const recipe: Recipe = { prompt: 'a fox', seed: 3 }
      const png = withRecipe(encodePng({ width: 7, height: 5, channels, data }), recipe)
      const read = await sharp(png, { failOn: 'warning' }).raw().toBuffer({ resolveWithObject: true })
      assert.deepEqual([read.info.width, read.info.height, read.info.channels], [7, 5, channels])
      assert.deepEqual(new Uint8Array(read.data), data)
      assert.deepEqual(recipeInPng(png), recipe)
    })
  }

  test('a recipe that is none leaves what other programs say; one without either has none', () => {
    const png = encodePng({ width: 1, height: 1, channels: 3, data: Uint8Array.of(1, 2, 3) })
    const parameters = 'a fox\nSteps: 4, Seed: 1, Size: 64x64'
    assert.equal(recipeInPng(withTexts(png, { imprint: '{"prompt":1}', parameters }))?.seed, 1)
    assert.equal(recipeInPng(withTexts(png, { imprint: '{' })), undefined)
    assert.equal(recipeInPng(png), undefined)
    assert.equal(recipeInPng(Buffer.from('a fox')), undefined)
  })
})
