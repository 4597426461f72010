import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { clientMessageSchema, CLOSE_CODES, serverMessageSchema } from '../../shared/protocol.ts'
import { check, parseJson } from '../../shared/read-message.ts'
import { recipeSchema } from '../../shared/recipe.ts'

const picture = { stream: 0, sha256: '0'.repeat(64), bytes: 3, format: 'rgb8', width: 1, height: 1 }

describe('messages', () => {
  for (const [what, message] of [
    ['a type of the other side', { type: 'welcome', protocol: 1, version: '1', session: 's' }],
    ['no type', { job: 1 }],
    ['a stream over 32 bits', { type: 'picture', picture: { ...picture, stream: 2 ** 32 } }],
    ['a stream below 0', { type: 'picture', picture: { ...picture, stream: -1 } }],
    ['half a pixel', { type: 'picture', picture: { ...picture, width: 0.5 } }],
    ['no pixels', { type: 'picture', picture: { ...picture, bytes: 0 } }],
    ['a hash in capitals', { type: 'picture', picture: { ...picture, sha256: 'A'.repeat(64) } }],
    ['a job 0', { type: 'cancel', job: 0 }],
    ['a job as text', { type: 'cancel', job: '1' }],
    ['a job too large to count', { type: 'cancel', job: 2 ** 53 }],
    ['an empty slot', { type: 'generate', job: 1, slot: '', recipe: { prompt: '' } }],
  ] as const) {
    it(`with ${what} are refused`, () => {
      assert.throws(() => check(clientMessageSchema, message, 'message-invalid'), { code: 'message-invalid' })
    })
  }

  it('of the companion with an unknown error code are refused', () => {
    const message = { type: 'failed', job: 1, code: 'gremlins', message: 'No.' }
    assert.equal(serverMessageSchema.safeParse(message).success, false)
    assert.equal(serverMessageSchema.safeParse({ ...message, code: 'engine-died' }).success, true)
  })

  it('that are faulty are told in words: what is wrong, and what to do', () => {
    for (const [recipe, message] of [
      [{ prompt: 'a'.repeat(10_001) }, 'recipe.prompt: it is longer than 10000 letters; make it shorter.'],
      [{}, 'recipe.prompt: it is missing; give one.'],
      [{ prompt: '', size: [65, 64] }, 'recipe.size.0: it has to be a multiple of 8.'],
      [{ prompt: '', size: [32, 64] }, 'recipe.size.0: it has to be 64 at least; give more.'],
      [{ prompt: '', steps: 1001 }, 'recipe.steps: it can be 1000 at most; give less.'],
      [{ prompt: '', steps: 1.5 }, 'recipe.steps: it has to be a whole number.'],
      [{ prompt: '', steps: 'many' }, 'recipe.steps: it has to be of the kind "number".'],
      [{ prompt: '', decoder: 'x' }, 'recipe.decoder: it has to be one of "vae", "taesd".'],
      [{ prompt: '', colour: 1 }, 'recipe: "colour" means nothing here; leave it out.'],
      [{ prompt: '', references: [{ image: '' }] }, 'recipe.references.0.image: it is empty; give one.'],
      [{ prompt: '', references: [{ images: [] }] }, 'recipe.references.0.images: there are fewer than 1; give more.'],
      [
        { prompt: '', references: Array(9).fill({ image: 'a' }) },
        'recipe.references: there are more than 8; leave some out.',
      ],
      [{ prompt: '', references: [{}] }, 'recipe.references.0: give "image", "images" or "embedding".'],
    ] as const) {
      assert.throws(() => check(recipeSchema, recipe, 'recipe-invalid', 'recipe'), { code: 'recipe-invalid', message })
    }
  })

  it('that are faulty are told with the key', () => {
    const recipe = { prompt: '', references: [{ image: 'a' }, { image: 'b', weight: 'much' }] }
    assert.throws(() => check(recipeSchema, recipe, 'recipe-invalid', 'recipe'), {
      code: 'recipe-invalid',
      message: /^recipe\.references\.1\.weight: /,
    })
    assert.throws(() => check(clientMessageSchema, { type: 'picture', picture: {} }, 'message-invalid'), {
      message: /^picture\.stream: /,
    })
  })

  it('that are not JSON are refused without repeating them', () => {
    assert.throws(
      () => parseJson('{"token": "secret"'),
      (thrown: Error) => !thrown.message.includes('secret'),
    )
  })

  it('close with a code of their own, in the range for applications', () => {
    const codes = Object.values(CLOSE_CODES)
    assert.equal(new Set(codes).size, codes.length)
    assert.ok(codes.every((code) => code >= 4000 && code <= 4999))
  })
})
